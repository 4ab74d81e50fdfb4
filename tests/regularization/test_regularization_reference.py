"""The same numbers as scikit-learn and NumPy's least squares."""

import numpy as np
from sklearn.linear_model import Ridge

from snippets.regularization.regularization import ridge


def test_ridge_matches_scikit_learn():
    rng = np.random.default_rng(0)
    x, targets = rng.normal(size=(11, 5)), rng.normal(size=11)
    for alpha in (0.01, 1.0, 100.0):
        theirs = Ridge(alpha=alpha, fit_intercept=False, solver="svd").fit(x, targets).coef_
        np.testing.assert_allclose(ridge(x, targets, alpha), theirs, rtol=1e-9)


def test_standardizing_changes_ridge_and_not_least_squares():
    rng = np.random.default_rng(0)
    x, targets = rng.normal(size=(11, 3)), rng.normal(size=11)
    scaled = x * [1.0, 1000.0, 0.001]
    plain, other = (a @ np.linalg.lstsq(a, targets, rcond=None)[0] for a in (x, scaled))
    np.testing.assert_allclose(plain, other, atol=1e-9)
    assert np.abs(x @ ridge(x, targets, 1.0) - scaled @ ridge(scaled, targets, 1.0)).max() > 0.05


def test_a_weak_penalty_tends_to_the_shortest_solution():
    rng = np.random.default_rng(0)
    x, targets = rng.normal(size=(3, 7)), rng.normal(size=3)
    np.testing.assert_allclose(ridge(x, targets, 1e-9), np.linalg.pinv(x) @ targets, atol=1e-6)
