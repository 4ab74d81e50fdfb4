"""How many units die, by learning rate and by initial bias: digits, two hidden layers.

Writes relu_experiment.json. The 8 x 8 digits come with scikit-learn.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from snippets.activations_and_losses.relu import dead_units, he_normal, relu, relu_backward

WIDTH, CLASSES, TRAIN = 128, 10, 1200
RATES = [0.1, 0.3, 0.5, 0.7, 0.85, 1.0]
SHIFTS = [0.0, 1.0, 1.5, 2.0, 3.0]
SLOPES = [0.0, 0.01, 0.1]


def digits(seed: int) -> tuple[np.ndarray, ...]:
    """Training inputs (TRAIN, 64) with mean 0 and mean square 1, targets, the same for the rest."""
    data = load_digits()
    order = np.random.default_rng(seed).permutation(len(data.target))
    x, targets = data.data[order], data.target[order]
    x = x - x[:TRAIN].mean(axis=0)
    x = x / np.sqrt((x[:TRAIN] ** 2).mean())
    return x[:TRAIN], targets[:TRAIN], x[TRAIN:], targets[TRAIN:]


# --8<-- [start:forward]
def forward(
    params: list[np.ndarray], x: np.ndarray, slope: float
) -> tuple[list, list]:
    """Inputs and pre-activations of the three layers; the last are the logits."""
    inputs, pre = [x], []
    for i in range(0, 6, 2):
        pre.append(inputs[-1] @ params[i] + params[i + 1])
        inputs.append(relu(pre[-1], slope))
    return inputs[:3], pre
# --8<-- [end:forward]


def train(
    x: np.ndarray, targets: np.ndarray, lr: float, shift: float, slope: float, seed: int,
    epochs: int,
) -> list[np.ndarray]:
    """Plain SGD in batches of 50 from He's initialization, hidden biases at -shift."""
    rng = np.random.default_rng(seed)
    params = []
    for fan_in, fan_out in ((64, WIDTH), (WIDTH, WIDTH), (WIDTH, CLASSES)):
        bias = np.full(fan_out, -shift if fan_out == WIDTH else 0.0)
        params += [he_normal(fan_in, fan_out, rng, slope), bias]
    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(len(x)), len(x) // 50):
            inputs, pre = forward(params, x[rows], slope)
            logits = pre[2] - pre[2].max(axis=1, keepdims=True)
            grad = np.exp(logits)
            grad /= grad.sum(axis=1, keepdims=True)
            grad[np.arange(len(rows)), targets[rows]] -= 1
            grad /= len(rows)
            for i in (2, 1, 0):
                grad_in = grad @ params[2 * i].T
                params[2 * i] = params[2 * i] - lr * inputs[i].T @ grad
                params[2 * i + 1] = params[2 * i + 1] - lr * grad.sum(axis=0)
                if i > 0:
                    grad = relu_backward(grad_in, pre[i - 1], slope)
    return params


def measure(lr: float, shift: float, slope: float, seed: int, epochs: int) -> dict:
    """Share of units that no training example activates, by layer, before and after; test error."""
    x, targets, test_x, test_targets = digits(seed)
    result = {}
    for name, length in (("start", 0), ("end", epochs)):
        with np.errstate(over="ignore", invalid="ignore"):  # a run may diverge: see finite
            params = train(x, targets, lr, shift, slope, seed, length)
            _, pre = forward(params, x, slope)
        result[name] = [float(dead_units(z).mean()) for z in pre[:2]]
    with np.errstate(over="ignore", invalid="ignore"):
        _, pre = forward(params, test_x, slope)
    result["error"] = float((pre[2].argmax(axis=1) != test_targets).mean())
    result["finite"] = bool(np.isfinite(pre[2]).all())
    return result


def run(
    seeds: int = 5, epochs: int = 20, rates: list = RATES, shifts: list = SHIFTS,
    slopes: list = SLOPES,
) -> dict:
    """By slope: measurements for each learning rate, and for each shift at lr 0.1."""
    start = time.time()
    by_slope = {str(slope): {
        "rates": [[measure(lr, 0.0, slope, seed, epochs) for seed in range(seeds)]
                  for lr in rates],
        "shifts": [[measure(0.1, shift, slope, seed, epochs) for seed in range(seeds)]
                   for shift in shifts]} for slope in slopes}
    return {"seeds": seeds, "epochs": epochs, "rates": rates, "shifts": shifts,
            "slopes": by_slope, "python": platform.python_version(), "numpy": np.__version__,
            "cores": 1, "seconds": round(time.time() - start, 1)}


def second_layer(runs: list[dict], when: str) -> float:
    """Share of the second layer that no training example activates: mean of the finite runs."""
    return float(np.mean([one[when][1] for one in runs if one["finite"]]))


def error(runs: list[dict]) -> float:
    """Test error: mean of the finite runs."""
    return float(np.mean([one["error"] for one in runs if one["finite"]]))


if __name__ == "__main__":
    result = run()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for slope, table in result["slopes"].items():
        for what in ("rates", "shifts"):
            for value, runs in zip(result[what], table[what], strict=True):
                print(f"slope {slope} {what} {value}: second layer {second_layer(runs, 'start'):.3f}"
                      f" at the start, {second_layer(runs, 'end'):.3f} at the end, "
                      f"error {error(runs):.3f}, {sum(one['finite'] for one in runs)} finite")
    print(result["seconds"], "seconds")
