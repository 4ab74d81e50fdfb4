"""Where Adam walks away from the optimum of a linear loss on [-1, 1].

Once per period the loss is C x, otherwise it is -x, and C outweighs them together: the
average slope is positive, so x = -1 is best. Reddi, Kale and Kumar, *On the
Convergence of Adam and Beyond*, https://arxiv.org/abs/1904.09237, theorem 1.
Writes adam_experiment.json.
"""

import json
import math
import platform
import time
from pathlib import Path

# name: (C, period, beta1, beta2, amsgrad)
CASES = {
    "often, beta2 = 0.1": (3.0, 3, 0.0, 0.1, False),
    "often, defaults": (3.0, 3, 0.9, 0.999, False),
    "often, amsgrad": (3.0, 3, 0.0, 0.1, True),
    "rare, defaults": (30_000.0, 20_001, 0.9, 0.999, False),
    "rare, amsgrad": (30_000.0, 20_001, 0.9, 0.999, True),
}


# --8<-- [start:walk]
def walk(big: float, period: int, beta1: float, beta2: float, amsgrad: bool,
         steps: int, lr: float = 0.1) -> list[tuple[int, float]]:
    """(step, x) at about 200 places; steps of lr / sqrt(t), x kept in -1 to 1."""
    x = m = v = v_max = 0.0
    places = {round(steps ** (i / 200)) for i in range(201)}
    path = []
    for t in range(1, steps + 1):
        grad = big if t % period == 1 else -1.0
        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * grad * grad
        v_max = max(v_max, v)  # AMSGrad never forgets a large gradient
        v_hat = (v_max if amsgrad else v) / (1 - beta2**t)
        direction = m / (1 - beta1**t) / math.sqrt(v_hat)
        x = min(1.0, max(-1.0, x - lr / math.sqrt(t) * direction))
        if t in places:
            path.append((t, x))
    return path
# --8<-- [end:walk]


def run(steps: int = 300_000) -> dict:
    """The path of x for every case."""
    start = time.time()
    paths = {name: walk(*case, steps=steps) for name, case in CASES.items()}
    return {"steps": steps, "lr": 0.1, "seed": None, "paths": paths,
            "python": platform.python_version(), "cores": 1,
            "seconds": round(time.time() - start, 1)}


if __name__ == "__main__":
    result = run()
    for name, path in result["paths"].items():
        print(f"{name}: x = {path[-1][1]:+.3f} after {path[-1][0]:,} steps")
    result["paths"] = {name: [[t, round(x, 4)] for t, x in path]
                       for name, path in result["paths"].items()}
    out = Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(result["seconds"], "seconds")
