"""What the recurrent network and its gradients promise. NumPy and plain asserts only."""

import numpy as np

from snippets.sequences.recurrent_networks import backward, forward, last_states

T, N, D, H = 7, 2, 3, 5


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def problem(steps: int = T):
    """Inputs, parameters, and what the loss sends to each state."""
    rng = np.random.default_rng(0)
    shapes = {"x": (steps, N, D), "h0": (N, H), "w_x": (D, H), "w_h": (H, H), "bias": (H,)}
    return ({key: 0.6 * rng.standard_normal(shape) for key, shape in shapes.items()},
            rng.standard_normal((steps, N, H)))


def gradients(p, grad_h, window=None):
    h = forward(**p)
    return backward(p["x"], h, p["w_x"], p["w_h"], grad_h, window)


def central_difference(loss, array, step=1e-6):
    grad = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        old = array[index]
        array[index] = old + step
        up = loss()
        array[index] = old - step
        grad[index] = (up - loss()) / (2 * step)
        array[index] = old
    return grad


def test_three_states_by_hand():
    x = np.array([np.arctanh(0.5), 0.0, 0.0]).reshape(3, 1, 1)
    h = forward(x, np.zeros((1, 1)), np.ones((1, 1)), np.ones((1, 1)), np.zeros(1))
    np.testing.assert_allclose(h.ravel(), [0, 0.5, np.tanh(0.5), np.tanh(np.tanh(0.5))], rtol=1e-12)


def test_every_part_of_the_sum_inside_tanh_counts():
    p, _ = problem(2)
    h = forward(**p)
    assert h.shape == (3, N, H)
    first = np.tanh(p["x"][0] @ p["w_x"] + p["h0"] @ p["w_h"] + p["bias"])
    second = np.tanh(p["x"][1] @ p["w_x"] + first @ p["w_h"] + p["bias"])
    np.testing.assert_allclose(h, np.stack([p["h0"], first, second]), rtol=1e-12)


def test_a_later_input_never_changes_an_earlier_state():
    p, _ = problem()
    h = forward(**p)
    p["x"] = p["x"].copy()
    p["x"][4] += 1.0
    changed = forward(**p)
    np.testing.assert_array_equal(changed[:5], h[:5])
    assert np.all(np.abs(changed[5:] - h[5:]).max(axis=(1, 2)) > 0)


def test_two_pieces_that_hand_on_the_state_are_one_sequence():
    p, _ = problem()
    h = forward(**p)
    rest = {key: value for key, value in p.items() if key not in ("x", "h0")}
    np.testing.assert_allclose(forward(p["x"][3:], h[3], **rest), h[3:], rtol=1e-12)


def test_no_input_leaves_the_first_state_and_no_gradient():
    p, grad_h = problem(0)
    np.testing.assert_array_equal(forward(**p), p["h0"][None])
    grads = gradients(p, grad_h)
    assert all(not grads[key].any() for key in ("w_x", "w_h", "bias", "h0"))


def test_every_gradient_equals_a_central_difference():
    p, grad_h = problem()
    grads = gradients(p, grad_h)
    assert set(grads) == set(p)
    for key, array in p.items():
        expected = central_difference(lambda: np.sum(forward(**p)[1:] * grad_h), array)
        np.testing.assert_allclose(grads[key], expected, rtol=1e-6, atol=1e-8, err_msg=key)


def test_one_hot_integers_get_a_gradient_that_is_not_cut_to_integers():
    p, grad_h = problem()
    hot = np.arange(T * N).reshape(T, N, 1) % D == np.arange(D)  # (T, N, D)
    whole, real = ({**p, "x": hot.astype(kind)} for kind in (np.int32, np.float64))
    np.testing.assert_allclose(gradients(whole, grad_h)["x"], gradients(real, grad_h)["x"], rtol=1e-12)


def test_float32_stays_float32():
    p, grad_h = problem()
    small = {key: value.astype(np.float32) for key, value in p.items()}
    assert forward(**small).dtype == np.float32
    for key, grad in gradients(small, grad_h.astype(np.float32)).items():
        assert grad.dtype == np.float32, key
        np.testing.assert_allclose(grad, gradients(p, grad_h)[key], rtol=1e-3, atol=1e-4, err_msg=key)


def test_gradients_of_a_shared_weight_add_over_batch_and_time():
    p, grad_h = problem()
    whole = gradients(p, grad_h)
    for key in ("w_x", "w_h", "bias"):
        by_step = sum(gradients(p, grad_h * (np.arange(T) == t)[:, None, None])[key] for t in range(T))
        np.testing.assert_allclose(whole[key], by_step, rtol=1e-10, atol=1e-12)


def test_a_window_as_long_as_the_sequence_cuts_nothing():
    p, grad_h = problem()
    whole = gradients(p, grad_h)
    for window in (T, T + 3, None):
        cut = gradients(p, grad_h, window)
        for key in p:
            np.testing.assert_allclose(cut[key], whole[key], rtol=1e-12)


def test_a_window_gives_the_sum_of_its_pieces_with_the_state_handed_on():
    p, grad_h = problem()
    h, cut = forward(**p), gradients(p, grad_h, 3)
    pieces = [backward(p["x"][i : i + 3], h[i : i + 4], p["w_x"], p["w_h"], grad_h[i : i + 3])
              for i in (0, 3, 6)]
    for key in ("w_x", "w_h", "bias"):
        np.testing.assert_allclose(cut[key], sum(one[key] for one in pieces), rtol=1e-12)
    np.testing.assert_allclose(cut["x"], np.concatenate([one["x"] for one in pieces]), rtol=1e-12)
    np.testing.assert_allclose(cut["h0"], pieces[0]["h0"], rtol=1e-12)


def test_cut_off_at_one_step_the_input_at_lag_two_gets_exactly_nothing():
    x = np.array([np.arctanh(0.5), 0.0, 0.0]).reshape(3, 1, 1)
    one, grad_h = np.ones((1, 1)), np.array([0.0, 0.0, 1.0]).reshape(3, 1, 1)
    h = forward(x, np.zeros((1, 1)), one, one, np.zeros(1))
    full, cut = (backward(x, h, one, one, grad_h, window) for window in (None, 1))
    slopes = 1 - h[1:, 0, 0] ** 2
    assert abs(full["w_x"].item() - np.arctanh(0.5) * slopes.prod()) < 1e-12
    assert round(full["w_x"].item(), 4) == 0.2636 and cut["w_x"].item() == 0
    assert round(full["w_h"].item(), 4) == 0.6959 and round(cut["w_h"].item(), 4) == 0.376
    np.testing.assert_allclose(full["x"].ravel().round(4), [0.4799, 0.6398, 0.8135])
    np.testing.assert_allclose(cut["x"].ravel().round(4), [0.0, 0.0, 0.8135])


def test_the_last_state_is_that_after_the_last_real_input():
    p, _ = problem()
    h, rest = forward(**p), {key: p[key] for key in ("w_x", "w_h", "bias")}
    lengths = np.array([3, 7])
    last = last_states(h, lengths)
    assert last.shape == (N, H)
    for n, length in enumerate(lengths):
        alone = forward(p["x"][:length, n : n + 1], p["h0"][n : n + 1], **rest)
        np.testing.assert_allclose(last[n], alone[-1, 0], rtol=1e-12)


def test_an_empty_sequence_ends_where_it_began():
    p, _ = problem()
    np.testing.assert_array_equal(last_states(forward(**p), np.zeros(N, dtype=np.int64)), p["h0"])


def test_nothing_that_goes_in_is_modified():
    p, grad_h = problem()
    before, grad_before = {key: value.copy() for key, value in p.items()}, grad_h.copy()
    gradients(p, grad_h, 3)
    np.testing.assert_array_equal(grad_h, grad_before)
    for key, value in before.items():
        np.testing.assert_array_equal(p[key], value)


def test_bad_input_is_named():
    p, grad_h = problem()
    assert "window" in raises(gradients, p, grad_h, 0)
    assert "x must be" in raises(forward, **{**p, "x": p["x"][0]})
