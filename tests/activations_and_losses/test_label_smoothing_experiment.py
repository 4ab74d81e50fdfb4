"""The page's numbers from the committed run, and a part of the run again."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from snippets.activations_and_losses import label_smoothing_experiment as experiment
from snippets.activations_and_losses.label_smoothing import expected_calibration_error

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
KEYS = ("accuracy", "confidence", "calibration", "calibration_scaled", "log_loss", "similarity")
PAGE = {  # in percent but for the last two, as on the page
    "0.0, 100": (83.2, 82.5, 1.3, 0.9, 0.462, 0.88), "0.05, 100": (82.8, 77.3, 5.4, 1.2, 0.504, 0.81),
    "0.1, 100": (82.3, 71.6, 10.7, 1.3, 0.571, 0.71), "0.2, 100": (81.7, 62.5, 19.3, 1.4, 0.695, 0.62),
    "0.0, 2000": (80.2, 93.7, 13.5, 1.1, 0.961, 0.80), "0.05, 2000": (79.4, 80.7, 2.9, 1.8, 0.645, 0.28),
    "0.1, 2000": (79.7, 74.9, 4.9, 2.1, 0.654, 0.30), "0.2, 2000": (80.2, 66.4, 13.8, 2.0, 0.713, 0.33),
}


def test_the_table_on_the_page():
    assert RESULT["seeds"] == 6 and RESULT["steps"] == 2000
    for name, row in PAGE.items():
        found = [np.mean(RESULT["teachers"][name][key]) for key in KEYS]
        np.testing.assert_allclose(100 * np.array(found[:4]), row[:4], atol=0.051, err_msg=name)
        np.testing.assert_allclose(found[4], row[4], atol=5.1e-4, err_msg=name)
        np.testing.assert_allclose(found[5], row[5], atol=5.1e-3, err_msg=name)
    np.testing.assert_allclose(np.mean(RESULT["truth"]["accuracy"]), 0.863, atol=5e-4)
    np.testing.assert_allclose(np.mean(RESULT["truth"]["log_loss"]), 0.366, atol=5e-4)


def test_scaled_the_plain_network_is_calibrated_best_on_the_page():
    plain = np.array(RESULT["teachers"]["0.0, 2000"]["calibration_scaled"])
    for share in experiment.SMOOTHINGS[1:]:
        one = RESULT["teachers"][f"{share}, 2000"]
        assert np.all(plain < one["calibration_scaled"]) and np.all(plain < one["calibration"])


def test_the_students_on_the_page():
    found = {name: 100 * np.mean(one["accuracy"]) for name, one in RESULT["students"].items()}
    page = {"labels": 82.8, "0.0, 100": 84.1, "0.05, 100": 83.9, "0.1, 100": 83.5, "0.2, 100": 83.1,
            "0.0, 2000": 83.1, "0.05, 2000": 83.6, "0.1, 2000": 83.7, "0.2, 2000": 83.4}
    for name, value in page.items():
        assert abs(found[name] - value) < 0.051, name
    early = np.array([RESULT["students"][f"{share}, 100"]["accuracy"] for share in experiment.SMOOTHINGS])
    late = np.array([RESULT["students"][f"{share}, 2000"]["accuracy"] for share in experiment.SMOOTHINGS])
    assert np.all(early[0] > early[2]) and np.all(late[0] < late[2])  # in all six data sets


def test_the_experiment_s_calibration_error_is_the_page_s():
    logits = torch.randn(500, 10, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    labels = torch.arange(500) % 10
    ours = experiment.calibration_error(torch.log_softmax(logits, 1), labels)
    expected = expected_calibration_error(torch.softmax(logits, 1).numpy(), labels.numpy())
    np.testing.assert_allclose(ours, expected, rtol=1e-9)


@pytest.mark.slow
def test_early_smoothing_spoils_a_calibrated_network_again():
    sets = [experiment.sample(0), experiment.sample(1)]
    hard = torch.stack([torch.nn.functional.one_hot(one["train"][1], 10).float() for one in sets])
    found = [experiment.scores(experiment.train(sets, (1 - s) * hard + s / 10, 128, 100, 1)[100], sets)
             for s in (0.0, 0.1)]
    assert np.mean(found[0]["calibration"]) < 0.04 < 0.07 < np.mean(found[1]["calibration"])
    assert np.mean(found[0]["similarity"]) > np.mean(found[1]["similarity"]) + 0.05
