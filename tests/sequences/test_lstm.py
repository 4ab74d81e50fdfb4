"""What the LSTM and its gradients promise. NumPy and plain asserts only."""

import numpy as np

from snippets.sequences.lstm import backward, forward, init_lstm, sigmoid

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
    shapes = {"x": (steps, N, D), "h0": (N, H), "c0": (N, H), "weight_ih": (4 * H, D),
              "weight_hh": (4 * H, H), "bias": (4 * H,)}
    return ({key: 0.7 * rng.standard_normal(shape) for key, shape in shapes.items()},
            rng.standard_normal((steps, N, H)))


def gradients(p, grad_h):
    return backward(p["x"], *forward(**p), p["weight_ih"], p["weight_hh"], grad_h)


def by_biases(i, f, g, o, steps, c0=0.0):
    """One unit whose gates are constants, because all weights are 0."""
    bias = np.array([np.log(i / (1 - i)), np.log(f / (1 - f)), np.arctanh(g), np.log(o / (1 - o))])
    zero, x = np.zeros((4, 1)), np.zeros((steps, 1, 1))
    return x, forward(x, np.zeros((1, 1)), np.full((1, 1), c0), zero, zero, bias), zero


def test_three_cells_by_hand():
    # c = 3/4 * c + 1/2 * 3/5 from 1: 1.05, 1.0875, 1.115625; h = tanh(c) / 2.
    _, (h, c, gates), _ = by_biases(0.5, 0.75, 0.6, 0.5, 3, c0=1.0)
    np.testing.assert_allclose(gates[:, 0], [[0.5, 0.75, 0.6, 0.5]] * 3, rtol=1e-12)
    np.testing.assert_allclose(c.ravel(), [1, 1.05, 1.0875, 1.115625], rtol=1e-12)
    np.testing.assert_allclose(h.ravel()[1:], 0.5 * np.tanh([1.05, 1.0875, 1.115625]), rtol=1e-12)


def test_the_gates_read_input_state_and_bias_in_the_order_i_f_g_o():
    p, _ = problem(1)
    h, c, gates = forward(**p)
    z = p["x"][0] @ p["weight_ih"].T + p["h0"] @ p["weight_hh"].T + p["bias"]
    squash = [lambda z: 1 / (1 + np.exp(-z)), lambda z: 1 / (1 + np.exp(-z)), np.tanh,
              lambda z: 1 / (1 + np.exp(-z))]
    i, f, g, o = (squash[k](z[:, k * H : (k + 1) * H]) for k in range(4))
    np.testing.assert_allclose(gates[0], np.hstack([i, f, g, o]), rtol=1e-12)
    np.testing.assert_allclose(c, np.stack([p["c0"], f * p["c0"] + i * g]), rtol=1e-12)
    np.testing.assert_allclose(h, np.stack([p["h0"], o * np.tanh(c[1])]), rtol=1e-12)


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


def test_integers_as_input_or_first_state_change_nothing():
    p, grad_h = problem()
    p |= {"x": np.eye(D)[np.arange(T * N).reshape(T, N) % D], "h0": np.ones((N, H)), "c0": np.ones((N, H))}
    whole = p | {key: p[key].astype(np.int32) for key in ("x", "h0", "c0")}
    for ours, expected in zip(forward(**whole), forward(**p), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-12)
    for key, grad in gradients(whole, grad_h).items():
        np.testing.assert_allclose(grad, gradients(p, grad_h)[key], rtol=1e-12, err_msg=key)


def test_float32_stays_float32():
    p, grad_h = problem()
    small = {key: value.astype(np.float32) for key, value in p.items()}
    assert all(one.dtype == np.float32 for one in forward(**small))
    for key, grad in gradients(small, grad_h.astype(np.float32)).items():
        assert grad.dtype == np.float32, key
        np.testing.assert_allclose(grad, gradients(p, grad_h)[key], rtol=1e-3, atol=1e-4, err_msg=key)


def test_along_the_cell_the_gradient_is_a_product_of_forget_gates():
    for f in (0.5, 0.9, 1 - 1e-9):
        x, (h, c, gates), zero = by_biases(0.5, f, 1e-9, 0.5, 50)
        grad_h = np.zeros((50, 1, 1))
        grad_h[-1] = 1.0
        grads = backward(x, h, c, gates, zero, zero, grad_h)
        np.testing.assert_allclose(grads["c0"].item(), 0.5 * f**50, rtol=1e-6)


def test_a_shut_output_gate_hides_the_cell_without_losing_it():
    _, (h, c, _), _ = by_biases(0.5, 1 - 1e-12, 1e-9, 1e-9, 30, c0=0.8)
    assert np.abs(h).max() < 1e-8
    np.testing.assert_allclose(c, 0.8, rtol=1e-6)


def test_a_cell_that_never_forgets_can_leave_the_range_of_tanh():
    _, (h, c, _), _ = by_biases(0.9, 1 - 1e-12, 0.9, 0.5, 30)
    assert abs(c[-1].item() - 30 * 0.81) < 1e-6 and h[-1].item() < 0.5 + 1e-12


def test_two_pieces_that_hand_on_state_and_cell_are_one_sequence():
    p, _ = problem()
    h, c, _ = forward(**p)
    weights = {key: p[key] for key in ("weight_ih", "weight_hh", "bias")}
    again = forward(p["x"][2:], h[2], c[2], **weights)
    np.testing.assert_allclose(again[0], h[2:], rtol=1e-12)
    np.testing.assert_allclose(again[1], c[2:], rtol=1e-12)


def test_no_input_leaves_state_and_cell_and_no_gradient():
    p, grad_h = problem(0)
    h, c, gates = forward(**p)
    np.testing.assert_array_equal(h, p["h0"][None])
    np.testing.assert_array_equal(c, p["c0"][None])
    assert gates.shape == (0, N, 4 * H)
    assert all(not grad.any() for grad in gradients(p, grad_h).values())


def test_nothing_that_goes_in_is_modified():
    p, grad_h = problem()
    before = {key: value.copy() for key, value in p.items()}
    gradients(p, grad_h)
    for key, value in before.items():
        np.testing.assert_array_equal(p[key], value)


def test_the_sigmoid_is_right_in_the_middle_and_does_not_overflow():
    z = np.array([-800.0, -2.0, 0.0, 2.0, 800.0])
    expected = [0.0, 1 / (1 + np.exp(2.0)), 0.5, 1 / (1 + np.exp(-2.0)), 1.0]
    with np.errstate(over="raise"):
        np.testing.assert_allclose(sigmoid(z), expected, rtol=1e-12, atol=1e-15)


def test_the_start_is_uniform_but_for_the_forget_gate():
    p = init_lstm(7, 100, 3.0, np.random.default_rng(0))
    assert {key: value.shape for key, value in p.items()} == {
        "weight_ih": (400, 7), "weight_hh": (400, 100), "bias": (400,)}
    np.testing.assert_array_equal(p["bias"][100:200], 3.0)
    rest = np.concatenate([p["weight_ih"].ravel(), p["weight_hh"].ravel(),
                           p["bias"][:100], p["bias"][200:]])
    # 43,100 uniform draws in +-0.1: the largest misses 0.1 by 1e-4 with probability e**-21.
    assert 0.0999 < np.abs(rest).max() <= 0.1
    # Variance 0.01/3; the mean of squares has a relative deviation of sqrt(0.8 / 43,100).
    assert abs(np.mean(rest**2) / (0.01 / 3) - 1) < 5 * np.sqrt(0.8 / rest.size)
    other = np.random.default_rng(0)
    np.testing.assert_array_equal(p["weight_ih"], other.uniform(-0.1, 0.1, (400, 7)))
    np.testing.assert_array_equal(p["weight_hh"], other.uniform(-0.1, 0.1, (400, 100)))
    bias = other.uniform(-0.1, 0.1, 400)
    np.testing.assert_array_equal(p["bias"][:100], bias[:100])
    np.testing.assert_array_equal(p["bias"][200:], bias[200:])


def test_a_matrix_of_another_shape_is_named():
    p, _ = problem()
    message = raises(forward, **{**p, "weight_hh": p["weight_hh"].T})
    assert message == "weight_hh must be (20, 5), got (5, 20)"


def test_the_page_s_forget_gates():
    gates = sigmoid(np.array([0.0, 1.0, 3.0]))
    assert gates.round(3).tolist() == [0.5, 0.731, 0.953]
    assert [f"{value:.2g}" for value in gates**20] == ["9.5e-07", "0.0019", "0.38"]
    assert [f"{value:.2g}" for value in gates**100] == ["7.9e-31", "2.5e-14", "0.0078"]


def test_the_page_s_gradient_at_the_first_cell():
    x, (h, c, gates), zero = by_biases(0.5, 0.75, 0.6, 0.5, 3, c0=1.0)
    grad_h = np.array([0.0, 0.0, 1.0]).reshape(3, 1, 1)
    grads = backward(x, h, c, gates, zero, zero, grad_h)
    assert round(grads["c0"].item(), 4) == 0.0739
    assert abs(grads["c0"].item() - 0.5 * (1 - np.tanh(1.115625) ** 2) * 0.75**3) < 1e-12
    assert grads["h0"].item() == 0  # no weights, no way through h
