"""The wrong code fails, and the right way beside it does not."""

import numpy as np

from snippets.optimization.black_box_model import bagging, reweight
from snippets.optimization.black_box_model_mistakes import (
    oversample_then_split,
    residuals_in_sample,
    weighted_error_on_its_sample,
)


def nearest(x, targets):
    """A black box that memorizes."""
    return lambda new: targets[np.argmin(((new[:, None] - x) ** 2).sum(axis=2), axis=1)]


def noisy(count: int, seed: int):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 3))
    return x, rng.choice([-1, 1], size=count), rng


def test_a_memorizer_makes_no_error_on_its_own_sample():
    x, targets, rng = noisy(60, 0)
    rows = rng.integers(0, 60, size=60)
    model = nearest(x[rows], targets[rows])
    assert weighted_error_on_its_sample(model, x, targets, rows) == 0.0  # an infinite vote
    wrong = model(x) != targets  # on all rows it errs, and the vote is finite
    assert wrong.any() and np.isfinite(reweight(np.full(60, 1 / 60), wrong)[1])


def test_residuals_in_sample_leave_nothing_to_correct():
    x, _, rng = noisy(80, 1)
    y = x[:, 0] + rng.normal(size=80)
    assert np.all(residuals_in_sample(nearest, x, y) == 0.0)
    _, out_of_bag = bagging(nearest, x, y, 30, rng)
    known = ~np.isnan(out_of_bag)
    assert np.std((y - out_of_bag)[known]) > 0.5


def test_oversampling_before_the_split_leaks():
    x, targets, rng = noisy(200, 2)  # random labels: the honest error is 50 %
    (train_x, train_y), (test_x, test_y) = oversample_then_split(x, targets, rng)
    leaked = np.mean(nearest(train_x, train_y)(test_x) != test_y)
    # A test row has a copy in training with probability 1 - (1 - 1/200)**200 = 0.63.
    assert leaked < 0.3
    honest = np.mean(nearest(x[:100], targets[:100])(x[100:]) != targets[100:])
    assert abs(honest - 0.5) < 4 * 0.05
