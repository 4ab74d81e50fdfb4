"""What dividing by the answer's length does, by exact sums over all lengths.

Writes grpo_experiment.json. A policy stops after each token with probability s, so its answers
have lengths 1 to 200; whether an answer is right depends on its length alone. The group is
infinite, so that its mean is the expectation.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np

LONGEST = 200
TASKS = {  # chance of being right by length
    "no matter": lambda length: np.full(len(length), 0.3),
    "short is right": lambda length: np.exp(-length / 20),
    "long is right": lambda length: 1 - np.exp(-length / 20),
    "best at 20": lambda length: np.exp(-((length - 20) ** 2) / 200),
}


# --8<-- [start:gradients]
def gradients(stop, right):
    """Mean gradient by the logit of stopping: divided by a constant, and by length.

    Args:
        stop: Probability s of stopping after a token.
        right: Chance of being right for each of the lengths 1, 2, ...

    Returns:
        The true gradient of the chance of being right, that of the loss with each
        answer divided by its length, the chance, and the mean length.
    """
    length = np.arange(1, len(right) + 1)
    probs = stop * (1 - stop) ** (length - 1)
    probs[-1] = 1 - probs[:-1].sum()  # cut off at the longest
    stops = length < len(right)  # the last one is cut, it did not choose to stop
    score = stops * (1 - stop) - stop * np.where(stops, length - 1, length)
    chance = probs @ right
    advantage = right - chance
    return (probs @ (advantage * score), probs @ (advantage * score / length),
            chance, probs @ length)
# --8<-- [end:gradients]


def resting_point(right, by_length):
    """Where ascent on the logit of stopping comes to rest: chance of being right, mean length."""
    low, high = 0.003, 0.5  # both gradients: stop sooner at the low end, later at the high
    for _ in range(60):
        middle = np.sqrt(low * high)
        if gradients(middle, right)[int(by_length)] > 0:
            low = middle
        else:
            high = middle
    return [round(float(value), 4) for value in gradients(low, right)[2:]]


def run():
    start, rows, length = time.process_time(), {}, np.arange(1, LONGEST + 1)
    for name, chance in TASKS.items():
        found = [gradients(stop, chance(length)) for stop in (0.1, 0.05)]
        rows[name] = [[float(f"{value:.4g}") for value in one] for one in found]
    right = TASKS["best at 20"](length)
    curve = [gradients(stop, right)[2:] for stop in np.geomspace(0.3, 0.01, 50)]
    return {"rows": rows, "constant": resting_point(right, False),
            "by_length": resting_point(right, True), "curve": np.round(curve, 4).tolist(),
            "python": platform.python_version(), "numpy": np.__version__, "cores": 1,
            "seconds": round(time.process_time() - start, 2)}


if __name__ == "__main__":
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    print({key: value for key, value in result.items() if key != "curve"})
