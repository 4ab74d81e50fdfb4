"""Bias and spread of each estimator on a problem whose gradient is known.

Writes straight_through_experiment.json: a categorical variable with three classes and
the loss |z - target|^2, 200,000 samples each; then the score function with more variables.
"""

import json
from pathlib import Path

import numpy as np

from snippets.backpropagation.straight_through import (
    exact_gradient,
    gumbel_softmax,
    score_function,
    softmax,
    straight_through,
)

LOGITS, TARGET, SAMPLES = np.array([0.5, 0.0, -0.5]), np.array([0.6, 0.3, 0.1]), 200_000


def loss(z: np.ndarray) -> np.ndarray:
    return ((z - TARGET) ** 2).sum(axis=-1)


def grad_loss(z: np.ndarray) -> np.ndarray:
    return 2 * (z - TARGET)


def estimates(samples: int, seed: int) -> dict[str, np.ndarray]:
    """Each estimator's rows, one per sample."""
    mean = float(softmax(LOGITS) @ loss(np.eye(3)))
    rng = np.random.default_rng(seed)
    rows = {"score function": score_function(LOGITS, loss, samples, rng),
            "score function, baseline": score_function(LOGITS, loss, samples, rng, mean),
            "straight-through": straight_through(LOGITS, grad_loss, samples, rng)}
    for tau in (0.1, 0.5, 1.0, 2.0):
        for hard in (False, True):
            name = f"Gumbel, {tau}{', hard' if hard else ''}"
            rows[name] = gumbel_softmax(LOGITS, grad_loss, samples, rng, tau, hard)
    return rows


def many_variables(count: int, samples: int, seed: int) -> np.ndarray:
    """Score function of the first of ``count`` variables, the loss summed over all."""
    rng = np.random.default_rng(seed)
    probs, values = softmax(LOGITS), loss(np.eye(3))
    draws = np.array([rng.multinomial(count - 1, probs) for _ in range(samples)])  # (M, 3)
    others = draws @ values - (count - 1) * (probs @ values)
    first = rng.choice(3, size=samples, p=probs)
    centered = values[first] - probs @ values + others
    return centered[:, None] * (np.eye(3)[first] - probs)


def measure(rows: np.ndarray) -> dict[str, float]:
    """Distance of the mean from the exact gradient, and spread, both over its length."""
    exact = exact_gradient(LOGITS, loss)
    length = np.linalg.norm(exact)
    mean = rows.mean(axis=0)
    return {"bias": round(float(np.linalg.norm(mean - exact) / length), 4),
            "spread": round(float(np.sqrt(rows.var(axis=0).sum()) / length), 4),
            "cosine": round(float(mean @ exact / np.linalg.norm(mean) / length), 4)}


def run() -> dict:
    return {"samples": SAMPLES,
            "estimators": {name: measure(rows) for name, rows in estimates(SAMPLES, 0).items()},
            "variables": {str(n): measure(many_variables(n, 50_000, 1)) for n in (1, 10, 100)}}


if __name__ == "__main__":
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for part in ("estimators", "variables"):
        for name, one in result[part].items():
            print(f"{name:26}", one)
