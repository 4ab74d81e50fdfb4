"""The page's numbers from the committed run, and a part of it again."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from snippets.sequences import recurrent_gradients_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {  # factor per step, and the ratio at lags 20 and 100, as in the page's table
    "tanh, default": (0.569, 7.9e-6, 3.6e-25),
    "tanh, orthogonal": (0.878, 0.071, 2.4e-6),
    "tanh, orthogonal times 1.5": (1.057, 2.4, 2.4e2),
    "tanh, Gaussian times 3": (1.351, 4.5e2, 1.2e13),
    "LSTM, default": (0.627, 2.8e-5, 4.8e-21),
    "LSTM, forget bias 1": (0.841, 0.010, 2.6e-8),
    "LSTM, forget bias 3": (1.001, 0.16, 1.4),
    "LSTM, forget bias 3, weights times 6": (1.088, 1.1, 4.8e3),
}


def test_the_table_of_reaches():
    assert (RESULT["seeds"], RESULT["lag"], RESULT["hidden"]) == (10, 100, 64)
    for name, (factor, at_20, at_100) in PAGE.items():
        rows = np.array(RESULT["profiles"][name])
        assert abs(np.exp(np.log(rows[:, 0]).mean() / 100) - factor) < 6e-4, name
        median = np.median(rows, axis=0)
        np.testing.assert_allclose(median[[80, 0]], [at_20, at_100], rtol=0.06, err_msg=name)


def test_the_table_of_clipping():
    def mean(name):
        return [round(100 * float(np.mean(row))) for row in RESULT["sgd"][name]["accuracy"]]

    assert (RESULT["sgd_rates"], RESULT["sgd_seeds"], RESULT["sgd_steps"]) == ([0.03, 0.1, 0.3, 1, 3], 4, 600)
    assert mean("gain 1.0, not clipped") == [100, 100, 27, 29, 27]
    assert mean("gain 1.0, clipped") == [100, 100, 100, 29, 25]
    assert mean("gain 1.5, not clipped") == [100, 100, 34, 27, 32]
    assert mean("gain 1.5, clipped") == [100, 100, 100, 27, 27]
    largest = {name: max(one["largest"][2]) for name, one in RESULT["sgd"].items()}
    assert round(min(RESULT["sgd"]["gain 1.0, not clipped"]["largest"][2])) == 8
    assert round(largest["gain 1.0, not clipped"]) == 68 and round(largest["gain 1.0, clipped"], 1) == 5.8


def test_the_reach_repeats():
    for name in ("tanh, orthogonal", "LSTM, forget bias 3"):
        np.testing.assert_allclose(experiment.reach(name, 0), RESULT["profiles"][name][0], rtol=2e-3)


@pytest.mark.slow
def test_clipping_rescues_the_rate_again():
    plain = experiment.descend(1.0, math.inf, [0.3], 2, 250)
    clipped = experiment.descend(1.0, 1.0, [0.3], 2, 250)
    assert np.mean(clipped["accuracy"]) > 0.9 > 0.6 > np.mean(plain["accuracy"])
