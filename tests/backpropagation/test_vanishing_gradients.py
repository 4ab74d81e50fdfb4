"""What the product of Jacobians promises. NumPy and plain asserts only."""

from itertools import pairwise

import numpy as np

from snippets.backpropagation.vanishing_gradients import (
    backward,
    expected_factor,
    forward,
    gain_window,
    sigmoid_twin,
)

SIZES = [3, 5, 2, 7]


def network(seed: int) -> tuple:
    rng = np.random.default_rng(seed)
    weights = [rng.standard_normal(shape) for shape in pairwise(SIZES)]
    return rng.standard_normal((4, 3)), weights, [rng.standard_normal(n) for n in SIZES[1:]]


def test_forward_keeps_every_layer_and_slope():
    x, weights, biases = network(0)
    for name, phi in (("sigmoid", lambda z: 1 / (1 + np.exp(-z))), ("tanh", np.tanh),
                      ("relu", lambda z: np.maximum(z, 0))):
        layers, slopes = forward(x, weights, biases, name)
        assert [a.shape[1] for a in layers] == SIZES and len(slopes) == 3
        for a, b, weight, bias, slope in zip(layers, layers[1:], weights, biases, slopes,
                                             strict=False):
            z, h = a @ weight + bias, 1e-6
            np.testing.assert_allclose(b, phi(z), atol=1e-12)
            numeric = (phi(z + h) - phi(z - h)) / (2 * h)
            np.testing.assert_allclose(slope, numeric, atol=1e-8)


def test_relu_has_slope_0_at_0():
    _, slopes = forward(np.zeros((2, 3)), [np.ones((3, 5))], [np.zeros(5)], "relu")
    np.testing.assert_array_equal(slopes[0], np.zeros((2, 5)))


def test_float32_stays_float32():
    x, weights, biases = network(9)
    narrow = [[a.astype(np.float32) for a in arrays] for arrays in (weights, biases)]
    for name in ("sigmoid", "tanh", "relu"):
        layers, slopes = forward(x.astype(np.float32), *narrow, name)
        assert {a.dtype for a in layers + slopes} == {np.dtype(np.float32)}, name


def test_lists_of_different_lengths_are_refused_and_no_layer_skipped():
    square, zero = [np.eye(3)] * 3, [np.zeros(3)] * 3
    x = np.ones((2, 3))
    for call in (lambda: forward(x, square, zero[:2], "tanh"), lambda: backward(x, square, [x] * 2),
                 lambda: sigmoid_twin(square, zero[:2])):
        try:
            call()
        except ValueError:
            continue
        raise AssertionError("no ValueError was raised")


def test_a_wrong_activation_is_named():
    message = ""
    try:
        forward(*network(1), "cosine")
    except ValueError as error:
        message = str(error)
    assert "cosine" in message, "an unknown activation must raise ValueError"


def test_large_inputs_saturate_without_overflow():
    eye, zero = [np.eye(2)], [np.zeros(2)]
    with np.errstate(all="raise"):
        layers, slopes = forward(np.array([[-800.0, 800.0]]), eye, zero, "sigmoid")
    np.testing.assert_array_equal(layers[1], [[0, 1]])
    np.testing.assert_array_equal(slopes[0], [[0, 0]])


def test_backward_is_the_product_of_jacobians():
    x, weights, biases = network(2)
    _, slopes = forward(x[:1], weights, biases, "tanh")
    grad = np.random.default_rng(3).standard_normal((1, 7))
    grads = backward(grad, weights, slopes)
    assert [g.shape for g in grads] == [(1, n) for n in SIZES]
    np.testing.assert_array_equal(grads[-1], grad)
    product = np.eye(3)
    for weight, slope in zip(weights, slopes, strict=True):
        product = (np.diag(slope[0]) @ weight.T) @ product  # J_L ... J_2 J_1
    np.testing.assert_allclose(grads[0], grad @ product, rtol=1e-12)


def test_backward_agrees_with_central_differences():
    x, weights, biases = network(4)
    direction = np.random.default_rng(5).standard_normal((4, 7))
    _, slopes = forward(x, weights, biases, "sigmoid")
    grad_x = backward(direction, weights, slopes)[0]
    for row, column in ((0, 0), (1, 2), (3, 1)):
        values = []
        for h in (1e-6, -1e-6):
            moved = x.copy()
            moved[row, column] += h
            values.append(np.sum(direction * forward(moved, weights, biases, "sigmoid")[0][-1]))
        assert abs((values[0] - values[1]) / 2e-6 - grad_x[row, column]) < 1e-8


def test_the_expected_factor_of_the_page():
    assert abs(expected_factor(np.array([0.25]), 1 / 192, 64) - 0.14434) < 1e-5
    assert abs(expected_factor(np.array([1.0]), 1 / 192, 64) - 0.57735) < 1e-5
    assert abs(expected_factor(np.array([0.0, 1.0]), 2 / 64, 64) - 1) < 1e-12


def test_the_expected_factor_is_what_random_weights_do():
    rng = np.random.default_rng(6)
    slope = rng.uniform(0, 1, (1, 256))
    grad = rng.standard_normal((1, 256))
    ratios = []
    for _ in range(20):
        weight = rng.standard_normal((256, 256)) * 0.1
        ratios.append(np.linalg.norm(backward(grad, [weight], [slope])[0]) / np.linalg.norm(grad))
    # One ratio has a relative deviation near 1 / sqrt(2 * 256); the gradient is random, too.
    assert abs(np.mean(ratios) / expected_factor(slope, 0.01, 256) - 1) < 0.15


def test_ten_units_in_a_row():
    expected = {(1, 0.5): 9.54e-07, (1, 0.6): 9.51e-07, (1, 1.0): 8.93e-07,
                (4, 0.5): 1.0, (4, 0.6): 0.700, (4, 1.0): 0.0409,
                (8, 0.5): 1024.0, (8, 0.6): 6.07e-06, (8, 1.0): 1.34e-08}
    for (w, start), value in expected.items():
        weights, biases = [np.array([[float(w)]])] * 10, [np.array([-w / 2])] * 10
        _, slopes = forward(np.array([[start]]), weights, biases, "sigmoid")
        gradient = backward(np.ones((1, 1)), weights, slopes)[0].item()
        assert abs(gradient / value - 1) < 5e-3, (w, start)


def test_a_sigmoid_network_can_be_a_tanh_network():
    x, weights, biases = network(7)
    layers, slopes = forward(x, weights, biases, "tanh")
    twin = sigmoid_twin(weights, biases)
    assert [w.shape for w in twin[0]] == [w.shape for w in weights]
    twin_layers, twin_slopes = forward(x, *twin, "sigmoid")
    for a, b in zip(layers[1:], twin_layers[1:], strict=True):
        np.testing.assert_allclose(2 * b - 1, a, atol=1e-12)
    grad = np.random.default_rng(8).standard_normal((4, 7))
    ours, theirs = backward(grad, weights, slopes), backward(grad, twin[0], twin_slopes)
    for layer in (1, 2):
        np.testing.assert_allclose(theirs[layer], ours[layer], rtol=1e-9)


def test_the_window_in_which_a_weight_compensates():
    for w in (4.5, 6.9, 20.0, -6.9):
        inputs = np.linspace(-1, 2, 300_001)
        s = 1 / (1 + np.exp(-w * (inputs - 0.5)))
        measured = np.mean(np.abs(w) * s * (1 - s) >= 1) * 3
        assert abs(gain_window(w) - measured) < 1e-4, w
    assert gain_window(4.0) == gain_window(1.0) == gain_window(0.0) == 0.0
    assert abs(gain_window(6.9) - 0.448) < 5e-4 and abs(gain_window(20) - 0.289) < 5e-4
