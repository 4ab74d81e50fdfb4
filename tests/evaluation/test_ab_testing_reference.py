"""The same numbers as SciPy's and least squares."""

import math

import numpy as np
import pytest
from scipy import stats

from snippets.evaluation.ab_testing import (
    always_valid_p,
    cuped,
    peeking,
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


def integrated(looks, limit):
    """False positives by carrying the density of the sum inside the limits from look to look."""
    x = mass = np.zeros(1)
    for k in range(1, looks + 1):
        before, edge = x, limit * math.sqrt(k)
        x = np.linspace(-edge, edge, 401)
        weight = np.full(401, x[1] - x[0])
        weight[[0, -1]] /= 2
        density = stats.norm.pdf(x) if k == 1 else stats.norm.pdf(x[:, None] - before) @ mass
        mass = density * weight
    return 1 - mass.sum()


def test_the_false_positives_of_the_page_by_integration():
    rates = [integrated(looks, stats.norm.ppf(0.975)) for looks in (1, 2, 5, 10, 20)]
    np.testing.assert_allclose(rates, [0.050, 0.083, 0.142, 0.193, 0.248], atol=5.1e-4)
    np.testing.assert_allclose(integrated(5, 2.413), 0.05, atol=1e-4)
    for looks, rate in zip((1, 5, 20), (rates[0], rates[2], rates[4]), strict=True):
        # Four standard deviations of 20,000 simulated tests.
        bound = 4 * math.sqrt(rate * (1 - rate) / 20_000)
        assert abs(peeking(looks, 20_000, np.random.default_rng(5)) - rate) < bound


@pytest.mark.slow
def test_a_hundred_looks_by_integration():
    np.testing.assert_allclose(integrated(100, stats.norm.ppf(0.975)), 0.374, atol=5.1e-4)
