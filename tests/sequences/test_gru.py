"""What the GRU and its gradients promise. NumPy and plain asserts only."""

import numpy as np

from snippets.sequences.gru import backward, forward, gru_cell, sigmoid

T, N, D, H = 4, 2, 3, 5


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def problem(steps: int = T):
    """Arguments of forward, and what the loss sends to each state."""
    rng = np.random.default_rng(0)
    shapes = {"x": (steps, N, D), "h0": (N, H), "weight_ih": (3 * H, D), "weight_hh": (3 * H, H),
              "bias_ih": (3 * H,), "bias_hh": (3 * H,)}
    return ({key: 0.7 * rng.standard_normal(shape) for key, shape in shapes.items()},
            rng.standard_normal((steps, N, H)))


def gradients(p, grad_h):
    return backward(p["x"], *forward(**p), p["weight_ih"], p["weight_hh"], grad_h)


def weights(p):
    return [p[key] for key in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]


def by_biases(r, z, n, steps, h0=0.0):
    """One unit without weights, so that its gates and its candidate are constants."""
    bias = np.array([np.log(r / (1 - r)), np.log(z / (1 - z)), np.arctanh(n)])
    zero = np.zeros((3, 1))
    return forward(np.zeros((steps, 1, 1)), np.full((1, 1), h0), zero, zero, bias, np.zeros(3)), zero


def test_two_units_by_hand_where_the_place_of_the_reset_gate_shows():
    gate = np.log(9.0)  # r = (0.9, 0.1); z = 1/2; W_hn swaps the two units
    swap = np.vstack([np.zeros((4, 2)), [[0.0, 1.0], [1.0, 0.0]]])
    bias = np.array([gate, -gate, 0.0, 0.0, 0.0, 0.0])
    arguments = np.zeros((1, 1)), np.array([[1.0, -1.0]]), np.zeros((6, 1)), swap, bias, np.zeros(6)
    after, before = gru_cell(*arguments), gru_cell(*arguments, reset_after=False)
    np.testing.assert_allclose(after, [[0.5 * np.tanh(-0.9) + 0.5, 0.5 * np.tanh(0.1) - 0.5]], rtol=1e-12)
    np.testing.assert_allclose(before, [[0.5 * np.tanh(-0.1) + 0.5, 0.5 * np.tanh(0.9) - 0.5]], rtol=1e-12)
    assert after.round(4).tolist() == [[0.1419, -0.4502]]
    assert before.round(4).tolist() == [[0.4502, -0.1419]]


def test_with_a_diagonal_matrix_and_no_second_bias_both_variants_are_one():
    p, _ = problem()
    p["weight_hh"][2 * H :] = np.diag(np.arange(1.0, H + 1))
    p["bias_hh"][2 * H :] = 0
    after = gru_cell(p["x"][0], p["h0"], *weights(p))
    before = gru_cell(p["x"][0], p["h0"], *weights(p), reset_after=False)
    np.testing.assert_allclose(before, after, rtol=1e-12)


def test_forward_is_the_cell_step_by_step():
    p, _ = problem()
    h, cache = forward(**p)
    assert h.shape == (T + 1, N, H) and cache.shape == (T, N, 4 * H)
    state = p["h0"]
    np.testing.assert_array_equal(h[0], state)
    for t in range(T):
        state = gru_cell(p["x"][t], state, *weights(p))
        np.testing.assert_allclose(h[t + 1], state, rtol=1e-12)


def test_every_gradient_equals_a_central_difference():
    p, grad_h = problem()
    grads = gradients(p, grad_h)
    assert set(grads) == set(p)
    for key, array in p.items():
        assert grads[key].shape == array.shape
        for index in np.ndindex(array.shape):
            old, values = array[index], []
            for sign in (1, -1):
                array[index] = old + sign * 1e-5
                values.append(np.sum(forward(**p)[0][1:] * grad_h))
            array[index] = old
            numeric = (values[0] - values[1]) / 2e-5
            assert abs(grads[key][index] - numeric) < 1e-8 + 1e-6 * abs(numeric), (key, index)


def test_the_two_biases_have_one_gradient_for_the_gates_and_two_for_the_candidate():
    p, grad_h = problem()
    grads = gradients(p, grad_h)
    np.testing.assert_allclose(grads["bias_ih"][: 2 * H], grads["bias_hh"][: 2 * H], rtol=1e-12)
    assert np.all(np.abs(grads["bias_ih"][2 * H :] - grads["bias_hh"][2 * H :]) > 1e-6)


def test_along_the_state_the_gradient_is_a_product_of_update_gates():
    for z in (0.5, 0.9, 1 - 1e-9):
        (h, cache), zero = by_biases(0.5, z, 1e-9, 50)
        grad_h = np.zeros((50, 1, 1))
        grad_h[-1] = 1.0
        grads = backward(np.zeros((50, 1, 1)), h, cache, zero, zero, grad_h)
        np.testing.assert_allclose(grads["h0"].item(), z**50, rtol=1e-6)


def test_an_open_update_gate_keeps_the_state_and_a_shut_one_overwrites_it():
    for z, expected in ((1 - 1e-12, 0.3), (1e-12, 0.8)):
        (h, _), _ = by_biases(0.5, z, 0.8, 6, h0=0.3)
        np.testing.assert_allclose(h[1:].ravel(), expected, rtol=1e-9)


def test_the_state_never_leaves_minus_one_to_one():
    p, _ = problem(40)
    p = {key: 20 * value for key, value in p.items()} | {"h0": np.zeros((N, H))}
    assert np.abs(forward(**p)[0]).max() <= 1.0


def test_integers_as_input_or_first_state_change_nothing():
    p, grad_h = problem()
    p |= {"x": np.eye(D)[np.arange(T * N).reshape(T, N) % D], "h0": np.ones((N, H))}
    whole = p | {key: p[key].astype(np.int32) for key in ("x", "h0")}
    np.testing.assert_allclose(forward(**whole)[0], forward(**p)[0], rtol=1e-12)
    for key, grad in gradients(whole, grad_h).items():
        np.testing.assert_allclose(grad, gradients(p, grad_h)[key], rtol=1e-12, err_msg=key)


def test_integer_weights_do_not_cut_off_gates_or_gradients():
    p, grad_h = problem()
    p |= {key: np.round(2 * p[key]) for key in ("weight_ih", "weight_hh")}
    whole = p | {key: p[key].astype(np.int32) for key in ("weight_ih", "weight_hh")}
    for ours, right in zip(forward(**whole), forward(**p), strict=True):
        np.testing.assert_allclose(ours, right, rtol=1e-12)
    for key, grad in gradients(whole, grad_h).items():
        np.testing.assert_allclose(grad, gradients(p, grad_h)[key], rtol=1e-12, err_msg=key)
    p |= {key: np.round(2 * p[key]) for key in ("x", "h0")}  # and now nothing else has a fraction
    whole |= {key: p[key].astype(np.int32) for key in ("x", "h0")}
    # The cache may then have 32 bits, but no fewer.
    np.testing.assert_allclose(forward(**whole)[1], forward(**p)[1], atol=1e-5)


def test_one_double_among_singles_makes_the_cache_double():
    p, _ = problem()
    for double in ("x", "h0", "weight_ih", "weight_hh"):
        mixed = {key: value.astype(np.float64 if key == double else np.float32) for key, value in p.items()}
        assert forward(**mixed)[1].dtype == np.float64, double


def test_without_steps_or_sequences_there_is_nothing_to_learn():
    for part in (slice(0, 0), slice(None)):
        p, _ = problem(0 if part == slice(0, 0) else T)
        if p["x"].shape[0]:
            p |= {"x": p["x"][:, :0], "h0": p["h0"][:0]}
        steps, batch = p["x"].shape[:2]
        grads = gradients(p, np.zeros((steps, batch, H)))
        assert {key: grad.shape for key, grad in grads.items()} == {key: one.shape for key, one in p.items()}
        assert all(not np.any(grad) for grad in grads.values())


def test_the_second_bias_of_the_candidate_is_added_in_the_other_variant_too():
    p, _ = problem()
    zero = {key: 0 * p[key] for key in ("weight_ih", "weight_hh", "bias_ih")}
    state = gru_cell(p["x"][0], p["h0"], *zero.values(), p["bias_hh"], reset_after=False)
    z, n = sigmoid(p["bias_hh"][H : 2 * H]), np.tanh(p["bias_hh"][2 * H :])
    np.testing.assert_allclose(state, (1 - z) * n + z * p["h0"], rtol=1e-12)


def test_float32_stays_float32_and_nothing_is_modified():
    p, grad_h = problem()
    small = {key: value.astype(np.float32) for key, value in p.items()}
    before = {key: value.copy() for key, value in small.items()}
    assert all(one.dtype == np.float32 for one in forward(**small))
    for key, grad in gradients(small, grad_h.astype(np.float32)).items():
        assert grad.dtype == np.float32, key
        np.testing.assert_allclose(grad, gradients(p, grad_h)[key], rtol=1e-3, atol=1e-4, err_msg=key)
    for key, value in before.items():
        np.testing.assert_array_equal(small[key], value)


def test_the_sigmoid_is_right_in_the_middle_and_does_not_overflow():
    z = np.array([-800.0, -2.0, 0.0, 2.0, 800.0])
    expected = [0.0, 1 / (1 + np.exp(2.0)), 0.5, 1 / (1 + np.exp(-2.0)), 1.0]
    with np.errstate(over="raise"):
        np.testing.assert_allclose(sigmoid(z), expected, rtol=1e-12, atol=1e-15)


def test_a_matrix_of_another_shape_is_named():
    p, _ = problem()
    p["weight_hh"] = p["weight_hh"].T
    message = raises(gru_cell, p["x"][0], p["h0"], *weights(p))
    assert message == "weight_hh must be (15, 5), got (5, 15)"
