"""The same numbers as SciPy's and least squares."""

import math

import numpy as np
from scipy import stats

from snippets.evaluation.ab_testing import (
    always_valid_p,
    cuped,
    ratio_and_error,
    sample_ratio_p,
    sample_size,
    simulate_users,
)


def test_sample_ratio_is_the_chi_square_test():
    for a, b, share in ((500, 460, 0.5), (1000, 90, 0.9), (33, 61, 0.3)):
        expected = stats.chisquare([a, b], [(a + b) * share, (a + b) * (1 - share)]).pvalue
        np.testing.assert_allclose(sample_ratio_p(a, b, share), expected, rtol=1e-9)


def test_the_size_from_the_normal_quantiles():
    for alpha, power in ((0.05, 0.8), (0.01, 0.95)):
        z = stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)
        assert sample_size(3.0, 0.2, alpha, power) == math.ceil(2 * (z * 15) ** 2)


def test_cuped_leaves_the_residual_of_a_regression():
    before, clicks, _ = simulate_users(500, np.random.default_rng(0))
    fit = stats.linregress(before, clicks)
    residual = clicks - fit.intercept - fit.slope * before
    np.testing.assert_allclose(cuped(clicks, before) - clicks.mean(), residual, atol=1e-9)


def test_the_mixture_ratio_is_an_integral_over_effects():
    z, n, tau = 2.3, 400.0, 0.07
    mean = z / math.sqrt(n)

    def ratio(effect):
        return stats.norm.pdf(mean, effect, 1 / math.sqrt(n)) / stats.norm.pdf(mean, 0, 1 / math.sqrt(n))

    grid = np.linspace(-0.7, 0.7, 20_001)
    mixed = np.sum(ratio(grid) * stats.norm.pdf(grid, 0, tau)) * (grid[1] - grid[0])
    ours = always_valid_p(np.array([z]), np.array([n]), tau)
    np.testing.assert_allclose(ours, min(1, 1 / mixed), rtol=1e-6)


def test_the_delta_error_agrees_with_the_bootstrap():
    _, clicks, views = simulate_users(400, np.random.default_rng(1))
    drawn = np.random.default_rng(2).integers(0, 400, (4000, 400))
    spread = (clicks[drawn].sum(axis=1) / views[drawn].sum(axis=1)).std()
    # 4,000 resamples: 1.1 %; the linear approximation: a few percent.
    np.testing.assert_allclose(ratio_and_error(clicks, views)[1], spread, rtol=0.08)
