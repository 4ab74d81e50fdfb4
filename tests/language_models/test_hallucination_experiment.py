"""The page's numbers from the committed run, and the run again: it takes milliseconds."""

import json
from pathlib import Path

import numpy as np

from snippets.language_models import hallucination_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))
PAGE = {"0.001": (7.90, 0.1), "0.05": (7.14, 5.0), "0.2": (6.99, 19.9), "0.4": (7.08, 39.9)}


def test_the_numbers_on_the_page():
    assert (RESULT["seen"], RESULT["once"]) == (620, 410) and RESULT["good_turing"] == 0.205
    assert round(RESULT["missing"], 3) == 0.204
    for mix, (loss, false) in PAGE.items():
        assert abs(RESULT["loss"][mix] - loss) < 0.0051 and abs(100 * RESULT["false"][mix] - false) < 0.051
    assert round(RESULT["best"]["loss"], 2) == 6.99 and round(100 * RESULT["best"]["false"], 1) == 20.4
    estimate, missing = np.array(RESULT["worlds"]).T
    assert len(estimate) == 20 and round(estimate.mean(), 3) == 0.201 and round(missing.mean(), 3) == 0.198
    assert round(np.sqrt(np.mean((estimate - missing) ** 2)), 3) == 0.014


def test_the_loss_is_lowest_at_the_missing_mass():
    probs, counts = experiment.world(np.random.default_rng(0))
    best = RESULT["best"]["loss"]
    for step in (-0.01, 0.01):
        assert experiment.new_text_loss(probs, counts, RESULT["missing"] + step) > best
    assert best <= min(RESULT["loss"].values())


def test_the_model_s_statements_sum_to_one():
    _, counts = experiment.world(np.random.default_rng(0))
    pairs = np.count_nonzero(counts == 0) * experiment.DAYS
    assert abs((1 - 0.3) * counts.sum() / counts.sum() + 0.3 / pairs * pairs - 1) < 1e-12


def test_more_text_about_the_same_people_leaves_less_unseen():
    probs, _ = experiment.world(np.random.default_rng(0))
    missing = [float((probs * (1 - probs) ** n).sum()) for n in (2000, 4000, 8000)]
    assert [round(value, 3) for value in missing] == [0.201, 0.130, 0.070]


def test_the_run_again():
    again = experiment.run()
    assert again["once"] == RESULT["once"] and again["seen"] == RESULT["seen"]
    for key in ("loss", "false", "best"):
        np.testing.assert_allclose(list(again[key].values()), list(RESULT[key].values()), rtol=1e-9)
