"""What the divergences promise. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.activations_and_losses.kl_divergence import (
    bimodal,
    divergences,
    fit_forward,
    fit_reverse,
    js_divergence,
    kl_divergence,
    kl_estimates,
    kl_gaussians,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def gaussian(x, mean, std):
    return np.exp(-0.5 * ((x - mean) / std) ** 2) / (std * np.sqrt(2 * np.pi))


def test_bumps_closer_together_have_one_reverse_fit():
    x = np.linspace(-12, 12, 2401)
    near = 0.6 * gaussian(x, -1.2, 0.6) + 0.4 * gaussian(x, 1.2, 0.6)
    fits = [fit_reverse(x, near, mean, std) for mean, std in ((-1.0, 1.0), (1.0, 1.0), (0.0, 3.0))]
    np.testing.assert_allclose(fits, [fits[0]] * 3, atol=1e-4)


def test_two_coins_by_hand():
    p, q = np.array([0.5, 0.5]), np.array([0.9, 0.1])
    # 0.5 ln(5/9) + 0.5 ln 5, and 0.9 ln 1.8 + 0.1 ln 0.2
    np.testing.assert_allclose([kl_divergence(p, q), kl_divergence(q, p)], [0.5108256, 0.3680642], atol=5e-8)


def test_it_is_zero_only_for_equal_distributions():
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(5), (2, 3)), rng.dirichlet(np.ones(5), (2, 3))
    assert kl_divergence(p, q).shape == (2, 3) and np.all(kl_divergence(p, q) > 0)
    np.testing.assert_allclose(kl_divergence(p, p), 0, atol=1e-15)


def test_missing_support_is_infinite_one_way_and_free_the_other():
    p, q = np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([[1.0, 0.0], [0.5, 0.5]])
    with np.errstate(all="raise"):
        np.testing.assert_allclose(kl_divergence(p, q), [np.inf, np.log(2)])
        p, q = np.array([0.25, 0.0, 0.75]), np.array([0.5, 0.0, 0.5])  # no mass in either costs nothing
        np.testing.assert_allclose(kl_divergence(p, q), 0.25 * np.log(0.5) + 0.75 * np.log(1.5), rtol=1e-12)
        certain = np.array([1.0, 0.0])
        assert kl_divergence(certain, certain) == 0
        assert kl_divergence(np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.0, 0.5])) == np.inf


def test_jensen_shannon_is_symmetric_and_at_most_ln_2():
    rng = np.random.default_rng(1)
    p, q = rng.dirichlet(np.ones(4), 3), rng.dirichlet(np.ones(4), 3)
    np.testing.assert_allclose(js_divergence(p, q), js_divergence(q, p), rtol=1e-12)
    assert np.all(js_divergence(p, q) < np.log(2))
    apart = js_divergence(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    np.testing.assert_allclose(apart, np.log(2), rtol=1e-12)
    np.testing.assert_allclose(js_divergence(np.array([0.5, 0.5]), np.array([0.9, 0.1])), 0.1017, atol=5e-5)


def test_gaussians_match_the_integral():
    x = np.linspace(-40, 40, 400_001)
    for mp, sp, mq, sq in ((0.0, 1.0, 0.0, 2.0), (1.0, 2.0, -0.5, 1.5), (0.3, 0.7, 0.3, 0.7)):
        log_ratio = np.log(sq / sp) + 0.5 * ((x - mq) / sq) ** 2 - 0.5 * ((x - mp) / sp) ** 2
        expected = (gaussian(x, mp, sp) * log_ratio).sum() * (x[1] - x[0])
        ours = kl_gaussians(*(np.array([value]) for value in (mp, sp, mq, sq)))
        np.testing.assert_allclose(ours, expected, atol=1e-8)


def test_gaussian_coordinates_add_up():
    rng = np.random.default_rng(2)
    mean_p, mean_q = rng.standard_normal((2, 3, 5))
    std_p, std_q = rng.uniform(0.5, 2, (2, 3, 5))
    one_by_one = sum(kl_gaussians(mean_p[:, [i]], std_p[:, [i]], mean_q[:, [i]], std_q[:, [i]])
                     for i in range(5))
    np.testing.assert_allclose(kl_gaussians(mean_p, std_p, mean_q, std_q), one_by_one, rtol=1e-12)


def test_the_forward_fit_has_the_mean_and_the_deviation_of_the_target():
    x = np.linspace(-12, 12, 2401)
    mean, std = fit_forward(x, bimodal(x))
    # -2 * 0.6 + 2 * 0.4, and the square root of 0.36 + 4 - 0.16
    np.testing.assert_allclose([mean, std], [-0.4, np.sqrt(4.2)], atol=1e-9)
    best = divergences(x, bimodal(x), mean, std)[0]
    for step in (-0.05, 0.05):
        assert divergences(x, bimodal(x), mean + step, std)[0] > best
        assert divergences(x, bimodal(x), mean, std + step)[0] > best


def test_the_reverse_fit_ends_at_a_bump_or_between_depending_on_the_start():
    x = np.linspace(-12, 12, 2401)
    target = bimodal(x)
    for start, end, cost in (((-1.0, 1.0), (-1.998, 0.604), 0.510), ((1.0, 1.0), (1.996, 0.606), 0.915),
                             ((0.4, 2.0), (-0.313, 1.762), 1.144)):
        mean, std = fit_reverse(x, target, *start)
        np.testing.assert_allclose([mean, std], end, atol=2e-3)
        np.testing.assert_allclose(divergences(x, target, mean, std)[1], cost, atol=1e-3)
        for dm, ds in ((0.05, 0), (-0.05, 0), (0, 0.05), (0, -0.05)):
            assert divergences(x, target, mean + dm, std + ds)[1] > cost - 1e-3


def test_the_reverse_fit_finds_a_gaussian_exactly():
    x = np.linspace(-12, 12, 2401)
    mean, std = fit_reverse(x, gaussian(x, 1.5, 0.8), 0.0, 2.0)
    np.testing.assert_allclose([mean, std], [1.5, 0.8], atol=1e-6)


def test_a_step_of_the_reverse_fit_follows_the_gradient():
    # KL(N(m, s^2) || N(0, 1)) = (m^2 + s^2 - 1) / 2 - ln s: m to the mean, s^2 - 1 to ln s.
    x = np.linspace(-24, 24, 4801)
    mean, std = fit_reverse(x, gaussian(x, 0.0, 1.0), 1.0, 2.0, lr=0.05, steps=1)
    np.testing.assert_allclose([mean, std], [1 - 0.05 * 1, 2 * np.exp(-0.05 * 3)], rtol=1e-9)


def test_the_reverse_fit_takes_2000_steps_if_nothing_is_said():
    x = np.linspace(-12, 12, 49)
    start = x, gaussian(x, 0.0, 1.0), 1.0, 1.5, 1e-4  # so slow that the last step still shows
    assert fit_reverse(*start) == fit_reverse(*start, steps=2000)


def test_both_divergences_on_the_grid_match_the_gaussians():
    x = np.linspace(-24, 24, 4801)
    p, q = (np.array([0.5]), np.array([1.5])), (np.array([-1.0]), np.array([0.8]))
    expected = [kl_gaussians(*p, *q), kl_gaussians(*q, *p)]
    np.testing.assert_allclose(divergences(x, gaussian(x, 0.5, 1.5), -1.0, 0.8), expected, rtol=1e-9)


def test_the_estimates_have_the_mean_and_the_spread_of_the_formulas():
    e = np.random.default_rng(0).standard_normal(200_000)
    for shift in (0.1, 1.0):
        true = shift**2 / 2  # KL(N(0, 1), N(shift, 1))
        k1, k2, k3 = kl_estimates(-0.5 * e**2, -0.5 * (e - shift) ** 2)
        spread = [shift, true * np.sqrt(shift**2 + 2), np.sqrt(np.expm1(shift**2) - shift**2)]
        means = [true, true * (1 + shift**2 / 4), true]
        for k, mean, std in zip((k1, k2, k3), means, spread, strict=True):
            assert abs(k.mean() - mean) < 5 * std / np.sqrt(e.size)
            assert abs(k.std() / std - 1) < 0.05
        assert k2.min() >= 0 and k3.min() >= 0 and k1.min() < 0


def test_wrong_input_is_named():
    p = np.array([0.5, 0.5])
    assert "q must be (2,)" in raises(kl_divergence, p, np.array([[0.5, 0.5]]))
    assert "p must be rows" in raises(kl_divergence, np.array([0.5, 0.6]), p)
    assert "q must be rows" in raises(kl_divergence, p, np.array([1.5, -0.5]))
    assert "p must be rows" in raises(kl_divergence, np.array([np.nan, 1.0]), p)
    assert "q must be rows" in raises(kl_divergence, p, np.array([0.5, 0.500012]))
    assert kl_divergence(p, np.array([0.5, 0.500008])) < 0  # as rounding would leave it
    assert "std" in raises(kl_gaussians, p, np.array([0.0, 1.0]), p, p)
    assert "std" in raises(kl_gaussians, p, p, p, np.array([1.0, 0.0]))
