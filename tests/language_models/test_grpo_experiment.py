"""The numbers that the page takes from the exact sums, all of which are made again."""

import json
from pathlib import Path

import numpy as np

from snippets.language_models import grpo_experiment as experiment

RESULT = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))


def test_the_numbers_of_the_page():
    for name, expected in (("constant", (0.512, 15.2)), ("by_length", (0.356, 44.8))):
        chance, length = RESULT[name]
        assert abs(chance - expected[0]) < 6e-4 and abs(length - expected[1]) < 0.06
    rows = RESULT["rows"]
    assert max(abs(value) for pair in rows["no matter"] for value in pair[:2]) < 1e-12
    for name in ("short is right", "long is right"):
        assert all(pair[0] * pair[1] > 0 for pair in rows[name])
    stop, (true, by_length, _, length) = 0.05, rows["best at 20"][1]
    assert true > 0 > by_length and round(length) == round(1 / stop) == 20


def test_the_same_again():
    right = experiment.TASKS["best at 20"](np.arange(1, 201))
    for by_length, name in ((False, "constant"), (True, "by_length")):
        np.testing.assert_allclose(experiment.resting_point(right, by_length), RESULT[name], atol=2e-4)


def test_the_true_gradient_is_the_derivative_of_the_chance():
    right, h = experiment.TASKS["short is right"](np.arange(1, 201)), 1e-5
    logit = np.log(0.1 / 0.9)
    ends = [experiment.gradients(1 / (1 + np.exp(-logit - sign * h)), right)[2] for sign in (1, -1)]
    assert abs((ends[0] - ends[1]) / (2 * h) - experiment.gradients(0.1, right)[0]) < 1e-8


def test_the_shares_of_silent_groups():
    silent = {p: [p**g + (1 - p) ** g for g in (4, 8, 16, 64)] for p in (0.5, 0.1, 0.01)}
    np.testing.assert_allclose(silent[0.5], [0.125, 0.0078, 0, 0], atol=5e-4)
    np.testing.assert_allclose(silent[0.1], [0.656, 0.430, 0.185, 0.001], atol=6e-4)
    np.testing.assert_allclose(silent[0.01], [0.961, 0.923, 0.851, 0.526], atol=6e-4)
