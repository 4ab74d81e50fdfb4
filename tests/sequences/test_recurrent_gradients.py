"""What the gradients through time promise. NumPy and plain asserts only."""

import numpy as np

from snippets.sequences.recurrent_gradients import (
    orthogonal,
    power_norms,
    state_gradients,
    weight_gradient_by_lag,
)

T, N, D, H = 7, 2, 3, 5


def problem(seed=0):
    """Function from (w_h, pushes) to states, and its arguments: pushes are added inside h."""
    rng = np.random.default_rng(seed)
    x, h0 = rng.standard_normal((T, N, H)), rng.standard_normal((N, H))
    w_h, grad_last = 0.6 * rng.standard_normal((H, H)), rng.standard_normal((N, H))

    def states(w_h, push):
        h = [h0 + push[0]]
        for t in range(T):
            h.append(np.tanh(x[t] + h[-1] @ w_h) + push[t + 1])
        return np.stack(h)

    return states, w_h, np.zeros((T + 1, N, H)), grad_last


def run_alone(w, start, steps):
    h = [np.full((1, 1), start)]
    for _ in range(steps):
        h.append(np.tanh(w * h[-1]))
    return np.stack(h)


def test_the_gradient_at_every_state_equals_a_central_difference():
    states, w_h, push, grad_last = problem()
    grads = state_gradients(states(w_h, push), w_h, grad_last)
    assert grads.shape == (T + 1, N, H)
    for index in np.ndindex(push.shape):
        step = np.zeros_like(push)
        step[index] = 1e-6
        up, down = (np.sum(states(w_h, sign * step)[-1] * grad_last) for sign in (1, -1))
        assert abs(grads[index] - (up - down) / 2e-6) < 1e-8, index


def test_the_last_entry_is_the_gradient_that_came_in():
    states, w_h, push, grad_last = problem()
    np.testing.assert_array_equal(state_gradients(states(w_h, push), w_h, grad_last)[-1], grad_last)


def test_a_matrix_without_symmetry_is_transposed_on_the_way_back():
    h, grad_last = np.zeros((2, 1, 2)), np.array([[1.0, 0.0]])
    w_h = np.array([[0.0, 3.0], [5.0, 0.0]])  # h[1] = (5 * h[0, 1], 3 * h[0, 0]) for small h
    np.testing.assert_allclose(state_gradients(h, w_h, grad_last)[0], [[0.0, 5.0]])


def test_an_orthogonal_matrix_without_slopes_keeps_the_norm():
    h, w_h = np.zeros((21, N, H)), orthogonal(H, np.random.default_rng(0))
    grads = state_gradients(h, w_h, np.ones((N, H)))
    np.testing.assert_allclose(np.linalg.norm(grads, axis=2), np.sqrt(H), rtol=1e-12)


def test_weight_two_explodes_at_zero_and_vanishes_at_the_other_fixed_point():
    at_zero = state_gradients(run_alone(2.0, 0.0, 20), np.full((1, 1), 2.0), np.ones((1, 1)))
    assert at_zero[0].item() == 2.0**20
    h = run_alone(2.0, 1.0, 60)[-21:]
    latched = state_gradients(h, np.full((1, 1), 2.0), np.ones((1, 1)))
    assert round(h[-1].item(), 4) == 0.9575 and round(latched[-2].item(), 3) == 0.166
    assert 2e-16 < latched[0].item() < 3e-16


def test_the_parts_of_all_lags_add_up_to_the_weight_s_gradient():
    states, w_h, push, grad_last = problem()
    h = states(w_h, push)
    lags = weight_gradient_by_lag(h, w_h, grad_last)
    assert lags.shape == (T,)
    deltas = state_gradients(h, w_h, grad_last)[1:] * (1 - h[1:] ** 2)
    parts = [h[t].T @ deltas[t] for t in range(T)]
    np.testing.assert_allclose(lags, [np.linalg.norm(part) for part in parts[::-1]], rtol=1e-12)
    total = np.zeros_like(w_h)
    for index in np.ndindex(w_h.shape):
        step = np.zeros_like(w_h)
        step[index] = 1e-6
        up, down = (np.sum(states(w_h + sign * step, push)[-1] * grad_last) for sign in (1, -1))
        total[index] = (up - down) / 2e-6
    np.testing.assert_allclose(sum(parts), total, atol=1e-7)


def test_lag_zero_comes_first_and_needs_no_recurrent_weight():
    states, w_h, push, grad_last = problem()
    h = states(w_h, push)
    lags = weight_gradient_by_lag(h, np.zeros_like(w_h), grad_last)
    last = h[-2].T @ (grad_last * (1 - h[-1] ** 2))
    np.testing.assert_allclose(lags, [np.linalg.norm(last)] + [0.0] * (T - 1), rtol=1e-12)


def test_orthogonal_matrices_are_orthogonal_and_uniform():
    rng = np.random.default_rng(0)
    q = orthogonal(H, rng)
    np.testing.assert_allclose(q.T @ q, np.eye(H), atol=1e-12)
    # Uniform: each diagonal entry has mean 0 and variance 1/H; 2,000 draws, five deviations.
    mean = np.mean([np.diag(orthogonal(3, rng)) for _ in range(2000)], axis=0)
    assert np.all(np.abs(mean) < 5 / np.sqrt(3 * 2000)), mean


def test_power_norms_begin_at_one_and_count_the_steps():
    norms = power_norms(np.array([[0.0, 2.0], [0.5, 0.0]]), 4)
    np.testing.assert_allclose(norms, [1, 2, 1, 2, 1], rtol=1e-12)


def test_a_matrix_of_radius_nine_tenths_first_grows_almost_eightfold():
    norms = power_norms(np.array([[0.9, 2.0], [0.0, 0.9]]), 100)
    assert [round(float(norms[k]), 3) for k in (1, 5, 9, 10, 50, 100)] == [
        2.345, 6.614, 7.768, 7.764, 0.573, 0.006]
    assert norms.argmax() == 9


def test_the_default_start_gets_its_weight_gradient_from_the_nearest_lags():
    rng, size = np.random.default_rng(0), 64
    x, direction = rng.standard_normal((50, 8, size)) / 5, rng.standard_normal((8, size))
    parts = {}
    for name, w_h in (("default", rng.uniform(-1, 1, (size, size)) / 8),
                      ("orthogonal", orthogonal(size, rng))):
        h = [np.zeros((8, size))]
        for x_t in x:
            h.append(np.tanh(x_t + h[-1] @ w_h))
        lags = weight_gradient_by_lag(np.stack(h), w_h, direction)
        parts[name] = [float(f"{lags[k]:.2g}") for k in (0, 5, 10, 20, 40)]
    assert parts["default"] == [40.0, 2.3, 0.13, 0.00076, 5.5e-08], parts
    assert parts["orthogonal"] == [60.0, 32.0, 17.0, 5.0, 0.43], parts
