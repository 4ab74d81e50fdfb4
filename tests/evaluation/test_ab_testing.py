"""What the arithmetic of an A/B test promises. NumPy, the standard library and plain asserts only."""

import math

import numpy as np

from snippets.evaluation.ab_testing import (
    always_valid_p,
    cuped,
    peeking,
    ratio_and_error,
    sample_ratio_p,
    sample_size,
    simulate_users,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_half_the_effect_needs_four_times_the_users():
    std = math.sqrt(0.05 * 0.95)
    assert [sample_size(std, 0.05 * r) for r in (0.1, 0.05, 0.01)] == [29_826, 119_303, 2_982_575]
    assert sample_size(1.0, 1.0) == math.ceil(2 * (1.9599640 + 0.8416212) ** 2)
    assert sample_size(1.0, 0.1, 0.01, 0.9) > sample_size(1.0, 0.1)


def test_the_size_delivers_the_power():
    n = sample_size(2.0, 0.5)
    z = np.random.default_rng(0).normal(0.5 / (2.0 * math.sqrt(2 / n)), 1.0, 20_000)
    # 20,000 draws at 0.8: standard deviation 0.0028.
    assert abs(np.mean(np.abs(z) > 1.959964) - 0.8) < 0.015


def test_looking_often_multiplies_the_false_positives():
    rates = [peeking(looks, 20_000, np.random.default_rng(0)) for looks in (1, 2, 5, 10, 20, 100)]
    # Five standard deviations of 20,000 tests: 0.0077 at 0.05, 0.017 at 0.38.
    np.testing.assert_allclose(rates[0], 0.05, atol=0.0077)
    np.testing.assert_allclose(rates, [0.048, 0.084, 0.144, 0.194, 0.252, 0.379], atol=0.002)
    np.testing.assert_allclose(peeking(5, 20_000, np.random.default_rng(0), 2.413), 0.05, atol=0.0077)


def test_one_simulation_either_exceeds_the_limit_or_does_not():
    drawn = [peeking(3, 1, np.random.default_rng(seed), 0.5) for seed in range(20)]
    assert set(drawn) == {0.0, 1.0}


def test_the_always_valid_p_by_hand():
    p = always_valid_p(np.array([3.0, 0.0]), np.array([100.0, 200.0]), 0.1)  # s = 1, 2
    first = math.sqrt(2) * math.exp(-9 / 4)
    np.testing.assert_allclose(p, [first, first], rtol=1e-12)  # it never rises again
    np.testing.assert_allclose(always_valid_p(np.zeros((3, 2)), np.array([1.0, 2.0]), 0.5), 1.0)


def test_an_always_valid_p_may_be_watched_and_costs_power():
    steps = np.arange(1, 21)
    noise = np.cumsum(np.random.default_rng(1).standard_normal((20_000, 20)), axis=1) / np.sqrt(steps)
    rejected = []
    for shift in (0.0, 2.8016):
        p = always_valid_p(noise + shift * np.sqrt(steps / 20), steps * 1000.0, 0.02)
        rejected.append(np.mean(p[:, -1] < 0.05))
    assert rejected[0] < 0.05
    np.testing.assert_allclose(rejected, [0.011, 0.488], atol=0.002)


def test_cuped_keeps_the_mean_and_leaves_one_minus_correlation_squared():
    before, clicks, _ = simulate_users(2_000, np.random.default_rng(0))
    adjusted = cuped(clicks, before)
    np.testing.assert_allclose(adjusted.mean(), clicks.mean(), rtol=1e-12)
    r = np.corrcoef(before, clicks)[0, 1]
    np.testing.assert_allclose(adjusted.var() / clicks.var(), 1 - r**2, rtol=1e-9)
    assert abs(np.corrcoef(before, adjusted)[0, 1]) < 1e-9
    np.testing.assert_allclose(cuped(3 * before + 1, before), 3 * before.mean() + 1, rtol=1e-9)


def test_cuped_by_hand_on_a_metric_of_small_numbers():
    # deviations of before -0.1, 0, 0.1; cov = 0.03 / 3, var = 0.02 / 3, theta = 1.5
    adjusted = cuped(np.array([0.2, 0.9, 0.5]), np.array([0.1, 0.2, 0.3]))
    np.testing.assert_allclose(adjusted, [0.35, 0.9, 0.35], rtol=1e-12)


def test_a_constant_denominator_makes_the_ratio_a_mean():
    x = np.array([1.0, 5.0, 2.0, 8.0, 3.0])
    ratio, error = ratio_and_error(x, np.full(5, 2.0))
    np.testing.assert_allclose([ratio, error], [x.mean() / 2, x.std(ddof=1) / 2 / math.sqrt(5)], rtol=1e-12)


def test_two_users_are_enough_for_a_ratio():
    # R = 3 / 4; terms (1 - 0.75, 2 - 2.25) / 2 = 0.125, -0.125
    ratio, error = ratio_and_error(np.array([1.0, 2.0]), np.array([1.0, 3.0]))
    np.testing.assert_allclose([ratio, error], [0.75, 0.125], rtol=1e-12)


def test_the_delta_error_is_the_spread_over_repeated_experiments():
    rng = np.random.default_rng(3)
    results = np.array([ratio_and_error(*simulate_users(300, rng)[1:]) for _ in range(400)])
    # The deviation of 400 ratios is known to 1 / sqrt(800) = 3.5 %.
    assert abs(results[:, 0].std() / results[:, 1].mean() - 1) < 0.18


def test_a_broken_split_is_seen():
    assert sample_ratio_p(50_000, 50_000) == 1.0
    assert abs(sample_ratio_p(1, 0) - 0.3173) < 1e-4  # one user: one standard deviation off
    assert [f"{sample_ratio_p(a, 100_000 - a):.2g}" for a in (50_250, 50_500, 50_960)] == [
        "0.11", "0.0016", "1.3e-09"]
    assert sample_ratio_p(10, 90, 0.1) == 1.0 and sample_ratio_p(90, 10, 0.1) < 1e-100


def test_the_page_s_users():
    before, clicks, views = simulate_users(100_000, np.random.default_rng(2))
    assert np.all(clicks <= views) and views.min() >= 1 and len(before) == 100_000
    # Visits after exponential habits: mean 10, variance 10 + 10^2. Clicks before: mean 1,
    # variance 3.6. Five standard errors of 100,000 users: 0.17 and 0.03.
    assert abs(views.mean() - 11) < 0.17 and abs(before.mean() - 1) < 0.03 and views.min() == 1
    # Correlation of 100,000 users: to about 0.005.
    assert abs(np.var(cuped(clicks, before)) / np.var(clicks) - 0.472) < 0.02
    ratio, error = ratio_and_error(clicks, views)
    assert abs(ratio - 0.1) < 5 * error
    assert abs(error**2 / (ratio * (1 - ratio) / views.sum()) - 2.86) < 0.2


def test_bad_input_is_named():
    assert "effect" in raises(sample_size, 1.0, 0.0)
    assert "std" in raises(sample_size, 0.0, 1.0)
    assert "share_a" in raises(sample_ratio_p, 5, 5, 0.0)
    assert "users" in raises(sample_ratio_p, 0, 0)
    assert "looks" in raises(peeking, 0, 5, np.random.default_rng(0))
    assert "tau" in raises(always_valid_p, np.zeros(2), np.ones(2), 0.0)
    assert "before" in raises(cuped, np.arange(3.0), np.ones(3))
    assert "metric" in raises(cuped, np.arange(3.0), np.arange(4.0))
    assert "numerator" in raises(ratio_and_error, np.ones(1), np.ones(1))
    assert raises(ratio_and_error, np.ones(2), np.zeros(2)) == "denominator must not add up to 0"
    assert "share_a" in raises(sample_ratio_p, 5, 5, 1.0)
    assert "users" in raises(sample_ratio_p, -5, 10)
