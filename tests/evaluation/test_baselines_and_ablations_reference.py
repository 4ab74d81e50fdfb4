"""The same numbers from SciPy's distributions and a linear model."""

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LinearRegression

from snippets.evaluation.baselines_and_ablations import effects, expected_best, interaction


def test_the_expected_best_of_normal_trials_is_the_order_statistic_s():
    rng = np.random.default_rng(0)
    trials = rng.normal(size=(2000, 30))
    grid = np.linspace(-8, 8, 8001)
    for n in (1, 5, 20):
        density = n * stats.norm.cdf(grid) ** (n - 1) * stats.norm.pdf(grid)
        expected = np.sum(grid * density) * (grid[1] - grid[0])
        found = [expected_best(row, n) for row in trials]
        assert abs(np.mean(found) - expected) < 5 * np.std(found) / np.sqrt(2000)


def test_average_effects_and_interactions_are_coefficients_of_a_factorial_model():
    rng = np.random.default_rng(1)
    results = rng.random((2, 2, 2))
    signs = np.indices((2, 2, 2)).reshape(3, 8).T * 2.0 - 1
    pairs = np.stack([signs[:, i] * signs[:, j] for i, j in ((0, 1), (0, 2), (1, 2))], axis=1)
    triple = signs.prod(axis=1, keepdims=True)
    model = LinearRegression().fit(np.hstack([signs, pairs, triple]), results.ravel())
    np.testing.assert_allclose(effects(results)["average"], 2 * model.coef_[:3], rtol=1e-9)
    ours = [interaction(results, i, j) for i, j in ((0, 1), (0, 2), (1, 2))]
    np.testing.assert_allclose(ours, 4 * model.coef_[3:6], rtol=1e-9)


def test_a_score_without_any_trick_is_refused():
    with pytest.raises(ValueError, match=r"^results"):
        effects(np.array(80.0))
