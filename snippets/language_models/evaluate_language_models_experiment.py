"""Two things simulated: intervals that ignore passages, and Elo that depends on the order.

Coverage: 2,000 tests of 50 passages with 10 questions each; a passage's difficulty shifts the
log-odds of all its questions, standard deviation 1.3 around 1. Order: 2,000 votes among 5
models 20 Elo apart, replayed in 300 random orders.
"""

import json
from pathlib import Path

import numpy as np

from snippets.language_models.evaluate_language_models import bradley_terry, mean_and_error
from snippets.language_models.evaluate_language_models_mistakes import online_elo

ELO = 400 / np.log(10)


def coverage(rng: np.random.Generator, tests: int = 2000) -> dict:
    """How often the 95 % interval holds the true accuracy, with and without clusters."""
    passages = np.repeat(np.arange(50), 10)
    grid = rng.normal(1.0, 1.3, 1_000_000)
    truth = float(np.mean(1 / (1 + np.exp(-grid))))
    inside = {"questions": 0, "passages": 0}
    widths = {"questions": 0.0, "passages": 0.0}
    for _ in range(tests):
        p = 1 / (1 + np.exp(-rng.normal(1.0, 1.3, 50)))[passages]
        scores = (rng.random(500) < p).astype(np.float64)
        for name, clusters in (("questions", None), ("passages", passages)):
            mean, error = mean_and_error(scores, clusters)
            inside[name] += abs(mean - truth) < 1.96 * error
            widths[name] += 1.96 * error / tests
    return {name: [int(inside[name]) / tests, widths[name]] for name in inside}


def order(rng: np.random.Generator, replays: int = 300) -> dict:
    """Spread of online Elo over orders of the same votes, beside one Bradley-Terry fit."""
    strength = 20.0 * np.arange(5)[::-1]
    a = rng.integers(0, 5, 2000)
    b = (a + rng.integers(1, 5, 2000)) % 5
    first = rng.random(2000) < 1 / (1 + 10 ** ((strength[b] - strength[a]) / 400))
    votes = np.stack([np.where(first, a, b), np.where(first, b, a)], axis=1)
    wins = np.zeros((5, 5))
    np.add.at(wins, (votes[:, 0], votes[:, 1]), 1)
    fit = bradley_terry(wins) * ELO
    runs = np.array([online_elo(votes[rng.permutation(2000)], 5) for _ in range(replays)])
    return {"fit": fit.tolist(), "spread": float(runs.std(axis=0).mean()),
            "top_changes": float(np.mean(runs.argmax(axis=1) != fit.argmax()))}


def run() -> dict:
    """Both simulations, each with its own seed."""
    return {"coverage": coverage(np.random.default_rng(0)), "order": order(np.random.default_rng(1))}


if __name__ == "__main__":
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(result)
