"""What the page states about the measured rounds."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.data import hard_negatives_experiment as experiment

MEASURED = json.loads(Path(experiment.__file__).with_suffix(".json").read_text())
ARMS = MEASURED["arms"]


def test_the_numbers_on_the_page():
    rounds = {arm: [round(ARMS[arm]["mean"][i], 1) for i in (0, 1, 2, 6)] for arm in ARMS}
    assert rounds == {
        "random": [54.2, 48.7, 43.9, 35.5],
        "mined": [54.2, 26.7, 24.5, 24.3],
        "half mined": [54.2, 28.9, 24.9, 24.1],
        "with duplicates": [54.2, 62.3, 44.9, 26.5],
        "no review": [54.2, 49.0, 34.7, 33.1],
        "only the last round": [54.2, 33.6, 124.3, 474.9],
    }
    first = {arm: round(100 * ARMS[arm]["positives"][0], 1) for arm in ("random", "mined")}
    assert first == {"random": 0.1, "mined": 8.4}
    assert round(100 * ARMS["with duplicates"]["positives"][0]) == 57
    assert max(ARMS["mined"]["positives"][1:]) == 0
    assert MEASURED["run"]["seeds"] == 10


def test_one_mined_round_beats_six_random_ones_and_review_pays():
    mined, random, blind = (np.array(ARMS[arm]["last"]) for arm in ("mined", "random", "no review"))
    assert ARMS["mined"]["mean"][1] < ARMS["random"]["mean"][6]
    assert np.all(mined < random) and np.sum(mined < blind) == 9
    forgets = ARMS["only the last round"]["last"]
    assert int(min(forgets)) == 67 and int(max(forgets)) == 1768
    assert round(ARMS["mined"]["std"][0]) == 19
    assert round(200 * ARMS["mined"]["positives"][0]) == 17


@pytest.mark.slow
def test_mining_wins_and_review_pays_when_measured_again():
    arms = experiment.run(seeds=1, first=101, arms=("random", "mined", "no review"))
    for arm, values in arms.items():
        assert abs(values["last"][0] - ARMS[arm]["last"][1]) < 2, "the JSON belongs to this code"
    last = {arm: values["mean"][-1] for arm, values in arms.items()}
    assert last["mined"] < last["random"] and last["mined"] < last["no review"]
