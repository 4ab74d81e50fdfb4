"""Each wrong way fails as the page says."""

import json
from pathlib import Path

import numpy as np

from snippets.regularization import regularization_experiment as experiment
from snippets.regularization.regularization import ridge
from snippets.regularization.regularization_mistakes import choose_by_gap, ridge_on_the_mean

ROWS = json.loads(Path(experiment.__file__).with_suffix(".json").read_text(encoding="utf-8"))["rows"]


def test_the_smallest_gap_chooses_a_useless_model():
    alphas, train, test = ([row[key] for row in ROWS] for key in ("alpha", "train", "test"))
    chosen = choose_by_gap(alphas, train, test)
    error = test[alphas.index(chosen)]
    assert chosen >= 1000 and error > 4 * min(test), (chosen, error, min(test))


def test_on_the_mean_the_same_alpha_is_n_times_as_strong():
    rng = np.random.default_rng(0)
    x, targets = rng.normal(size=(7, 3)), rng.normal(size=7)
    np.testing.assert_allclose(ridge_on_the_mean(x, targets, 0.5), ridge(x, targets, 7 * 0.5))
    assert np.abs(ridge_on_the_mean(x, targets, 0.5) - ridge(x, targets, 0.5)).max() > 0.05
