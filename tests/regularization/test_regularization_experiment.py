"""The page's numbers from the committed run, the exact values, and a smaller run."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.regularization import regularization_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
ROWS = {row["alpha"]: row for row in RESULT["rows"]}


def test_page_table():
    assert RESULT["datasets"] == 1000 and RESULT["n"] == 20 and RESULT["degree"] == 12
    table = {1e-6: (0.032, 0.527, 0.000, 0.438), 0.01: (0.032, 0.339, 0.000, 0.249),
             0.1: (0.037, 0.155, 0.001, 0.065), 1.0: (0.065, 0.132, 0.018, 0.023),
             10.0: (0.303, 0.321, 0.227, 0.004), 1e4: (0.596, 0.589, 0.500, 0.000)}
    for alpha, row in table.items():
        ours = [ROWS[alpha][key] for key in ("train", "test", "bias2", "variance")]
        np.testing.assert_allclose(ours, row, atol=6e-4)
    assert min(row["test"] for row in RESULT["rows"]) == ROWS[1.0]["test"]


def test_bias_variance_and_noise_add_up_to_the_measured_test_error():
    for row in RESULT["rows"]:
        parts = row["bias2"] + row["variance"] + RESULT["noise"] ** 2
        assert abs(parts - row["test"]) < 4 * row["test_se"] + 1e-3


def test_parts_agree_with_their_exact_values():
    # fixed inputs and a linear learner: the mean and variance of the prediction have closed forms
    grid = np.linspace(-1, 1, 2001)[1::2]
    x, on_grid = experiment.features(experiment.INPUTS), experiment.features(grid)
    for alpha in (0.01, 1.0, 10.0):
        smoother = on_grid @ np.linalg.solve(x.T @ x + alpha * np.eye(13), x.T)  # (1000, 20)
        bias = np.mean((smoother @ experiment.truth(experiment.INPUTS) - experiment.truth(grid)) ** 2)
        variance = experiment.NOISE**2 * np.mean((smoother**2).sum(axis=1))
        np.testing.assert_allclose(ROWS[alpha]["variance"], variance, rtol=0.1)
        noise = 9 * variance / 1000  # squared error of a mean of 1,000, times 3**2
        assert abs(ROWS[alpha]["bias2"] - bias) < 2 * np.sqrt(bias * noise) + noise


def test_share_of_data_sets_that_gain():
    assert round(ROWS[1.0]["better_than_least"], 3) == 0.987
    assert round(ROWS[1e4]["better_than_least"], 2) == 0.29


@pytest.mark.slow
def test_a_smaller_run_says_the_same():
    result = experiment.run(datasets=300, seed=1, num_test=300)
    rows = {row["alpha"]: row for row in result["rows"]}
    best = min(rows.values(), key=lambda row: row["test"])
    assert 0.1 <= best["alpha"] <= 3.2
    assert rows[1e-6]["variance"] > 10 * rows[1.0]["variance"]
    assert rows[1e4]["bias2"] > 10 * rows[1.0]["bias2"]
