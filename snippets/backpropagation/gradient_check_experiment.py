"""The error of numerical gradients over the step, for a smooth network and one with kinks.

Writes gradient_check_experiment.json: medians over ten random networks.
"""

import json
from pathlib import Path

import numpy as np

from snippets.backpropagation.gradient_check import relative_error

STEPS = [10 ** (-k / 2) for k in range(2, 29)]
SEEDS = 10
N, D, H, K = 20, 5, 16, 3


def network(seed: int) -> tuple:
    rng = np.random.default_rng(seed)
    shapes = [(N, D), (D, H), (H, K)]
    x, w1, w2 = (rng.normal(size=shape) / np.sqrt(shape[0] if shape[0] != N else 1) for shape in shapes)
    return x, w1, w2, np.eye(K)[rng.integers(0, K, N)]


def losses(x, w1, w2, one_hot, activation: str) -> np.ndarray:
    """Loss of each network in a stack: w1 is (M, D, H)."""
    hidden = x @ w1
    hidden = np.tanh(hidden) if activation == "tanh" else np.maximum(hidden, 0)
    logits = hidden @ w2
    shifted = logits - logits.real.max(axis=-1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return -(log_probs * one_hot).sum(axis=(-2, -1)) / np.asarray(len(x), log_probs.real.dtype)


def gradient(x, w1, w2, one_hot, activation: str) -> np.ndarray:
    z = x @ w1
    hidden = np.tanh(z) if activation == "tanh" else np.maximum(z, 0)
    logits = hidden @ w2
    probs = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    slope = 1 - hidden**2 if activation == "tanh" else z > 0
    return x.T @ ((probs - one_hot) / len(x) @ w2.T * slope)


def errors(kind: str, activation: str, seed: int, steps: list) -> list[float]:
    """Relative error of the numerical gradient of w1 for each step."""
    right = gradient(*network(seed), activation)
    dtype = np.float32 if kind.endswith("32") else np.float64
    x, w1, w2, one_hot = (array.astype(dtype) for array in network(seed))
    unit = np.eye(w1.size, dtype=dtype).reshape(-1, *w1.shape)
    found = []
    for h in steps:
        if kind == "complex":
            values = losses(x, w1 + 1j * h * unit, w2, one_hot, activation).imag / h
        else:
            step = unit * dtype(h)
            up = losses(x, w1 + step, w2, one_hot, activation)
            down = losses(x, w1 if kind == "forward" else w1 - step, w2, one_hot, activation)
            values = (up - down) / dtype(h if kind == "forward" else 2 * h)
        found.append(relative_error(right, values.reshape(w1.shape).astype(np.float64)))
    return found


def run(steps: list = STEPS) -> dict:
    result = {"steps": steps}
    for kind, activation in (("forward", "tanh"), ("central", "tanh"), ("central 32", "tanh"),
                             ("complex", "tanh"), ("central", "relu"), ("central 32", "relu")):
        every = [errors(kind, activation, seed, steps) for seed in range(SEEDS)]
        result[f"{kind}, {activation}"] = {"median": np.median(every, axis=0).tolist(),
                                           "worst": np.max(every, axis=0).tolist()}
    return result


if __name__ == "__main__":
    result = run()
    text = json.dumps(result, indent=1, allow_nan=False)
    Path(__file__).with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    for name, one in result.items():
        if name != "steps":
            best = int(np.argmin(one["median"]))
            print(f"{name}: best step {STEPS[best]:.1e}, error {one['median'][best]:.1e}")
    for k in range(0, len(STEPS), 2):
        print(f"{STEPS[k]:.0e}", *(f"{one['median'][k]:9.1e}/{one['worst'][k]:7.1e}"
                                   for name, one in result.items() if name != "steps"))
