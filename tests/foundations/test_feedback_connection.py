"""What the feedback loop promises. NumPy and plain asserts only."""

import numpy as np

from snippets.foundations.feedback_connection import (
    equilibrium,
    gain_bound,
    implicit_gradients,
    loop_pass,
    pass_gradients,
    unroll,
    unrolled_gradients,
)

ONE = np.array([[1.0]])


def example(gain: float, seed: int = 0) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Drive (3, 5), weights for D_2 = 5, D_3 = 7, D_4 = 2 of that gain bound, gradient (3, 2)."""
    rng = np.random.default_rng(seed)
    weights = [rng.standard_normal(shape) for shape in ((2, 5), (5, 7), (7, 2))]
    weights = [w / np.linalg.norm(w, 2) * gain ** (1 / 3) for w in weights]
    return 0.3 * rng.standard_normal((3, 5)), weights, rng.standard_normal((3, 2))


def difference(function, array: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    grad = np.zeros_like(array)
    for index in np.ndindex(*array.shape):
        kept = array[index]
        array[index] = kept + eps
        above = function()
        array[index] = kept - eps
        grad[index] = (above - function()) / (2 * eps)
        array[index] = kept
    return grad


def refused(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_a_pass_goes_through_three_tanh_layers():
    h2, h3, h4 = loop_pass(np.array([[0.5]]), 2 * ONE, [0.25 * ONE, 3 * ONE, -1 * ONE])
    assert abs(h2[0, 0] - np.tanh(0.5 + 0.5)) < 1e-12
    assert abs(h3[0, 0] - np.tanh(3 * np.tanh(1.0))) < 1e-12
    assert abs(h4[0, 0] + np.tanh(np.tanh(3 * np.tanh(1.0)))) < 1e-12


def test_a_state_of_another_batch_is_refused():
    drive, weights, _ = example(0.5)
    assert "state" in refused(loop_pass, drive, np.zeros((1, 2)), weights)


def test_gradients_of_one_pass_agree_with_central_differences():
    drive, weights, grad = example(0.8)
    state = np.random.default_rng(1).standard_normal((3, 2))
    found = pass_gradients(state, loop_pass(drive, state, weights), weights, grad)

    def loss():
        return float((grad * loop_pass(drive, state, weights)[2]).sum())

    for array, ours in zip((state, drive, *weights), (found[0], found[1], *found[2]), strict=True):
        np.testing.assert_allclose(ours, difference(loss, array), atol=1e-8)


def test_the_first_pass_is_the_network_without_feedback():
    drive, weights, _ = example(0.8)
    states, passes = unroll(drive, weights, 3)
    assert len(states) == 4 and len(passes) == 3 and not states[0].any()
    without = np.tanh(np.tanh(np.tanh(drive) @ weights[1]) @ weights[2])
    np.testing.assert_allclose(states[1], without)
    np.testing.assert_allclose(states[3], loop_pass(drive, states[2], weights)[2])


def test_gradients_through_time_agree_with_central_differences():
    drive, weights, grad = example(2.0)  # unstable or not: an unrolled loop is an ordinary network
    grad_drive, grads = unrolled_gradients(*unroll(drive, weights, 4), weights, grad)

    def loss():
        return float((grad * unroll(drive, weights, 4)[0][-1]).sum())

    for array, ours in zip((drive, *weights), (grad_drive, *grads), strict=True):
        np.testing.assert_allclose(ours, difference(loss, array), atol=1e-8)


def test_below_gain_one_distances_shrink_by_the_bound_and_any_start_ends_at_one_point():
    drive, weights, _ = example(0.9)
    assert abs(gain_bound(weights) - 0.9) < 1e-12
    state, other = equilibrium(drive, weights), 5 * np.ones((3, 2))
    np.testing.assert_allclose(loop_pass(drive, state, weights)[2], state, atol=1e-11)
    distance = np.linalg.norm(other - state, axis=1)
    for _ in range(300):
        other = loop_pass(drive, other, weights)[2]
        new = np.linalg.norm(other - state, axis=1)
        assert (new <= 0.9 * distance + 1e-11).all()
        distance = new
    assert distance.max() < 1e-10


def test_gradients_at_the_fixed_point_agree_with_central_differences():
    drive, weights, grad = example(0.9)
    grad_drive, grads = implicit_gradients(drive, equilibrium(drive, weights), weights, grad)

    def loss():
        return float((grad * equilibrium(drive, weights, tol=1e-14)).sum())

    for array, ours in zip((drive, *weights), (grad_drive, *grads), strict=True):
        np.testing.assert_allclose(ours, difference(loss, array), atol=1e-7)


def test_a_long_unrolling_ends_at_the_fixed_point_and_its_gradient():
    drive, weights, grad = example(0.9)
    states, passes = unroll(drive, weights, 200)
    state = equilibrium(drive, weights)
    np.testing.assert_allclose(states[-1], state, atol=1e-10)
    long = unrolled_gradients(states, passes, weights, grad)
    implicit = implicit_gradients(drive, state, weights, grad)
    for ours, theirs in zip((long[0], *long[1]), (implicit[0], *implicit[1]), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-9)


def test_the_numbers_of_the_page():
    drive = np.array([[0.1]])
    for gain, h4, slope, grad in ((0.5, 0.1863, 0.449, 0.3031), (0.9, 0.3665, 0.555, 0.5078),
                                  (1.5, 0.5536, 0.296, 0.1554)):
        weights = [gain * ONE, ONE, ONE]
        state = equilibrium(drive, weights)
        local = pass_gradients(state, loop_pass(drive, state, weights), weights, ONE)[0]
        found = [state, local, implicit_gradients(drive, state, weights, ONE)[1][0]]
        np.testing.assert_allclose(np.ravel(found), [h4, slope, grad], atol=5.1e-4)


def test_gain_minus_one_and_a_half_oscillates_and_is_refused():
    drive, weights = np.array([[0.1]]), [-1.5 * ONE, ONE, ONE]
    states, _ = unroll(drive, weights, 200)
    np.testing.assert_allclose([states[199][0, 0], states[200][0, 0]], [0.534, -0.493], atol=5e-4)
    assert "weights" in refused(equilibrium, drive, weights, max_steps=100)


def test_half_steps_settle_where_full_ones_oscillate():
    drive, weights, state = np.array([[0.1]]), [-1.5 * ONE, ONE, ONE], np.zeros((1, 1))
    for _ in range(60):
        state = 0.5 * state + 0.5 * loop_pass(drive, state, weights)[2]
    slope = pass_gradients(state, loop_pass(drive, state, weights), weights, ONE)[0]
    np.testing.assert_allclose([state[0, 0], slope[0, 0]], [0.040, -1.493], atol=5e-4)


def test_gain_one_and_a_half_has_two_ends():
    weights, state = [1.5 * ONE, ONE, ONE], -ONE
    for _ in range(200):
        state = loop_pass(np.array([[0.1]]), state, weights)[2]
    assert abs(state[0, 0] + 0.429) < 5e-4
    assert equilibrium(np.array([[0.1]]), weights)[0, 0] > 0.55


def test_a_fixed_point_that_repels_has_no_gradient_by_iteration():
    # Without drive, zero is a fixed point; the slope of a pass there is 3.
    zero, weights = np.zeros((1, 1)), [3 * ONE, ONE, ONE]
    assert "weights" in refused(implicit_gradients, zero, zero, weights, ONE, max_steps=50)


def test_an_empty_batch_passes():
    _, weights, _ = example(0.5)
    state = equilibrium(np.zeros((0, 5)), weights)
    assert state.shape == (0, 2)
    grad_drive, grads = implicit_gradients(np.zeros((0, 5)), state, weights, state)
    assert grad_drive.shape == (0, 5) and not any(grad.any() for grad in grads)


def test_what_does_not_move_at_all_settles_at_a_tolerance_of_zero():
    weights, drive, rest = example(0.5)[1], np.zeros((3, 5)), np.zeros((3, 2))
    assert not equilibrium(drive, weights, tol=0.0, max_steps=1).any()
    assert not implicit_gradients(drive, rest, weights, rest, tol=0.0, max_steps=1)[0].any()
