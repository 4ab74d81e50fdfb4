"""What momentum's step, speed, floor and escape promise. NumPy and plain asserts only."""

import math

import numpy as np

from snippets.optimization.momentum import (
    best_heavy_ball,
    escape,
    factor,
    momentum_step,
    noise_floor,
)


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def run(curvature, start, steps, lr, momentum, **options):
    x, buffer, path = np.array(start, dtype=np.float64), None, []
    for _ in range(steps):
        path.append(x)
        x, buffer = momentum_step(x, curvature * x, buffer, lr, momentum, **options)
    return np.array([*path, x])


def test_three_steps_by_hand():
    # Loss x**2: buffer 2, then 1.8 + 1.6 = 3.4, then 3.06 + 0.92 = 3.98.
    path = run(2.0, 1.0, 3, 0.1, 0.9)
    np.testing.assert_allclose(path, [1.0, 0.8, 0.46, 0.062], rtol=1e-12)


def test_a_constant_gradient_ends_in_steps_of_rate_over_one_minus_momentum():
    x, buffer = np.zeros(3), None
    for _ in range(200):
        last = x
        x, buffer = momentum_step(x, np.array([1.0, -2.0, 0.5]), buffer, 0.01, 0.9)
    np.testing.assert_allclose(x - last, [-0.1, 0.2, -0.05], rtol=1e-6)


def test_the_first_gradient_is_not_dampened_and_the_next_ones_are():
    x, buffer = momentum_step(np.zeros(2), np.ones(2), None, 1.0, 0.9, dampening=0.9)
    np.testing.assert_allclose(buffer, [1.0, 1.0])
    x, buffer = momentum_step(x, np.full(2, 3.0), buffer, 1.0, 0.9, dampening=0.9)
    np.testing.assert_allclose(buffer, [1.2, 1.2], rtol=1e-12)
    np.testing.assert_allclose(x, [-2.2, -2.2], rtol=1e-12)


def test_nesterov_adds_the_gradient_to_the_decayed_buffer():
    x, buffer = momentum_step(np.array([1.0]), np.array([2.0]), np.array([4.0]), 0.1, 0.5,
                              nesterov=True)
    np.testing.assert_allclose(buffer, [4.0])  # 0.5 * 4 + 2
    np.testing.assert_allclose(x, [0.6])  # 1 - 0.1 * (2 + 0.5 * 4)


def test_nesterov_is_sutskever_s_form_seen_from_the_look_ahead_point():
    curvature, lr, beta = np.array([0.3, 2.0, 5.0]), 0.05, 0.8
    theta, v = np.array([1.0, -2.0, 0.5]), np.zeros(3)
    ours = run(curvature, theta, 20, lr, beta, nesterov=True)
    for t in range(20):
        np.testing.assert_allclose(ours[t], theta + beta * v, rtol=1e-9, atol=1e-12)
        v = beta * v - lr * curvature * (theta + beta * v)
        theta = theta + v


def test_zero_momentum_is_plain_descent():
    np.testing.assert_allclose(run(2.0, 1.0, 4, 0.1, 0.0), 0.8 ** np.arange(5), rtol=1e-12)


def test_neither_parameters_nor_buffer_are_modified():
    x, grad, buffer = np.ones(2), np.ones(2), np.ones(2)
    momentum_step(x, grad, buffer, 0.1, 0.9)
    for array in (x, grad, buffer):
        np.testing.assert_array_equal(array, np.ones(2))
    _, first = momentum_step(x, grad, None, 0.1, 0.9)
    first += 1
    np.testing.assert_array_equal(grad, np.ones(2))


def test_single_precision_stays_single():
    x, buffer = np.ones((2, 3), dtype=np.float32), None
    for _ in range(2):
        x, buffer = momentum_step(x, 2 * x, buffer, 0.1, 0.9)
    assert x.dtype == buffer.dtype == np.float32


def test_bad_settings_are_named():
    for momentum in (-0.1, 1.0):
        assert "momentum" in raises(momentum_step, np.ones(1), np.ones(1), None, 0.1, momentum)
    assert "dampening" in raises(momentum_step, np.ones(1), np.ones(1), None, 0.1, 0.9, 0.1, True)
    assert "grad" in raises(momentum_step, np.ones(3), np.ones((3, 1)), None, 0.1, 0.9)
    assert noise_floor(10.0, 0.37, 0.9, 1.0) > 0
    for lr in (0.0, 0.4):  # the limit is 2 * (1 + 0.9) / 10 = 0.38
        assert "lr" in raises(noise_floor, 10.0, lr, 0.9, 1.0)
    assert "lr" in raises(noise_floor, 1.0, 3.0, 0.5, 1.0)  # at the limit itself, 2 * (1 + 0.5)
    assert "smallest" in raises(best_heavy_ball, 0.0, 1.0)
    assert "smallest" in raises(best_heavy_ball, 2.0, 1.0)


def test_the_factor_is_what_a_long_run_shrinks_or_grows_by():
    for curvature, lr, momentum, nesterov in [(1.0, 0.1, 0.0, False), (1.0, 0.02, 0.5, False),
                                              (-0.3, 0.1, 0.9, False), (1.0, 0.02, 0.5, True),
                                              (-0.3, 0.1, 0.9, True)]:
        path = run(curvature, 1.0, 300, lr, momentum, nesterov=nesterov)
        found, value = abs(path[-1] / path[-2]), factor(curvature, lr, momentum, nesterov)
        assert abs(found - value) < 1e-6, f"{curvature, lr, momentum, nesterov}: {value}, {found}"


def test_an_oscillating_heavy_ball_shrinks_by_the_root_of_the_momentum():
    for curvature in (1.0, 3.0, 10.0):
        assert abs(factor(curvature, 0.1, 0.81) - 0.9) < 1e-12


def test_an_oscillating_nesterov_shrinks_more_on_steep_axes():
    assert abs(factor(4.0, 0.1, 0.9, nesterov=True) - math.sqrt(0.9 * 0.6)) < 1e-12


def test_the_limit_is_two_times_one_plus_momentum_over_the_curvature():
    for momentum in (0.0, 0.5, 0.9):
        limit = 2 * (1 + momentum) / 10.0
        assert factor(10.0, 0.999 * limit, momentum) < 1 < factor(10.0, 1.001 * limit, momentum)


def test_best_coefficients_give_the_square_root_of_the_condition_number():
    for kappa in (4.0, 100.0, 1e4):
        lr, momentum = best_heavy_ball(0.5, 0.5 * kappa)
        expected = (math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)
        for curvature in (0.5, 0.5 * kappa, 0.25 * (1 + kappa)):
            assert abs(factor(curvature, lr, momentum) - expected) < 1e-6


def test_from_rest_the_steepest_axis_needs_95_steps_where_the_factor_alone_says_69():
    lr, momentum = best_heavy_ball(1.0, 100.0)
    axes = np.abs(run(np.array([1.0, 100.0]), [1.0, 1.0], 200, lr, momentum))
    assert [int(np.flatnonzero(axis > 1e-6)[-1]) + 1 for axis in axes.T] == [83, 95]
    assert round(math.log(1e-6) / math.log(factor(1.0, lr, momentum))) == 69


def test_no_other_coefficients_are_better():
    lr, momentum = best_heavy_ball(1.0, 30.0)
    best = max(factor(c, lr, momentum) for c in (1.0, 30.0))
    for rate in np.linspace(0.2, 2.0, 25) * lr:
        for beta in np.linspace(0.0, 0.98, 50):
            assert max(factor(c, rate, beta) for c in (1.0, 30.0)) > best - 1e-6


def test_equal_curvatures_need_one_step_and_no_momentum():
    assert best_heavy_ball(4.0, 4.0) == (0.25, 0.0)


def test_the_noise_floor_without_momentum_is_that_of_plain_descent():
    assert abs(noise_floor(3.0, 0.1, 0.0, 2.0) - 0.1 * 4 / (2 * (2 - 0.3))) < 1e-12


def test_the_noise_floor_at_a_small_rate_is_that_of_plain_descent_at_the_effective_rate():
    ratio = noise_floor(1.0, 1e-5, 0.9, 1.0) / noise_floor(1.0, 1e-4, 0.0, 1.0)
    assert abs(ratio - 1) < 1e-4, f"expected 1, got {ratio}"


def test_the_noise_floor_is_where_simulated_runs_settle():
    rng = np.random.default_rng(0)
    x, buffer, total = np.zeros(4000), None, []
    for t in range(300):
        x, buffer = momentum_step(x, 2 * x + 0.5 * rng.standard_normal(4000), buffer, 0.3, 0.6)
        if t >= 100:
            total.append((x**2).mean())  # 0.5 * curvature * x**2, curvature 2
    expected = noise_floor(2.0, 0.3, 0.6, 0.5)
    assert abs(np.mean(total) / expected - 1) < 0.02, f"{np.mean(total)}, formula {expected}"


def test_the_escape_takes_the_logarithm_of_the_distance_over_that_of_the_growth():
    for lr, momentum in [(0.5, 0.0), (1.0, 0.0), (0.5, 0.5), (0.1, 0.9)]:
        predicted = math.log(0.5e6) / math.log(factor(-0.1, lr, momentum))
        found = escape(1e-6, lr, momentum)
        assert 0 <= found - predicted < 0.05 * predicted + 3, f"{lr, momentum}: {found}"


def test_the_page_s_escapes():
    found = [escape(1e-6, lr, beta) for lr, beta in [(0.1, 0.0), (0.1, 0.9), (1.0, 0.0)]]
    assert found == [1334, 216, 139], f"got {found}"


def test_exactly_on_the_saddle_momentum_stays_and_noise_leaves():
    assert escape(0.0, 0.1, 0.9, limit=500) == 500
    assert escape(0.0, 0.1, 0.9, 1e-3, np.random.default_rng(0), limit=500) < 300


def test_the_noise_is_one_normal_draw_per_step_times_its_size():
    rng, y, velocity, steps = np.random.default_rng(3), 0.0, 0.0, 0
    while abs(y) <= 0.5:
        velocity = 0.8 * velocity + 0.1 * (y**3 - y) + 0.02 * rng.standard_normal()
        y, steps = y - 0.2 * velocity, steps + 1
    assert escape(0.0, 0.2, 0.8, 0.02, np.random.default_rng(3)) == steps


def test_an_escape_counts_from_zero():
    assert escape(0.6, 0.1, 0.9) == 0
    assert escape(0.5, 0.1, 0.9) == 1  # not yet beyond it


def test_in_the_page_s_ravine_the_loss_first_doubles_and_then_falls_much_faster():
    curvatures, start = np.array([1.0, 40.0]), [-1.0, 0.1]
    lr, momentum = best_heavy_ball(1.0, 40.0)
    ball = 0.5 * run(curvatures, start, 100, lr, momentum) ** 2 @ curvatures
    plain = 0.5 * run(curvatures, start, 100, 2 / 41, 0.0) ** 2 @ curvatures
    assert 2.0 < ball.max() / ball[0] < 2.1 and np.all(np.diff(plain) < 0)
    assert int(np.argmax(ball < 1e-12)) == 56 and 1e-5 < plain[-1] < 1e-4
