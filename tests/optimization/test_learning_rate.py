"""What descent, curvature, range test and sweep promise. NumPy and plain asserts only."""

import numpy as np

from snippets.optimization.learning_rate import descend, largest_curvature, pick, range_test


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_each_axis_shrinks_by_one_minus_rate_times_curvature():
    curvatures, start = np.array([0.5, 3.0, 7.0]), np.array([2.0, -1.0, 0.5])
    path = descend(curvatures, start, lr=0.2, steps=6)
    assert path.shape == (7, 3), f"expected (steps + 1, D) = (7, 3), got {path.shape}"
    expected = start * (1 - 0.2 * curvatures) ** np.arange(7)[:, None]
    np.testing.assert_allclose(path, expected, rtol=1e-12)


def test_descent_turns_from_shrinking_to_growing_at_two_over_the_curvature():
    for lr, low, high in [(0.199, 0, 0.7), (0.2, 0.999, 1.001), (0.201, 1.6, 1e9)]:
        last = abs(descend(np.array([10.0]), np.array([1.0]), lr, 50)[-1, 0])
        assert low <= last <= high, f"lr {lr}: |x| = {last} after 50 steps"


def test_momentum_raises_the_limit_to_two_times_one_plus_beta_over_the_curvature():
    below = descend(np.array([10.0]), np.array([1.0]), 0.37, 400, momentum=0.9)
    above = descend(np.array([10.0]), np.array([1.0]), 0.39, 400, momentum=0.9)
    assert abs(below[-1, 0]) < 1e-8 and abs(above[-1, 0]) > 1e40


def test_momentum_by_hand():
    # v: 2, then 0.5 * 2 + 2 * 0.8 = 2.6; x: 1, 0.8, 0.54
    path = descend(np.array([2.0]), np.array([1.0]), 0.1, 2, momentum=0.5)
    np.testing.assert_allclose(path[:, 0], [1.0, 0.8, 0.54], rtol=1e-12)


def test_no_step_returns_the_start():
    np.testing.assert_array_equal(descend(np.ones(3), np.arange(3.0), 0.1, 0), [[0.0, 1.0, 2.0]])


def test_a_rate_that_is_not_positive_is_named():
    assert "lr" in raises(descend, np.ones(1), np.ones(1), 0.0, 3)


def test_power_iteration_finds_the_largest_eigenvalue():
    rng = np.random.default_rng(1)
    basis, _ = np.linalg.qr(rng.standard_normal((5, 5)))
    hessian = basis @ np.diag([0.3, 1.0, 2.0, 3.0, 8.0]) @ basis.T
    value = largest_curvature(lambda x: hessian @ x, rng.standard_normal(5), rng)
    assert abs(value - 8.0) < 1e-6, f"expected 8, got {value}"


def test_the_first_direction_has_length_one():
    value = largest_curvature(lambda x: 3 * x, np.zeros(4), np.random.default_rng(0), steps=1)
    assert abs(value - 3.0) < 1e-9, f"every direction has curvature 3, got {value} after one step"


def test_unless_told_otherwise_fifty_products_take_a_hundred_gradients():
    places = []

    def grad(x):
        places.append(x)
        return 2 * x

    largest_curvature(grad, np.ones(3), np.random.default_rng(0))
    assert len(places) == 100


def test_a_large_negative_curvature_keeps_its_sign():
    scale = np.array([1.0, -6.0, 2.0])
    value = largest_curvature(lambda x: scale * x, np.ones(3), np.random.default_rng(0))
    assert abs(value + 6.0) < 1e-6, f"expected -6, got {value}"


def test_curvature_is_measured_at_x():
    # Loss sum(x**4): the Hessian is diagonal with 12 x**2.
    value = largest_curvature(lambda x: 4 * x**3, np.array([0.5, 2.0]), np.random.default_rng(0))
    assert abs(value - 48.0) < 1e-3, f"expected 48, got {value}"


def test_a_flat_loss_has_curvature_zero():
    assert largest_curvature(lambda x: np.ones(3), np.zeros(3), np.random.default_rng(0)) == 0


def parabola(x):
    return float(0.5 * (x**2).sum() * 10), 10 * x


def test_the_range_test_stops_above_the_limit():
    lrs = np.logspace(-4, 1, 200)
    reached, losses = range_test(parabola, np.ones(2), lrs)
    assert len(reached) == len(losses) < len(lrs)
    assert 0.2 < reached[-1] < 3.0, f"curvature 10 diverges above 0.2, stopped at {reached[-1]}"
    np.testing.assert_array_equal(reached, lrs[: len(reached)])


def test_the_range_test_ends_at_the_given_multiple_of_the_smallest_loss():
    for stop, length in [(4.0, 3), (5.0, 4)]:
        values = iter([2.0, 1.0, 3.9, 4.1, 5.1])
        reached, losses = range_test(lambda x, values=values: (next(values), x), np.ones(1),
                                     np.arange(1.0, 6.0), smoothing=0.0, stop=stop)
        assert len(reached) == len(losses) == length, f"stop {stop}: {losses}"


def test_unless_told_otherwise_four_times_the_smallest_loss_is_reached_and_not_exceeded():
    values = iter([2.0, 1.0, 4.0, 4.5])
    _, losses = range_test(lambda x: (next(values), x), np.ones(1), np.arange(1.0, 5.0), smoothing=0.0)
    np.testing.assert_array_equal(losses, [2.0, 1.0, 4.0])


def test_each_step_uses_its_own_rate():
    # x: 1, 0.9, 0.72; losses 5, 4.05, 2.592 without smoothing.
    _, losses = range_test(parabola, np.ones(1), np.array([0.01, 0.02, 0.03]), smoothing=0.0)
    np.testing.assert_allclose(losses, [5.0, 4.05, 2.592], rtol=1e-12)


def test_the_average_starts_without_bias():
    _, losses = range_test(lambda x: (3.0, 0 * x), np.ones(2), np.arange(1.0, 8.0))
    np.testing.assert_allclose(losses, np.full(7, 3.0), rtol=1e-12)


def test_the_average_forgets_with_the_given_decay():
    values = iter([1.0, 2.0])
    _, losses = range_test(lambda x: (next(values), x), np.ones(1), np.array([0.1, 0.2]),
                           smoothing=0.5)
    np.testing.assert_allclose(losses, [1.0, (0.25 * 1 + 0.5 * 2) / 0.75], rtol=1e-12)


def test_a_loss_that_is_not_finite_ends_the_range_test():
    values = iter([1.0, 1.0, float("nan"), 1.0])
    reached, losses = range_test(lambda x: (next(values), x), np.ones(1), np.arange(1.0, 5.0))
    assert len(reached) == 2 and np.isfinite(losses).all()


def test_an_infinite_first_loss_leaves_nothing():
    reached, losses = range_test(lambda x: (np.inf, x), np.ones(1), np.array([0.1, 0.2]))
    assert len(reached) == len(losses) == 0


def test_the_range_test_leaves_the_parameters_alone():
    x = np.ones(3)
    range_test(parabola, x, np.array([0.01, 0.02]))
    np.testing.assert_array_equal(x, np.ones(3))


def test_rates_that_do_not_rise_are_named():
    for lrs in ([0.2, 0.1], [0.1, 0.1]):
        assert "lrs" in raises(range_test, parabola, np.ones(1), np.array(lrs))


def test_pick_takes_the_smallest_mean_over_the_seeds():
    lrs = np.array([0.01, 0.1, 1.0, 10.0])
    losses = np.array([[0.9, 0.9], [0.1, 0.7], [0.3, 0.3], [0.0, np.inf]])
    best, widen = pick(lrs, losses)
    assert best == 1.0 and widen is False, f"got {best}, {widen}"


def test_one_diverged_seed_rules_a_rate_out():
    losses = np.array([[0.5, 0.6], [0.2, 0.3], [0.1, np.nan], [0.9, 0.9]])
    assert pick(np.array([0.01, 0.1, 1.0, 10.0]), losses) == (0.1, False)


def test_pick_asks_for_a_wider_sweep_at_either_end():
    lrs = np.array([0.1, 1.0, 10.0])
    assert pick(lrs, np.array([[1.0], [2.0], [3.0]])) == (0.1, True)
    assert pick(lrs, np.array([[3.0], [2.0], [1.0]])) == (10.0, True)


def test_a_sweep_in_which_all_diverged_is_an_error():
    assert "losses" in raises(pick, np.array([1.0, 2.0]), np.array([[np.nan], [np.inf]]))


def test_the_page_s_two_axes():
    curvatures, start = np.array([1.0, 10.0]), np.ones(2)
    expected = {0.01: 0.18, 0.1: 1.3e-5, 2 / 11: 1.1e-8, 0.19: 1.3e-4, 0.2: 5.0, 0.21: 6.9e4}
    for lr, loss in expected.items():
        last = descend(curvatures, start, lr, 50)[-1]
        found = 0.5 * float(curvatures @ last**2)
        assert abs(found / loss - 1) < 0.05, f"lr {lr}: loss {found}, expected {loss}"
