"""The page's two tables from the committed run, and a part of the run again."""

import json
from pathlib import Path

import numpy as np
import pytest

from snippets.optimization import overfit_one_batch_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
CAUGHT = {  # checks that speak up for all three seeds
    "none": set(), "last layer ten times too large": {"initial loss", "one batch"},
    "sum instead of mean": {"initial loss", "one batch", "labels"},
    "softmax before the loss": {"one batch"}, "ReLU mask missing in backward": {"slope"},
    "bias gradient forgotten": {"slope"}, "standardized over the batch": {"depends"},
    "reshape instead of transpose": {"depends", "one batch"}, "labels shifted by one": {"labels"},
    "unseeded start": {"same twice"}}


def test_which_check_catches_which_bug():
    assert set(RESULT["bugs"]) == set(CAUGHT) == set(experiment.BUGS)
    for bug, each in RESULT["bugs"].items():
        found = [set(experiment.fires(values)) for values in each]
        assert set.intersection(*found) == CAUGHT[bug], bug
        if bug != "reshape instead of transpose":
            assert set.union(*found) == CAUGHT[bug], bug


def test_the_values_on_the_page():
    seed_0 = {bug: each[0] for bug, each in RESULT["bugs"].items()}
    assert [round(seed_0[bug]["initial loss"], 2) for bug in
            ("none", "last layer ten times too large", "sum instead of mean", "softmax before the loss")] == [
        2.33, 3.82, 74.61, 2.30]
    assert [seed_0[bug]["one batch"] for bug in (
        "none", "ReLU mask missing in backward", "bias gradient forgotten", "labels shifted by one")] == [
        94, 112, 95, 259]
    score = [100 * seed_0[bug]["score"] for bug in (
        "none", "ReLU mask missing in backward", "bias gradient forgotten", "labels shifted by one")]
    assert np.round(score, 1).tolist() == [96.0, 93.0, 96.0, 11.0]


def test_what_permuted_labels_show():
    true = [round(100 * RESULT["leaks"][kind]["true"]) for kind in experiment.LEAKS]
    null = [round(100 * RESULT["leaks"][kind]["null"]) for kind in experiment.LEAKS]
    assert true == [51, 67, 100, 100] and null == [50, 66, 50, 49]
    assert set(RESULT["leaks"]["duplicates"]["p"]) == {0.05}


@pytest.mark.slow
def test_silence_and_a_bug_again():
    for bug in ("none", "bias gradient forgotten"):
        assert set(experiment.fires(experiment.check(bug, 7))) == CAUGHT[bug]
