"""Ten training runs on scikit-learn's digits, each with one known disease, or none.

Every disease is put in on purpose, so the diagnosis is not an opinion. Each run comes with the
experiment that separates it from what looks alike. Five seeds; the pictures show seed 0.
Protocol fixed before the first run, except strengths: the width of the narrow network, the
rates and the share of noise were chosen so that each picture is clear.

``PYTHONPATH=. python snippets/optimization/accuracy_curves_experiment.py`` writes the JSON.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from snippets.optimization.accuracy_curves import symptom

CLASSES = 10


def init(rng, hidden):
    return [rng.normal(size=(64, hidden)) * np.sqrt(2 / 64), np.zeros(hidden),
            rng.normal(size=(hidden, CLASSES)) * np.sqrt(1 / hidden), np.zeros(CLASSES)]


def scores(params, x):
    w1, b1, w2, b2 = params
    return np.maximum(x @ w1 + b1, 0) @ w2 + b2  # (N, 64) -> (N, 10)


def accuracy(params, x, y) -> float:
    return float((scores(params, x).argmax(axis=1) == y).mean())


def cross_entropy(params, x, y) -> float:
    z = scores(params, x)
    z = z - z.max(axis=1, keepdims=True)
    return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]).mean())


# --8<-- [start:fit]
def fit(train, watched, rng, hidden=64, lr=0.1, epochs=60, batch=32, dropout=0.0,
        decay=0.0):
    """SGD with momentum 0.9; accuracy and loss on each watched set by epoch.

    The training accuracy is the running one that a progress bar shows: mini-batches
    as they are seen, with dropout, while the weights change.
    """
    x, y = train
    params = init(rng, hidden)
    velocity = [np.zeros_like(p) for p in params]
    curves = {name: [] for name in ["train", *watched]}
    losses = {name: [] for name in ["train", *watched]}
    for _ in range(epochs):
        order, hits, total_loss = rng.permutation(len(y)), 0, 0.0
        for i in range(0, len(y), batch):
            rows = order[i : i + batch]
            w1, b1, w2, b2 = params
            z = x[rows] @ w1 + b1
            h = np.maximum(z, 0)
            kept = (rng.random(h.shape) >= dropout) / (1 - dropout)
            h = h * kept
            logits = h @ w2 + b2
            logits -= logits.max(axis=1, keepdims=True)
            probs = np.exp(logits)
            probs /= probs.sum(axis=1, keepdims=True)
            n = np.arange(len(rows))
            hits += int((logits.argmax(axis=1) == y[rows]).sum())
            total_loss -= float(np.log(np.maximum(probs[n, y[rows]], 1e-300)).sum())
            delta = probs
            delta[n, y[rows]] -= 1
            delta /= len(rows)
            grad_z = (delta @ w2.T) * kept * (z > 0)
            grads = [x[rows].T @ grad_z, grad_z.sum(axis=0),
                     h.T @ delta, delta.sum(axis=0)]
            for k, grad in enumerate(grads):
                velocity[k] = 0.9 * velocity[k] + grad + decay * params[k]
                params[k] = params[k] - lr * velocity[k]
        curves["train"].append(hits / len(y))
        losses["train"].append(total_loss / len(y))
        for name, (a, b) in watched.items():
            curves[name].append(accuracy(params, a, b))
            losses[name].append(cross_entropy(params, a, b))
    return params, curves, losses
# --8<-- [end:fit]


def shift(x):
    """Every digit moved one pixel to the right."""
    images = x.reshape(-1, 8, 8)
    moved = np.zeros_like(images)
    moved[:, :, 1:] = images[:, :, :-1]
    return moved.reshape(-1, 64)


def noisy(x, rng, size):
    return x + rng.normal(size=x.shape) * size


class Digits:
    """One random split: 1000 for training, 300 for validation, 497 for the test."""

    def __init__(self, seed):
        x, y = load_digits(return_X_y=True)
        order = np.random.default_rng(seed).permutation(len(y))
        parts = np.split(order, [1000, 1300])
        self.train, self.validation, self.test = [(x[p] / 16, y[p]) for p in parts]
        self.rng = np.random.default_rng([seed, 1])


def end(curve, last=5) -> float:
    return float(np.mean(curve[-last:]))


def overfitting(seed):
    d = Digits(seed)
    few = (d.train[0][:60], d.train[1][:60])
    _, curves, losses = fit(few, {"validation": d.validation}, d.rng, epochs=100, lr=0.02)
    _, more, _ = fit(d.train, {"validation": d.validation}, d.rng, epochs=100, lr=0.02)
    found = {"validation with 1000 examples": end(more["validation"])}
    for name, option in [("dropout 0.5", {"dropout": 0.5}), ("L2 penalty 0.01", {"decay": 0.01})]:
        rng = np.random.default_rng([seed, 1])  # the same start as the drawn run
        _, other, _ = fit(few, {"validation": d.validation}, rng, epochs=100, lr=0.02, **option)
        found[f"validation with {name}"] = end(other["validation"])
    return curves, losses, found


def underfitting(seed):
    """An L2 penalty so strong that the weights cannot grow."""
    d = Digits(seed)
    watched = {"validation": d.validation}
    _, curves, losses = fit(d.train, watched, d.rng, lr=0.02, decay=0.1)
    _, free, _ = fit(d.train, watched, d.rng, lr=0.02)
    _, longer, _ = fit(d.train, watched, d.rng, lr=0.02, decay=0.1, epochs=180)
    _, few, _ = fit((d.train[0][:500], d.train[1][:500]), watched, d.rng, lr=0.02, decay=0.1,
                    epochs=120)
    return curves, losses, {"train without the penalty": end(free["train"]),
                            "validation without the penalty": end(free["validation"]),
                            "train after three times the epochs": end(longer["train"]),
                            "validation with half the examples": end(few["validation"])}


def rate_too_high(seed):
    d = Digits(seed)
    params, curves, losses = fit(d.train, {"validation": d.validation}, d.rng, lr=0.7)
    dead = (d.train[0] @ params[0] + params[1]).max(axis=0) <= 0  # never fires in training
    _, lower, _ = fit(d.train, {"validation": d.validation}, d.rng, lr=0.07)
    return curves, losses, {"train at a tenth of the rate": end(lower["train"]),
                            "validation at a tenth of the rate": end(lower["validation"]),
                            "dead units": float(dead.mean())}


def rate_too_low(seed):
    d = Digits(seed)
    _, curves, losses = fit(d.train, {"validation": d.validation}, d.rng, lr=0.0001)
    _, higher, _ = fit(d.train, {"validation": d.validation}, d.rng, lr=0.001)
    return curves, losses, {"train at ten times the rate": end(higher["train"]),
                            "validation at ten times the rate": end(higher["validation"])}


def label_noise(seed):
    """40 % of all labels, training and validation, replaced by a random class."""
    d = Digits(seed)

    def spoil(y):
        return np.where(d.rng.random(len(y)) < 0.4, d.rng.integers(0, CLASSES, len(y)), y)

    wrong = (d.train[0], spoil(d.train[1]))
    watched = {"validation": (d.validation[0], spoil(d.validation[1])), "relabeled": d.validation}
    _, curves, losses = fit(wrong, watched, d.rng, lr=0.05, epochs=120)
    clean = curves.pop("relabeled")
    losses.pop("relabeled")
    best = int(np.argmax(curves["validation"]))
    early, _, _ = fit(wrong, {}, np.random.default_rng([seed, 2]), lr=0.05, epochs=best + 1)
    loss = cross_entropy_each(early, *wrong)
    worst = np.argsort(loss)[-100:]
    return curves, losses, {
        "relabeled validation, best epoch": float(clean[best]),
        "relabeled validation, end": end(clean),
        "wrong among all training labels": float((wrong[1] != d.train[1]).mean()),
        "wrong among the 100 largest losses": float((wrong[1] != d.train[1])[worst].mean())}


def cross_entropy_each(params, x, y):
    z = scores(params, x)
    z = z - z.max(axis=1, keepdims=True)
    return np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]


def leakage(seed):
    """Eight noisy copies of each of 100 digits are made first and split at random afterwards."""
    d = Digits(seed)
    x, y = d.train[0][:100], d.train[1][:100]
    origin = np.repeat(np.arange(100), 8)
    copies, labels = noisy(x[origin], d.rng, 0.2), y[origin]
    order = d.rng.permutation(800)
    rows, held = order[:600], order[600:]
    watched = {"validation": (copies[held], labels[held]),
               "new": (noisy(d.test[0], d.rng, 0.2), d.test[1])}
    _, curves, losses = fit((copies[rows], labels[rows]), watched, d.rng, lr=0.02)
    fresh = curves.pop("new")
    losses.pop("new")
    rows, held = origin < 75, origin >= 75
    _, honest, _ = fit((copies[rows], labels[rows]), {"validation": (copies[held], labels[held])},
                       d.rng, lr=0.02)
    return curves, losses, {"new digits": end(fresh),
                            "validation when split by original": end(honest["validation"])}


def mismatch(seed):
    """Training divides pixels by 16 and subtracts the mean image; evaluation forgets the mean."""
    d = Digits(seed)
    mean = d.train[0].mean(axis=0)
    train = ((d.train[0] - mean) * 4, d.train[1])
    watched = {"validation": (d.validation[0] * 4, d.validation[1]),
               "train, evaluated": (d.train[0] * 4, d.train[1]),
               "repaired": ((d.validation[0] - mean) * 4, d.validation[1])}
    _, curves, losses = fit(train, watched, d.rng, lr=0.01)
    again, repaired = curves.pop("train, evaluated"), curves.pop("repaired")
    losses.pop("train, evaluated")
    losses.pop("repaired")
    return curves, losses, {"training set through the evaluation code": end(again),
                            "validation, repaired": end(repaired)}


def distribution_shift(seed):
    """The test images are moved one pixel to the right."""
    d = Digits(seed)
    watched = {"validation": d.validation, "test": (shift(d.test[0]), d.test[1]),
               "test, not moved": d.test}
    _, curves, losses = fit(d.train, watched, d.rng, lr=0.02)
    same = curves.pop("test, not moved")
    losses.pop("test, not moved")
    # Can a classifier tell validation from test images? Train on half, count on the other half.
    a, b = d.validation[0], watched["test"][0][:300]
    x, y = np.concatenate([a, b]), np.repeat([0, 1], [len(a), len(b)])
    order = d.rng.permutation(len(y))
    rows, held = order[:300], order[300:]
    _, domain, _ = fit((x[rows], y[rows]), {"held": (x[held], y[held])}, d.rng, lr=0.02)
    b = d.test[0][:300]
    x = np.concatenate([a, b])
    _, control, _ = fit((x[rows], y[rows]), {"held": (x[held], y[held])}, d.rng, lr=0.02)
    return curves, losses, {"test, not moved": end(same),
                            "telling validation from test": end(domain["held"]),
                            "telling validation from test, not moved": end(control["held"])}


def shuffled_labels(seed):
    """A bug: the images are shuffled, the labels are not."""
    d = Digits(seed)
    wrong = (d.train[0], d.rng.permutation(d.train[1]))
    held = (d.validation[0], d.rng.permutation(d.validation[1]))
    _, curves, losses = fit(wrong, {"validation": held}, d.rng, lr=0.05, epochs=150, hidden=128)
    _, right, _ = fit(d.train, {"validation": d.validation}, d.rng, lr=0.05, epochs=1, hidden=128)
    _, tiny, _ = fit((wrong[0][:20], wrong[1][:20]), {}, d.rng, lr=0.05, epochs=100, hidden=128)
    return curves, losses, {"validation after one epoch with the right labels": right["validation"][0],
                            "train on 20 examples": tiny["train"][-1]}


def dropout(seed):
    """Nothing wrong: half of the hidden units are dropped while the training accuracy is taken."""
    d = Digits(seed)
    params, curves, losses = fit(d.train, {"validation": d.validation}, d.rng, hidden=32, lr=0.02,
                                 dropout=0.5)
    return curves, losses, {"training set, dropout off": accuracy(params, *d.train),
                            "test": accuracy(params, *d.test)}


# In the order of the page: the letters say nothing.
CURVES = {"A": rate_too_low, "B": overfitting, "C": dropout, "D": shuffled_labels,
          "E": rate_too_high, "F": underfitting, "G": leakage, "H": label_noise,
          "I": mismatch, "J": distribution_shift}


def run(seeds: int = 5) -> dict:
    started = time.perf_counter()
    result = {"curves": {}}
    with np.errstate(all="ignore"):
        for letter, disease in CURVES.items():
            runs = [disease(seed) for seed in range(seeds)]
            result["curves"][letter] = {
                "disease": disease.__name__,
                "accuracy": [{k: np.round(c, 4).tolist() for k, c in run[0].items()}
                             for run in runs],
                "loss": {k: [round(v, 4) if np.isfinite(v) else None for v in c]
                         for k, c in runs[0][1].items()},
                "test": {k: [round(float(run[2][k]), 4) for run in runs] for k in runs[0][2]}}
    result["run"] = {"seeds": seeds, "seconds": round(time.perf_counter() - started, 1),
                     "cores": 1, "python": platform.python_version(), "numpy": np.__version__}
    return result


def fresh(seeds=range(5, 10)) -> dict:
    """Symptoms on seeds that were not looked at when the thresholds of symptom were set."""
    found = {}
    with np.errstate(all="ignore"):
        for letter, disease in CURVES.items():
            for curves in [disease(seed)[0] for seed in seeds]:
                for name in curves.keys() - {"train"}:
                    found.setdefault(f"{letter}: {name}", []).append(
                        symptom(curves["train"], curves[name], 1 / CLASSES, 0.95))
    return dict(sorted(found.items()))


if __name__ == "__main__":
    result = run()
    result["symptoms on seeds 5 to 9"] = fresh()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
    for letter, entry in result["curves"].items():
        ends = {k: [round(end(a[k]), 3) for a in entry["accuracy"]] for k in entry["accuracy"][0]}
        first = {k: [round(a[k][0], 2) for a in entry["accuracy"]] for k in entry["accuracy"][0]}
        peak = [round(max(a["validation"]), 3) for a in entry["accuracy"]]
        print(letter, entry["disease"], "first", first, "\n   end", ends, "peak", peak)
        for name, values in entry["test"].items():
            print("     ", name, values, f"mean {np.mean(values):.3f}")
    print(result["run"])
