"""The page's numbers from the committed run, and a part of the run again."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.activations_and_losses import focal_loss_experiment as experiment
from snippets.activations_and_losses.focal_loss import sigmoid_focal_loss

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
KEYS = ("average_precision", "mean", "calibration", "log_loss", "log_loss_scaled")
PAGE = {
    "cross-entropy, 200": (0.739, 0.049, 0.45, 0.084, 0.083),
    "gamma 1, 200": (0.731, 0.082, 3.37, 0.105, 0.085),
    "gamma 2, 200": (0.708, 0.123, 7.35, 0.147, 0.090), "gamma 5, 200": (0.598, 0.217, 16.67, 0.260, 0.111),
    "cross-entropy, 3000": (0.695, 0.047, 1.97, 0.139, 0.091),
    "gamma 1, 3000": (0.680, 0.053, 1.59, 0.109, 0.094),
    "gamma 2, 3000": (0.681, 0.060, 1.46, 0.100, 0.094), "gamma 5, 3000": (0.687, 0.100, 4.94, 0.122, 0.092),
}


def values(name: str, key: str) -> np.ndarray:
    return np.array(RESULT["models"][name][key])


def test_the_table_on_the_page():
    assert RESULT["seeds"] == 6 and RESULT["steps"] == 3000
    for name, row in PAGE.items():
        for key, expected in zip(KEYS, row, strict=True):
            percent = key == "calibration"
            found = values(name, key).mean() * (100 if percent else 1)
            assert abs(found - expected) < (6e-3 if percent else 6e-4), (name, key, found)
    np.testing.assert_allclose([np.mean(RESULT["truth"][key]) for key in ("average_precision", "log_loss")],
                               [0.810, 0.068], atol=6e-4)


def test_what_the_page_says_of_all_six_data_sets():
    late, early = "cross-entropy, 3000", "cross-entropy, 200"
    for gamma in (1, 2):
        assert np.all(values(f"gamma {gamma}, 3000", "log_loss") < values(late, "log_loss"))
        assert np.all(values(f"gamma {gamma}, 200", "log_loss") > values(early, "log_loss"))
    assert np.all(values("gamma 2, 3000", "calibration") < values(late, "calibration"))
    assert np.all(values("gamma 2, 200", "average_precision") < values(early, "average_precision"))


def test_the_experiment_s_loss_is_the_page_s():
    z = torch.linspace(-4, 4, 9, dtype=torch.float64)
    y = torch.arange(9).remainder(2).double()
    for alpha, gamma in ((None, 2.0), (0.25, 2.0), (None, 5.0)):
        ours = sigmoid_focal_loss(z.numpy(), y.numpy(), -1 if alpha is None else alpha, gamma)
        np.testing.assert_allclose(experiment.focal(z, y, alpha, gamma), ours, rtol=1e-9)


@pytest.mark.slow
def test_a_smaller_run_says_the_same_of_the_first_epochs():
    sets = [experiment.sample(0), experiment.sample(1)]
    found = [experiment.scores(experiment.train(sets, None, gamma, 200, 0.05)[200], sets)
             for gamma in (0.0, 2.0)]
    assert np.mean(found[0]["mean"]) < 0.07 < 0.09 < np.mean(found[1]["mean"])
    assert np.mean(found[0]["calibration"]) < 0.02 < 0.04 < np.mean(found[1]["calibration"])
