"""Planted bugs against checks, and what permuted labels can and cannot show.

Digits, a 64-32-10 ReLU network with hand-written gradients in NumPy. About ten seconds.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from snippets.optimization.overfit_one_batch import (
    depends_on,
    permutation_test,
    same_twice,
    slope_error,
    steps_to_overfit,
)

BUGS = ["none", "last layer ten times too large", "sum instead of mean", "softmax before the loss",
        "ReLU mask missing in backward", "bias gradient forgotten", "standardized over the batch",
        "reshape instead of transpose", "labels shifted by one", "unseeded start"]
CHECKS = ["initial loss", "depends", "slope", "one batch", "labels", "same twice"]


def softmax(z):
    exp = np.exp(z - z.max(axis=1, keepdims=True))
    return exp / exp.sum(axis=1, keepdims=True)


class Net:
    """64-32-10, with at most one bug."""

    def __init__(self, bug: str, seed: int) -> None:
        rng = np.random.default_rng(None if bug == "unseeded start" else seed)
        self.bug = bug
        last = 10.0 if bug == "last layer ten times too large" else 1.0
        self.params = [rng.standard_normal((64, 32)) * (2 / 64) ** 0.5, np.zeros(32),
                       rng.standard_normal((32, 10)) * 0.1 * last, np.zeros(10)]

    def logits(self, x, params=None):
        w1, b1, w2, b2 = params or self.params
        if self.bug == "standardized over the batch":
            x = (x - x.mean(axis=0)) / (x.std(axis=0) + 0.1)
        if self.bug == "reshape instead of transpose":  # pixels of 8 x 8, rows and columns swapped
            x = np.moveaxis(x.reshape(len(x), 8, 8), 0, 2).reshape(len(x), 64)
        z = np.maximum(x @ w1 + b1, 0) @ w2 + b2
        return softmax(z) if self.bug == "softmax before the loss" else z

    def loss(self, x, y, params=None):
        probs = softmax(self.logits(x, params))
        losses = -np.log(probs[np.arange(len(y)), y] + 1e-300)
        return float(losses.sum() if self.bug == "sum instead of mean" else losses.mean())

    def grads(self, x, y):
        w1, b1, w2, b2 = self.params
        if self.bug == "standardized over the batch":
            x = (x - x.mean(axis=0)) / (x.std(axis=0) + 0.1)
        if self.bug == "reshape instead of transpose":
            x = np.moveaxis(x.reshape(len(x), 8, 8), 0, 2).reshape(len(x), 64)
        z1 = x @ w1 + b1
        hidden = np.maximum(z1, 0)
        z2 = hidden @ w2 + b2
        inner = softmax(z2)
        probs = softmax(inner) if self.bug == "softmax before the loss" else inner
        grad = probs.copy()
        grad[np.arange(len(y)), y] -= 1
        if self.bug != "sum instead of mean":
            grad /= len(y)
        if self.bug == "softmax before the loss":  # its Jacobian
            grad = inner * (grad - (grad * inner).sum(axis=1, keepdims=True))
        grad_hidden = grad @ w2.T
        if self.bug != "ReLU mask missing in backward":
            grad_hidden = grad_hidden * (z1 > 0)
        grad_b1 = np.zeros(32) if self.bug == "bias gradient forgotten" else grad_hidden.sum(axis=0)
        return [x.T @ grad_hidden, grad_b1, hidden.T @ grad, grad.sum(axis=0)]

    def step(self, x, y, lr):
        loss = self.loss(x, y)
        self.params = [p - lr * g for p, g in zip(self.params, self.grads(x, y), strict=True)]
        return loss


def data(bug: str):
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))
    y = digits.target[order]
    return digits.data[order] / 16, np.roll(y, 1) if bug == "labels shifted by one" else y


def fit(bug, x, y, seed, steps=100, lr=0.5):
    net = Net(bug, seed)
    for k in range(steps):
        rows = np.arange(50 * k, 50 * k + 50) % len(y)
        net.step(x[rows], y[rows], lr)
    return net


def check(bug: str, seed: int) -> dict:
    """The value behind every check."""
    x, y = data(bug)
    rng = np.random.default_rng(seed)
    batch, labels = x[:32], y[:32]
    net = Net(bug, seed)
    depends = depends_on(net.logits, x[:8], rng)
    values = {"initial loss": net.loss(batch, labels), "depends": int(depends.sum() - np.trace(depends)),
              "slope": float(slope_error(lambda p: net.loss(batch, labels, p), net.params,
                                         net.grads(batch, labels), rng, 1e-6).max()),
              "one batch": steps_to_overfit(lambda: net.step(batch, labels, 0.5), 500, 0.02)}

    def score(x, y):
        trained = fit(bug, x[:800], y[:800], seed)
        test = x[800:1000]
        return float((trained.logits(test).argmax(axis=1) == y[800:1000]).mean())

    true, null, p = permutation_test(score, x[:1000], y[:1000], 19, rng)
    values |= {"labels": p, "score": true, "null": float(null.mean())}
    values["same twice"] = bool(same_twice(
        lambda s: np.array([fit(bug, x, y, s, 3).loss(batch, labels)]), seed))
    return values


def fires(values: dict) -> list[str]:
    """Which checks speak up."""
    return [name for name, bad in {
        "initial loss": abs(values["initial loss"] - np.log(10)) > 0.5, "depends": values["depends"] > 0,
        "slope": values["slope"] > 0.01, "one batch": values["one batch"] < 0,
        "labels": values["labels"] > 0.05, "same twice": not values["same twice"]}.items() if bad]


def noise_score(kind: str, seed: int):
    """A nearest-neighbor pipeline on noise, with one leak; the score is its test accuracy."""
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((100, 500)), np.arange(100) % 2
    if kind == "label in a feature":
        x[:, 0] = 30.0 * y
    if kind == "duplicates":
        x[50:], y[50:] = x[:50], y[:50]

    def score(x, y):
        rows = np.arange(50) if kind == "selection on the training half" else np.arange(100)
        if kind.startswith("selection"):
            difference = np.abs(x[rows][y[rows] == 1].mean(axis=0) - x[rows][y[rows] == 0].mean(axis=0))
            x = x[:, np.argsort(-difference)[:20]]
        distance = ((x[50:, None] - x[None, :50]) ** 2).sum(axis=-1)
        return float((y[:50][distance.argmin(axis=1)] == y[50:]).mean())

    return score, x, y


LEAKS = ["selection on the training half", "selection on all data", "label in a feature", "duplicates"]


def leaks(seeds: int = 10) -> dict:
    """Mean true and permuted score by kind of leak."""
    result = {}
    for kind in LEAKS:
        rows = [permutation_test(*noise_score(kind, seed), 19, np.random.default_rng(seed))
                for seed in range(seeds)]
        result[kind] = {"true": float(np.mean([r[0] for r in rows])),
                        "null": float(np.mean([r[1].mean() for r in rows])),
                        "p": [r[2] for r in rows]}
    return result


if __name__ == "__main__":
    bugs = {bug: [check(bug, seed) for seed in range(3)] for bug in BUGS}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({"bugs": bugs, "leaks": leaks()}, indent=0) + "\n", encoding="utf-8")
    for bug, each in bugs.items():
        print(f"{bug:32}", [fires(v) for v in each], {k: round(v, 4) for k, v in each[0].items()})
    print(leaks())
