"""What the losses promise. Runs wherever the snippet runs: NumPy and plain asserts only."""

import math

import numpy as np

from snippets.activations_and_losses.l1_and_l2_loss import (
    fit_constant,
    huber_loss,
    l1_loss,
    l2_loss,
    quantile_loss,
)

CLEAN = np.array([10.0, 11.0, 11.0, 12.0, 13.0])
TYPO = np.array([10.0, 11.0, 11.0, 120.0, 13.0])


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def q90(pred, target):
    return quantile_loss(pred, target, 0.9)


def test_values_by_hand():
    pred, target = np.array([1.0, 5.0, 2.0]), np.array([2.0, 2.0, 2.0])  # residuals -1, 3, 0
    for loss, value, grad in ((l2_loss, 10 / 3, [-2 / 3, 2, 0]), (l1_loss, 4 / 3, [-1 / 3, 1 / 3, 0]),
                              (huber_loss, 3 / 3, [-1 / 3, 1 / 3, 0]), (q90, 1.2 / 3, [-0.3, 0.1 / 3, 0])):
        ours, our_grad = loss(pred, target)
        np.testing.assert_allclose(ours, value, rtol=1e-12)
        np.testing.assert_allclose(our_grad, grad, rtol=1e-9, atol=1e-12)


def test_gradients_match_central_differences():
    rng = np.random.default_rng(0)
    pred, target = rng.standard_normal((2, 3, 5)) * 2
    for loss in (l2_loss, l1_loss, huber_loss, q90, lambda p, t: huber_loss(p, t, 0.3)):
        _, grad = loss(pred, target)
        assert grad.shape == (3, 5)
        for index in ((0, 0), (1, 3), (2, 4)):
            above, below = pred.copy(), pred.copy()
            above[index] += 1e-6
            below[index] -= 1e-6
            numeric = (loss(above, target)[0] - loss(below, target)[0]) / 2e-6
            np.testing.assert_allclose(grad[index], numeric, atol=1e-8)


def test_l2_is_minimized_by_the_mean_and_l1_by_the_median():
    np.testing.assert_allclose(fit_constant(CLEAN, l2_loss, 0.1), 11.4, atol=0.01)
    np.testing.assert_allclose(fit_constant(TYPO, l2_loss, 0.1), 33.0, atol=0.01)
    for target in (CLEAN, TYPO):
        np.testing.assert_allclose(fit_constant(target, l1_loss, 0.05), 11.0, atol=0.01)


def test_huber_lies_between():
    # Clean: 1 + 2 (m - 11) + (m - 12) - 1 = 0. Typo: 1 + 2 (m - 11) - 1 - 1 = 0.
    np.testing.assert_allclose(fit_constant(CLEAN, huber_loss, 0.1), 34 / 3, atol=0.01)
    np.testing.assert_allclose(fit_constant(TYPO, huber_loss, 0.1), 11.5, atol=0.01)
    # A large delta is L2, a small one L1.
    np.testing.assert_allclose(fit_constant(TYPO, lambda p, t: huber_loss(p, t, 1e3), 0.1), 33.0, atol=0.01)
    np.testing.assert_allclose(fit_constant(TYPO, lambda p, t: huber_loss(p, t, 0.01), 5.0), 11.0, atol=0.01)


def test_quantile_loss_is_minimized_by_the_quantile():
    values = np.arange(1.0, 12.0)  # 1 to 11
    for level, best in ((0.1, 2.0), (0.5, 6.0), (0.9, 10.0)):
        losses = [quantile_loss(np.full(11, v), values, level)[0] for v in values]
        assert values[int(np.argmin(losses))] == best, f"level {level}"
    half = quantile_loss(values, values[::-1].copy(), 0.5)[0]
    np.testing.assert_allclose(half, l1_loss(values, values[::-1].copy())[0] / 2, rtol=1e-12)


def test_an_even_number_of_values_leaves_l1_flat_between_the_middle_two():
    values = np.array([1.0, 2.0, 6.0, 9.0])
    losses = [l1_loss(np.full(4, v), values)[0] for v in (2.0, 3.0, 5.9)]
    np.testing.assert_allclose(losses, [3.0] * 3, rtol=1e-12)


def test_pull_of_the_outlier_at_11():
    for loss, grads in ((l2_loss, [0.4, 0, 0, -43.6, -0.8]), (l1_loss, [0.2, 0, 0, -0.2, -0.2])):
        np.testing.assert_allclose(loss(np.full(5, 11.0), TYPO)[1], grads, rtol=1e-9, atol=1e-12)


def test_gradient_near_zero():
    small, zero = np.array([1e-9]), np.zeros(1)
    assert l1_loss(small, zero)[1][0] == 1.0
    assert abs(l2_loss(small, zero)[1][0]) < 1e-8
    assert l1_loss(zero, zero)[1][0] == 0.0
    position, path = 0.25, []
    for _ in range(6):  # a constant learning rate of 0.1 never settles
        position -= 0.1 * float(l1_loss(np.array([position]), zero)[1][0])
        path.append(position)
    np.testing.assert_allclose(path, [0.15, 0.05, -0.05, 0.05, -0.05, 0.05], atol=1e-12)


def test_units_l2_grows_with_the_square_of_the_scale():
    pred, target = np.random.default_rng(1).standard_normal((2, 7))
    for loss, factor in ((l2_loss, 1e6), (l1_loss, 1e3), (q90, 1e3)):
        np.testing.assert_allclose(loss(1000 * pred, 1000 * target)[0], factor * loss(pred, target)[0],
                                   rtol=1e-10)


def test_likelihoods():
    # Differences of the negative log densities: r^2 / (2 s^2) and |r| / b.
    r, s = np.array([0.3, -2.0]), 1.5
    gauss = 0.5 * np.log(2 * np.pi * s**2) + r**2 / (2 * s**2)
    laplace = np.log(2 * s) + np.abs(r) / s
    np.testing.assert_allclose(np.diff(gauss), np.diff(r**2) / (2 * s**2), rtol=1e-12)
    np.testing.assert_allclose(np.diff(laplace), np.diff(np.abs(r)) / s, rtol=1e-12)
    # The best s given the residuals is the root mean square, the best b the mean magnitude.
    grid = np.linspace(0.2, 4, 3801)
    by_s = [np.mean(np.log(g) + r**2 / (2 * g**2)) for g in grid]
    by_b = [np.mean(np.log(2 * g) + np.abs(r) / g) for g in grid]
    assert abs(grid[int(np.argmin(by_s))] - np.sqrt((r**2).mean())) < 2e-3
    assert abs(grid[int(np.argmin(by_b))] - np.abs(r).mean()) < 2e-3


def test_mean_and_median_of_noise():
    # Gaussian noise: variance 1/N and pi / (2 N). Laplace with scale 1: 2/N and 1/N.
    rng, trials, n = np.random.default_rng(2), 4000, 101
    for noise, of_mean, of_median in ((rng.standard_normal((trials, n)), 1.0, np.pi / 2),
                                      (rng.laplace(size=(trials, n)), 2.0, 1.0)):
        tolerance = 5 * math.sqrt(2 / trials)  # relative, of a variance from normal samples
        np.testing.assert_allclose(noise.mean(axis=1).var() * n, of_mean, rtol=tolerance)
        # The median's asymptotic variance is 1 / (4 f^2 N); some percent off at N = 101.
        np.testing.assert_allclose(np.median(noise, axis=1).var() * n, of_median, rtol=tolerance + 0.1)


def test_ten_percent_wide_noise_makes_the_median_as_good_as_the_mean():
    def variances(fraction):  # asymptotic, times N; density of the mixture at 0
        return 1 + 8 * fraction, math.pi / 2 / (1 - fraction + fraction / 3) ** 2
    assert variances(0.05)[0] < variances(0.05)[1]
    np.testing.assert_allclose(*variances(0.1), rtol=0.005)
    assert variances(0.2)[0] > variances(0.2)[1]


def test_huber_keeps_95_percent_at_1_345():
    d = 1.345
    density, above = math.exp(-d * d / 2) / math.sqrt(2 * math.pi), 0.5 * math.erfc(d / math.sqrt(2))
    inside = 1 - 2 * above
    psi_squared = inside - 2 * d * density + 2 * d * d * above
    np.testing.assert_allclose(inside**2 / psi_squared, 0.95, atol=1e-4)


def test_skewed_targets_separate_mean_and_median():
    waits = np.random.default_rng(0).lognormal(0.0, 1.0, 20_000)
    np.testing.assert_allclose([waits.mean(), np.median(waits)], [np.exp(0.5), 1.0], atol=0.05)
    # Huber's best m solves E[clip(m - Y, -1, 1)] = 0; the bound is five standard errors.
    z = np.random.default_rng(1).standard_normal(100_000)
    assert abs(np.clip(1.15 - np.exp(z), -1, 1).mean()) < 5 * 0.7 / math.sqrt(100_000)
    np.testing.assert_allclose(fit_constant(waits, huber_loss, 0.1), 1.15, atol=0.05)


def test_an_outlier_far_in_x_turns_l1_too():
    x = np.arange(1.0, 11.0)
    expected = {(10.0, 40.0): (1.619, 1.0), (60.0, 0.0): (0.097, 0.0), (54.0, 0.0): (0.117, 1.0)}
    for (new_x, new_y), (l2_slope, l1_slope) in expected.items():
        xs, ys = np.append(x, new_x), np.append(x, new_y)
        np.testing.assert_allclose((xs @ ys) / (xs @ xs), l2_slope, atol=5e-4)
        slopes = np.linspace(-0.5, 2, 2501)
        best = slopes[int(np.argmin([l1_loss(a * xs, ys)[0] for a in slopes]))]
        np.testing.assert_allclose(best, l1_slope, atol=1e-3)


def test_four_wild_targets_of_ten_are_enough_where_x_is_large():
    x = np.arange(1.0, 11.0)
    for bad, slope in ((3, 1.0), (4, 1000.0)):  # 27 and 34 of the 55 units of |x|
        y = np.where(x > 10 - bad, 1000 * x, x)
        losses = [l1_loss(a * x, y)[0] for a in (0.0, 1.0, 2.0, 500.0, 999.0, 1000.0, 1001.0)]
        assert (0.0, 1.0, 2.0, 500.0, 999.0, 1000.0, 1001.0)[int(np.argmin(losses))] == slope


def test_an_uncertain_edge_blurs_under_l2_only():
    # An edge equally likely before each of pixels 1 to 7: rows of white, then black.
    images = np.array([[1.0 if pixel < edge else 0.0 for pixel in range(1, 7)] for edge in range(1, 8)])
    np.testing.assert_allclose(images.mean(axis=0), [6 / 7, 5 / 7, 4 / 7, 3 / 7, 2 / 7, 1 / 7])
    np.testing.assert_array_equal(np.median(images, axis=0), [1, 1, 1, 0, 0, 0])


def test_one_element_and_types():
    assert l2_loss(np.array([3.0]), np.array([1.0])) == (4.0, np.array([4.0]))
    for loss in (l2_loss, l1_loss, huber_loss, q90):
        value, grad = loss(np.ones(3, dtype=np.float32), np.zeros(3, dtype=np.float32))
        assert isinstance(value, float) and grad.shape == (3,)


def test_integers_do_not_wrap_around_or_round():
    pixels, other = np.array([1, 200], dtype=np.uint8), np.array([2, 100], dtype=np.uint8)
    assert l1_loss(pixels, other)[0] == 50.5
    assert l2_loss(pixels, other)[0] == (1 + 100**2) / 2
    large = np.array([100_000], dtype=np.int32)
    assert l2_loss(large, np.zeros(1, dtype=np.int32))[0] == 1e10
    np.testing.assert_allclose(fit_constant(CLEAN.astype(np.int32), l2_loss, 0.1), 11.4, atol=0.01)


def test_the_finer_of_the_two_types_is_kept():
    coarse, fine = np.ones(1, dtype=np.float32), np.array([1 + 1e-9])  # 1e-9 is lost in float32
    for loss in (l2_loss, l1_loss, huber_loss):
        assert loss(coarse, coarse)[1].dtype == np.float32
        assert loss(fine, coarse)[0] > 0 and loss(coarse, fine)[0] > 0


def test_descent_starts_at_zero_and_slows_down_in_a_straight_line():
    # The gradient of (c - 10)^2 is 2 (c - 10); the steps are 0.1 and 0.05.
    target = np.array([10.0])
    steps = [fit_constant(target, l2_loss, 0.1, steps) for steps in (0, 1, 2)]
    np.testing.assert_allclose(steps, [0, 2, 2 + 0.05 * 16], rtol=1e-12)


def test_descent_takes_2000_steps_if_nothing_is_said():
    assert fit_constant(CLEAN, l1_loss, 0.1) == fit_constant(CLEAN, l1_loss, 0.1, 2000)


def test_bad_input_is_named():
    for loss in (l2_loss, l1_loss, huber_loss, q90):
        assert "pred" in raises(loss, np.zeros((3, 1)), np.zeros(3))
        assert raises(loss, np.zeros(0), np.zeros(0)).startswith("pred is empty")
    assert "delta" in raises(huber_loss, np.zeros(1), np.zeros(1), 0.0)
    for level in (0.0, 1.0, -0.1):
        assert "level" in raises(quantile_loss, np.zeros(1), np.zeros(1), level)


def test_l1_settles_only_because_the_learning_rate_falls():
    # Steps of 0.1 from 0 would end in a walk between 0.2 and 0.3.
    np.testing.assert_allclose(fit_constant(np.array([0.25]), l1_loss, 0.1), 0.25, atol=2e-3)
