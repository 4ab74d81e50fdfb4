"""The page's numbers from the committed run, and a smaller run."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.regularization import weight_penalties_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def mean(kind: str, method: str, key: str) -> float:
    return float(np.mean([row[key] for row in RESULT[kind][method]]))


def minus_l2(kind: str, method: str) -> np.ndarray:
    return np.array([row["test"] - other["test"] for row, other in
                     zip(RESULT[kind][method], RESULT[kind]["L2"], strict=True)])


def test_page_table():
    assert RESULT["seeds"] == 30
    table = {"compare": {"least squares": (1.425, 100.0), "L2": (0.672, 100.0), "L1": (0.575, 15.8),
                         "elastic net": (0.577, 18.2)},
             "dense": {"least squares": (1.576, 100.0), "L2": (0.825, 100.0), "L1": (0.896, 51.2),
                       "elastic net": (0.883, 54.3)}}
    for kind, rows in table.items():
        for method, (test, nonzero) in rows.items():
            assert abs(mean(kind, method, "test") - test) < 6e-4
            assert abs(mean(kind, method, "nonzero") - nonzero) < 0.06
            assert mean(kind, method, "edges") == 0


def test_l1_wins_when_few_count_and_l2_when_all_do():
    sparse, dense = minus_l2("compare", "L1"), minus_l2("dense", "L1")
    assert (sparse < 0).all() and (dense > 0).sum() == 29
    for values, center, error in ((sparse, -0.097, 0.007), (dense, 0.071, 0.010)):
        np.testing.assert_allclose([values.mean(), values.std(ddof=1) / 30**0.5], [center, error], atol=6e-4)


def test_what_the_lasso_keeps():
    assert round(mean("compare", "L1", "real"), 1) == 5.1
    assert round(mean("compare", "L1", "nonzero") - mean("compare", "L1", "real"), 1) == 10.7


def test_paths():
    paths = RESULT["paths"]
    assert paths["features"][2] == "bmi" and round(paths["l1_max"], 1) == 45.2
    weights = np.array(paths["l1_weights"])
    counts = (weights != 0).sum(axis=1)
    assert counts[0] == 0 and counts.max() == 10
    s3 = weights[:, 6]
    strengths = np.array(paths["l1"])[s3 == 0]
    assert -11 < s3.min() < -9 and s3[-1] > 0  # it returns to zero and changes its sign
    assert 0.06 < strengths.min() < 0.1
    s1_at_s2 = weights[int(np.argmax(weights[:, 5] != 0)), 4]
    entry = int(np.argmax(weights[:, 5] != 0))
    assert paths["l1"][entry] < 0.2605 < paths["l1"][entry - 1]  # s2 enters in between
    assert -13 < s1_at_s2 < -9 and round(weights[-1, 4]) == -30
    first = [int(np.argmax(weights[:, j] != 0)) for j in range(10)]
    assert [paths["features"][j] for j in np.argsort(first, kind="stable")[:3]] == ["bmi", "s5", "bp"]
    assert (np.array(paths["l2_weights"]) != 0).all()
    s1 = np.array(paths["l2_weights"])[:, 4]
    assert s1.max() > 1 and s1[-1] < -30  # L2 changes its sign on the way
    eigenvalues = np.array(paths["eigenvalues"])
    np.testing.assert_allclose(eigenvalues[[0, -1]], [0.00856, 4.024], atol=6e-4)
    factors = eigenvalues / (eigenvalues + 0.1)
    np.testing.assert_allclose(factors[[0, -1]], [0.079, 0.976], atol=6e-4)
    assert round(paths["correlation"], 2) == 0.90


def test_zeros():
    zeros = RESULT["zeros"]
    assert [zeros[m]["zeros"] for m in ("coordinate descent", "proximal", "subgradient",
                                        "stochastic subgradient")] == [88, 88, 0, 0]
    assert zeros["subgradient"]["tiny"] == 87


@pytest.mark.slow
def test_a_smaller_run_says_the_same():
    seeds = 3
    sparse, dense = experiment.compare(seeds), experiment.compare(seeds, dense=True)
    for result, sign in ((sparse, -1), (dense, 1)):
        gaps = [a["test"] - b["test"] for a, b in zip(result["L1"], result["L2"], strict=True)]
        assert sign * np.mean(gaps) > 0
    zeros = experiment.zeros(steps=1000)
    assert zeros["proximal"]["zeros"] > 50 and zeros["subgradient"]["zeros"] == 0
