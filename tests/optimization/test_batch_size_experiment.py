"""The page's numbers from the committed run, and the run again."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.optimization import batch_size_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def column(kind, key):
    """One value per batch size."""
    return [row[key] for row in RESULT["runs"][kind]]


def test_the_page_s_table():
    assert column("SGD", "batch") == [1, 2, 4, 8, 16, 32, 64, 128, 256, 1000]
    assert column("SGD", "steps") == [500, 244, 120, 59, 31, 17, 10, 7, 6, 6]
    assert column("Adam", "steps") == [500, 255, 128, 60, 32, 19, 12, 9, 7, 4]
    assert [round(lr, 1) for lr in column("SGD", "lr")] == [1, 1.4, 2.8, 5.7, 11.3, 16, 22.6, 32, 45.3, 64]
    assert [round(lr, 3) for lr in column("Adam", "lr")] == [
        0.044, 0.062, 0.088, 0.088, 0.125, 0.177, 0.25, 0.25, 0.354, 0.5]
    assert [round(RESULT["fit"][kind][1]) for kind in ("SGD", "Adam")] == [101, 120]


def test_the_slopes_on_the_page():
    for kind, first, last, slope in [("SGD", 0, 5, 0.9), ("SGD", 4, 9, 0.5), ("Adam", 0, 10, 0.35)]:
        batch, lr = (np.log(column(kind, key)[first:last]) for key in ("batch", "lr"))
        assert round(np.polyfit(batch, lr, 1)[0], 2) == slope


def test_sgd_s_best_rate_follows_the_formula_within_a_factor_of_1_6():
    batch, lr = np.array(column("SGD", "batch")), np.array(column("SGD", "lr"))
    factor = lr / (64 / (1 + RESULT["fit"]["SGD"][1] / batch))
    assert factor.min() > 1 / 1.6 and factor.max() < 1.65


def test_the_rules_carried_from_batch_2_to_32():
    assert RESULT["transfer"] == {"SGD": {"kept": 132, "sqrt": 37, "linear": 17},
                                  "Adam": {"kept": 35, "sqrt": 19, "linear": 138}}


def test_the_noise_scale_along_the_path():
    rows = RESULT["noise"]
    assert [round(row["exact"]) for row in rows] == [25, 42, 79, 156, 334, 713, 1089]
    assert [row["estimate"] and round(row["estimate"]) for row in rows] == [23, 43, 85, 162, 393, 2312, None]
    assert [round(row["loss"], 2) for row in rows] == [2.3, 1.19, 0.69, 0.45, 0.3, 0.21, 0.17]


@pytest.mark.slow
def test_the_run_again():
    x, targets = experiment.data()
    for kind, start in (("SGD", 7), ("Adam", -6)):
        again = experiment.best(kind, 16, start, x, targets)
        row = RESULT["runs"][kind][4]
        assert abs(again["exponent"] - row["exponent"]) <= 1
        assert abs(again["steps"] / row["steps"] - 1) < 0.15
