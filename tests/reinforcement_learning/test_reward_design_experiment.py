"""What the page states about the measured runs."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.reinforcement_learning import reward_design_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text())


def test_the_table():
    rows = {}
    for name, kind in MEASURED["kinds"].items():
        assert len(kind["first_ten"]) == 20
        rows[name] = [kind["optimal"], round(np.mean(kind["first_ten"])), round(np.mean(kind["last_ten"]))]
    assert MEASURED["shortest"] == 18
    assert rows == {
        "none": [18, 3894, 21],
        "straight distance": [18, 580, 20],
        "exact value": [18, 464, 20],
        "wrong way": [18, 9984, 51],
        "bonus": [None, 5281, 274],
    }


def test_the_gain_is_sevenfold_in_every_run_at_least_threefold():
    plain, shaped = (MEASURED["kinds"][name]["first_ten"] for name in ("none", "straight distance"))
    assert round(np.mean(plain) / np.mean(shaped), 1) == 6.7
    assert min(plain) > 3 * max(shaped)


def test_what_the_figure_says_in_words():
    steps = {name: kind["mean_lengths"] for name, kind in MEASURED["kinds"].items()}
    for name in ("straight distance", "exact value"):
        assert 100 < steps[name][0] < 125 and max(steps[name][5:]) < 40
    assert 590 < steps["none"][0] < 600 and min(steps["bonus"]) > 200
    assert min(steps["wrong way"][:20]) > 950


@pytest.mark.slow
def test_the_order_holds_when_measured_again():
    kinds = experiment.run(seeds=1, names=("none", "straight distance"))["kinds"]
    assert len(kinds) == 2
    for name, kind in kinds.items():
        assert kind["first_ten"] == MEASURED["kinds"][name]["first_ten"][:1]
