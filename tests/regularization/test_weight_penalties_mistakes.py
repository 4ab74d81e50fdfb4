"""Each wrong way fails as the page says, and the right one does not."""

import numpy as np
from sklearn.linear_model import Ridge

from snippets.regularization.weight_penalties import elastic_net, ridge
from snippets.regularization.weight_penalties_mistakes import (
    lasso_by_subgradient,
    library_ridge_alpha,
    ridge_with_penalized_intercept,
)


def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(30, 7))
    x -= x.mean(axis=0)
    targets = 3 * x[:, 0] + rng.normal(size=30)
    return x, targets - targets.mean()


def test_subgradient_steps_leave_no_zero():
    x, targets = data()
    assert (elastic_net(x, targets, 0.5) == 0).sum() >= 5
    w = lasso_by_subgradient(x, targets, 0.5, 0.05, 5000)
    assert (w == 0).sum() == 0
    assert np.abs(w - elastic_net(x, targets, 0.5)).max() < 0.06  # close, but never there


def test_a_penalized_intercept_moves_the_slope_when_the_targets_move():
    x, targets = data()
    x = x + 1.0
    slopes = [ridge_with_penalized_intercept(x, targets + shift, 0.5)[0] for shift in (0.0, 100.0)]
    assert abs(slopes[1] - slopes[0]) > 1.0
    centered = [ridge(x - x.mean(axis=0), t - t.mean(), 0.5)[0] for t in (targets, targets + 100.0)]
    np.testing.assert_allclose(centered[0], centered[1])


def test_the_same_number_means_another_strength_in_the_library():
    x, targets = data()
    wrong = Ridge(alpha=library_ridge_alpha(1.0, 30)).fit(x, targets).coef_
    right = Ridge(alpha=30.0).fit(x, targets).coef_
    np.testing.assert_allclose(right, ridge(x, targets, 1.0), rtol=1e-8)
    assert wrong[0] > 1.5 * right[0]
