"""Two classifiers on the digits, over seeds and splits, and the coverage of four intervals.

Writes confidence_intervals_experiment.json.
"""

import json
import warnings
from pathlib import Path

import numpy as np
from scipy import stats

from snippets.evaluation.confidence_intervals import bca_levels, mcnemar, wilson

TRAIN, SEEDS, SIMULATIONS, RESAMPLES = 600, 30, 2000, 1000


def compare(split: int, seed: int) -> list[int]:
    """Counts (both right, only A, only B, neither) of logistic regression A and a network B.

    Args:
        split: Draws 600 of the 1,797 digits to train on; the rest is the test set.
        seed: The network's.
    """
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier

    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(split).permutation(len(x))
    train, test = order[:TRAIN], order[TRAIN:]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the network stops after 60 epochs, as asked
        a = LogisticRegression(max_iter=500).fit(x[train] / 16, y[train])
        b = MLPClassifier((48,), max_iter=60, learning_rate_init=0.005, random_state=seed)
        b.fit(x[train] / 16, y[train])
    a, b = (model.predict(x[test] / 16) == y[test] for model in (a, b))
    return [int(np.sum(cell)) for cell in (a & b, a & ~b, ~a & b, ~a & ~b)]


def ends(values: np.ndarray, estimate: float, left_out: np.ndarray) -> dict[str, np.ndarray]:
    """Percentile and BCa interval from resampled values."""
    return {"percentile": np.quantile(values, [0.025, 0.975]),
            "bca": np.quantile(values, bca_levels(values, estimate, left_out))}


def coverage_accuracy(n: int, p: float) -> dict[str, float]:
    """Coverage of a true accuracy p from n examples, summed over all outcomes."""
    found = dict.fromkeys(("wald", "wilson", "percentile", "bca"), 0.0)
    for k in range(n + 1):
        chance, rate = stats.binom.pmf(k, n, p), k / n
        half = 1.96 * np.sqrt(rate * (1 - rate) / n)
        values = stats.binom.ppf((np.arange(20_000) + 0.5) / 20_000, n, rate) / n
        left_out = np.repeat([(k - 1) / (n - 1), k / (n - 1)], [k, n - k])
        intervals = {"wald": (rate - half, rate + half), "wilson": wilson(k, n),
                     **ends(values, rate, left_out)}
        for name, (low, high) in intervals.items():
            found[name] += chance * bool(low <= p <= high)
    return {name: float(value) for name, value in found.items()}


def coverage_f1(n: int, simulations: int) -> dict[str, float]:
    """Coverage of F1 with 10 % positives, recall 0.8 and false-positive rate 0.05."""
    cells = np.array([0.08, 0.045, 0.02, 0.855])  # tp, fp, fn, tn
    truth = 2 * cells[0] / (2 * cells[0] + cells[1] + cells[2])
    rng, found = np.random.default_rng(0), {"percentile": 0, "bca": 0}

    def f1(counts):
        return 2 * counts[..., 0] / np.maximum(2 * counts[..., 0] + counts[..., 1] + counts[..., 2], 1)

    for counts in rng.multinomial(n, cells, simulations):
        values = f1(rng.multinomial(n, counts / n, RESAMPLES))
        left_out = np.repeat(f1(counts - np.eye(4, dtype=np.int64)), counts)
        for name, (low, high) in ends(values, f1(counts), left_out).items():
            found[name] += bool(low <= truth <= high)
    return {name: value / simulations for name, value in found.items()}


def coverage_mean(n: int, simulations: int) -> dict[str, float]:
    """Coverage of the mean of a lognormal quantity such as latency, sigma = 1."""
    rng, found, truth = np.random.default_rng(1), {"t": 0, "percentile": 0, "bca": 0}, np.exp(0.5)
    for _ in range(simulations):
        x = rng.lognormal(0.0, 1.0, n)
        values = x[rng.integers(0, n, (RESAMPLES, n))].mean(axis=1)
        half = stats.t.ppf(0.975, n - 1) * x.std(ddof=1) / np.sqrt(n)
        intervals = {"t": (x.mean() - half, x.mean() + half),
                     **ends(values, x.mean(), (x.sum() - x) / (n - 1))}
        for name, (low, high) in intervals.items():
            found[name] += bool(low <= truth <= high)
    return {name: value / simulations for name, value in found.items()}


def power(counts: list[int], simulations: int) -> dict[str, float]:
    """How often a test at 5 % finds the difference if the counts' shares are the truth."""
    n, rng, found = sum(counts), np.random.default_rng(2), {"mcnemar": 0, "two proportions": 0}
    for both, only_a, only_b, _ in rng.multinomial(n, np.array(counts) / n, simulations).tolist():
        a, b = (both + only_a) / n, (both + only_b) / n
        z = (b - a) / np.sqrt((a * (1 - a) + b * (1 - b)) / n)
        found["mcnemar"] += mcnemar(only_a, only_b) < 0.05
        found["two proportions"] += bool(abs(z) > 1.96)
    return {name: value / simulations for name, value in found.items()}


def run() -> dict:
    """Everything on the page, in about a minute."""
    return {
        "example": compare(0, 0),
        "seeds": [compare(0, seed) for seed in range(SEEDS)],
        "splits": [compare(split, split) for split in range(SEEDS)],
        "power": power([850, 20, 40, 90], SIMULATIONS),
        "coverage": {"accuracy": coverage_accuracy(100, 0.95),
                     "f1": coverage_f1(200, SIMULATIONS), "mean": coverage_mean(30, SIMULATIONS)},
    }


if __name__ == "__main__":
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(run(), indent=1) + "\n", encoding="utf-8")
