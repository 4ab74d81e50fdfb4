"""A weighted and a plain logistic regression on data with two percent positives.

Negatives are standard normal in the plane, positives the same around (2, 0), so the
model is right and its probabilities should be. A second set bends the true boundary.
A third is separable. Writes weighted_loss_experiment.json.
"""

import json
import os
import platform
import time
from pathlib import Path

import numpy as np

RATE, WEIGHT = 0.02, 49.0


def sample(n: int, rng: np.random.Generator, bent: bool) -> tuple[np.ndarray, np.ndarray]:
    """(n, 3) features with a leading 1, and (n,) labels."""
    labels = (rng.random(n) < RATE).astype(np.float64)
    x = rng.standard_normal((n, 2))
    if bent:  # half of the positives to the right, half of them far above
        right = rng.random(n) < 0.5
        center = np.where(right[:, None], [2.0, 0.0], [0.0, 4.0])
    else:
        center = np.array([2.0, 0.0])
    x = x + labels[:, None] * center
    return np.column_stack([np.ones(n), x]), labels


def fit(x: np.ndarray, labels: np.ndarray, pos_weight: float, steps: int = 25) -> np.ndarray:
    """Coefficients of the weighted logistic regression, (3,), by Newton's method."""
    weights = np.where(labels == 1, pos_weight, 1.0)
    beta = np.zeros(x.shape[1])
    for _ in range(steps):
        probs = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (weights * (probs - labels))
        hessian = (x * (weights * probs * (1 - probs))[:, None]).T @ x
        beta = beta - np.linalg.solve(hessian, gradient)
    return beta


def scores(probs: np.ndarray, labels: np.ndarray, threshold: float) -> dict:
    """Recall and precision at the threshold; log loss, mean and calibration error."""
    said, true = probs > threshold, labels == 1
    order = np.argsort(probs)
    bins = np.array_split(order, 20)  # equal numbers in each
    gaps = [abs(probs[b].mean() - labels[b].mean()) for b in bins]
    ranks = np.empty(len(probs))
    ranks[order] = np.arange(1, len(probs) + 1)
    positives = true.sum()
    area = (ranks[true].sum() - positives * (positives + 1) / 2) / positives / (~true).sum()
    return {
        "recall": float((said & true).sum() / positives),
        "precision": float((said & true).sum() / max(1, said.sum())),
        "accuracy": float((said == true).mean()),
        "mean": float(probs.mean()),
        "log_loss": float(-np.mean(np.where(true, np.log(probs), np.log1p(-probs)))),
        "calibration_error": float(np.mean(gaps)),
        "auc": float(area),
    }


def compare(seed: int, bent: bool, n: int, n_test: int) -> dict:
    """Scores of the models, each fitted on one training set."""
    rng = np.random.default_rng(seed)
    x, labels = sample(n, rng, bent)
    x_test, test = sample(n_test, rng, bent)
    keep = (labels == 1) | (rng.random(n) < 1 / WEIGHT)  # drop 48 of 49 negatives

    def predict(beta, divide=1.0):
        return 1 / (1 + divide * np.exp(-x_test @ beta))

    plain, weighted = fit(x, labels, 1.0), fit(x, labels, WEIGHT)
    fewer = fit(x[keep], labels[keep], 1.0)
    repeated = fit(np.concatenate([x, np.repeat(x[labels == 1], 48, axis=0)]),
                   np.concatenate([labels, np.ones(48 * int(labels.sum()))]), 1.0)
    p, w = predict(plain), predict(weighted)
    reliability = []  # for each tenth of the range: mean output, share of positives
    for probs in (w, predict(weighted, WEIGHT)):
        tenths = [np.floor(10 * probs) == b for b in range(10)]
        reliability.append([[round(float(probs[t].mean()), 4), round(float(test[t].mean()), 4)]
                            if t.sum() > 200 else None for t in tenths])
    return {
        "plain": scores(p, test, 0.5),
        "plain, threshold 0.02": scores(p, test, 1 / (1 + WEIGHT)),
        "weighted": scores(w, test, 0.5),
        "weighted, corrected": scores(predict(weighted, WEIGHT), test, 0.5),
        "under-sampled": scores(predict(fewer), test, 0.5),
        "under-sampled, corrected": scores(predict(fewer, WEIGHT), test, 0.5),
        "agreement": float(((p > 1 / (1 + WEIGHT)) == (w > 0.5)).mean()),
        "repeated_minus_weighted": float(np.abs(repeated - weighted).max()),
        "reliability": reliability,
    }


def separable(weight: float = 10.0, lr: float = 0.5, steps: int = 1_000_000) -> list:
    """(step, boundary) of one feature: a negative at -1, a positive at 1."""
    slope = bias = 0.0
    places, path = {10**i for i in range(7)}, []
    for step in range(1, steps + 1):
        positive = weight / (1 + np.exp(slope + bias))  # weight * (1 - p)
        negative = 1 / (1 + np.exp(slope - bias))
        slope += lr * (positive + negative) / (1 + weight)
        bias += lr * (positive - negative) / (1 + weight)
        if step in places:
            path.append([step, float(-bias / slope)])
    return path


def run(seeds: int = 10, n: int = 20_000, n_test: int = 200_000, steps: int = 1_000_000) -> dict:
    """All comparisons."""
    start = time.time()
    return {
        "seeds": seeds, "n": n, "n_test": n_test, "rate": RATE, "weight": WEIGHT,
        "straight": [compare(seed, False, n, n_test) for seed in range(seeds)],
        "bent": [compare(seed, True, n, n_test) for seed in range(seeds)],
        "separable": separable(steps=steps),
        "python": platform.python_version(), "numpy": np.__version__,
        "cores": os.cpu_count(), "seconds": round(time.time() - start, 1),
    }


if __name__ == "__main__":
    result = run()
    for kind in ("straight", "bent"):
        print(kind)
        for name in result[kind][0]:
            values = [seed[name] for seed in result[kind]]
            if isinstance(values[0], dict):
                print(f"  {name:26}", ", ".join(
                    f"{key} {np.mean([v[key] for v in values]):.4f}"
                    f" ± {np.std([v[key] for v in values]):.4f}" for key in values[0]))
            elif isinstance(values[0], float):
                print(f"  {name:26} min {min(values):.4g} max {max(values):.4g}")
    print(result["separable"], result["seconds"], "seconds")
    out = Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(result) + "\n", encoding="utf-8")
