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


def span(bug, key, digits=0):
    values = [each[key] for each in RESULT["bugs"][bug]]
    return round(min(values), digits), round(max(values), digits)


def test_the_values_on_the_page():
    assert span("none", "initial loss", 2) == (2.26, 2.52)
    assert span("last layer ten times too large", "initial loss", 1) == (3.1, 8.4)
    assert span("sum instead of mean", "initial loss") == (72, 81)
    assert round(RESULT["bugs"]["softmax before the loss"][0]["initial loss"], 1) == 2.3
    steps = [span(bug, "one batch") for bug in (
        "none", "ReLU mask missing in backward", "bias gradient forgotten", "labels shifted by one")]
    assert steps == [(93, 100), (111, 117), (93, 100), (256, 262)]
    score = [100 * np.mean([each["score"] for each in RESULT["bugs"][bug]]) for bug in (
        "none", "bias gradient forgotten", "ReLU mask missing in backward", "labels shifted by one")]
    assert np.round(score, 1).tolist() == [95.8, 95.8, 94.5, 11.2]


def test_overfitting_one_batch_misses_five_bugs():
    bugs = [bug for bug in experiment.BUGS if bug != "none"]
    missed = [bug for bug in bugs if "one batch" not in CAUGHT[bug]]
    assert len(bugs) == 9 and len(missed) == 5


def test_a_wrong_gradient_has_an_unremarkable_norm():
    x, y = experiment.data("none")
    for seed, values in enumerate(RESULT["bugs"]["ReLU mask missing in backward"]):
        right, wrong = (experiment.Net(bug, seed).grads(x[:32], y[:32])[0]
                        for bug in ("none", "ReLU mask missing in backward"))
        assert 1.3 < np.linalg.norm(wrong) / np.linalg.norm(right) < 1.4
        assert values["slope"] > 1


def test_what_permuted_labels_show():
    true = [round(100 * RESULT["leaks"][kind]["true"]) for kind in experiment.LEAKS]
    null = [round(100 * RESULT["leaks"][kind]["null"]) for kind in experiment.LEAKS]
    assert true == [51, 67, 100, 100] and null == [50, 66, 50, 49]
    assert set(RESULT["leaks"]["duplicates"]["p"]) == {0.05}


@pytest.mark.slow
def test_silence_and_a_bug_again():
    for bug in ("none", "bias gradient forgotten"):
        assert set(experiment.fires(experiment.check(bug, 7))) == CAUGHT[bug]
