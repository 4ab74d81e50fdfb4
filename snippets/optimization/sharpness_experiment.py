"""Sharpness and test accuracy of networks that differ in rate, SAM radius or weight decay.

200 digits for training, 1,597 for testing, a 64-16-10 ReLU network without biases, squared error
on one-hot targets, centered inputs, full batch, 1,200 steps, 3 seeds; then the same networks rescaled.
About twenty seconds on one core.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from snippets.optimization.sharpness import hessian_vector_product, rescale, sam_gradient, top_eigenvalue

TRAIN, HIDDEN, STEPS, SEEDS, ALPHA = 200, 16, 1200, 3, 5.0
RUNS = {"rate 0.2": (0.2, 0.0, 0.0), "rate 0.4": (0.4, 0.0, 0.0), "rate 0.6": (0.6, 0.0, 0.0),
        "rate 0.4, SAM 0.05": (0.4, 0.05, 0.0), "rate 0.4, SAM 0.2": (0.4, 0.2, 0.0),
        "rate 0.4, decay 0.003": (0.4, 0.0, 0.003)}


def split(weight):
    """The flat vector as the two matrices."""
    return weight[: 64 * HIDDEN].reshape(64, HIDDEN), weight[64 * HIDDEN :].reshape(HIDDEN, 10)


def gradient(weight, x, targets):
    """Gradient of half the squared error per example."""
    w1, w2 = split(weight)
    z = x @ w1
    hidden = np.maximum(z, 0)
    error = (hidden @ w2 - targets) / len(x)
    return np.concatenate([(x.T @ ((error @ w2.T) * (z > 0))).ravel(), (hidden.T @ error).ravel()])


def outputs(weight, x):
    """(N, 10)."""
    w1, w2 = split(weight)
    return np.maximum(x @ w1, 0) @ w2


def data(seed):
    """Training and test split."""
    digits = load_digits()
    order = np.random.default_rng(seed).permutation(len(digits.target))
    x, y = digits.data[order] / 16, digits.target[order]
    x = x - x[:TRAIN].mean(axis=0)
    return x[:TRAIN], np.eye(10)[y[:TRAIN]], x[TRAIN:], y[TRAIN:]


def sharpness(weight, x, targets):
    """Largest Hessian eigenvalue of the training loss."""
    def grad(w):
        return gradient(w, x, targets)
    return top_eigenvalue(lambda v: hessian_vector_product(grad, weight, v, 1e-6), len(weight),
                          np.random.default_rng(0), 60)


def train(run: str, seed: int, steps: int = STEPS) -> dict:
    """Loss, sharpness before and after rescaling, test accuracy, and the course of sharpness."""
    lr, rho, decay = RUNS[run]
    x, targets, test_x, test_y = data(seed)
    rng = np.random.default_rng(100 + seed)
    weight = np.concatenate([(rng.standard_normal((64, HIDDEN)) * (2 / 64) ** 0.5).ravel(),
                             (rng.standard_normal((HIDDEN, 10)) * (1 / HIDDEN) ** 0.5).ravel()])

    def grad(w):
        return gradient(w, x, targets)

    course = []
    for step in range(steps):
        if step % 100 == 0:
            course.append(sharpness(weight, x, targets))
        weight = weight - lr * (sam_gradient(grad, weight, rho) + decay * weight)
    moved = np.concatenate([w.ravel() for w in rescale(*split(weight), ALPHA)])
    change = np.abs(outputs(moved, test_x) - outputs(weight, test_x)).max()
    return {"loss": float(0.5 * ((outputs(weight, x) - targets) ** 2).sum(axis=1).mean()),
            "sharpness": sharpness(weight, x, targets), "rescaled": sharpness(moved, x, targets),
            "change": float(change), "course": course,
            "accuracy": float((outputs(weight, test_x).argmax(axis=1) == test_y).mean())}


if __name__ == "__main__":
    result = {run: [train(run, seed) for seed in range(SEEDS)] for run in RUNS}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({"steps": STEPS, "runs": result}, indent=0) + "\n", encoding="utf-8")
    for run, each in result.items():
        keys = ("loss", "sharpness", "rescaled", "accuracy")
        print(run, *([round(e[k], 4) for k in keys] for e in each))
        print("   ", [round(v, 1) for v in each[0]["course"]])
