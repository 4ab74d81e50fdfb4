"""The page's table from the committed run, and a part of it again."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.optimization import sharpness_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {"rate 0.2": (0.043, 1.04, 14.5, 92.2), "rate 0.4": (0.031, 1.26, 14.5, 91.9),
        "rate 0.6": (0.026, 1.45, 15.1, 91.3), "rate 0.4, SAM 0.05": (0.032, 1.06, 14.2, 91.8),
        "rate 0.4, SAM 0.2": (0.034, 0.63, 10.3, 91.5), "rate 0.4, decay 0.003": (0.037, 0.80, 8.1, 93.0)}


def test_the_page_s_table():
    assert RESULT["steps"] == 1200 and set(RESULT["runs"]) == set(PAGE)
    for run, expected in PAGE.items():
        each = RESULT["runs"][run]
        means = [np.mean([one[key] for one in each]) for key in ("loss", "sharpness", "rescaled", "accuracy")]
        found = [round(float(v), n) for v, n in zip(means[:3], (3, 2, 1), strict=True)]
        assert (*found, round(100 * float(means[3]), 1)) == expected, run
        assert max(one["change"] for one in each) < 1e-12


def by_split(run, key):
    return np.array([one[key] for one in RESULT["runs"][run]])


def test_what_holds_within_every_split_and_what_does_not():
    gain = 100 * (by_split("rate 0.2", "accuracy") - by_split("rate 0.6", "accuracy"))
    assert (round(gain.min(), 1), round(gain.max(), 1)) == (0.6, 1.5)
    assert (by_split("rate 0.2", "sharpness") < by_split("rate 0.6", "sharpness")).all()
    gain = 100 * (by_split("rate 0.4, decay 0.003", "accuracy") - by_split("rate 0.4, SAM 0.2", "accuracy"))
    assert (round(gain.min(), 1), round(gain.max(), 1)) == (0.8, 1.9)
    assert (by_split("rate 0.4, SAM 0.2", "sharpness") < by_split("rate 0.4, decay 0.003", "sharpness")).all()
    for run in ("rate 0.2", "rate 0.4, SAM 0.05", "rate 0.4, SAM 0.2"):
        assert len(set(np.sign(by_split(run, "accuracy") - by_split("rate 0.4", "accuracy")))) == 2, run
    spread = [100 * np.ptp(by_split(run, "accuracy")) for run in PAGE]
    assert min(spread) > 1.5 and max(spread) < 3.5
    ratio = [by_split(run, "rescaled").mean() / by_split(run, "sharpness").mean() for run in PAGE]
    assert (round(min(ratio)), round(max(ratio))) == (10, 16)
    for run, limit in (("rate 0.2", 10), ("rate 0.4", 5), ("rate 0.6", 10 / 3)):
        assert by_split(run, "sharpness").max() < limit / 2


@pytest.mark.slow
def test_sam_and_decay_are_flatter_again():
    sharp = {run: experiment.train(run, 5, 400)["sharpness"]
             for run in ("rate 0.4", "rate 0.4, SAM 0.2", "rate 0.4, decay 0.003")}
    assert sharp["rate 0.4, SAM 0.2"] < 0.9 * sharp["rate 0.4"]
    assert sharp["rate 0.4, decay 0.003"] < sharp["rate 0.4"]
