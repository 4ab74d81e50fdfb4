"""What a forward pass promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.foundations.neural_network import count, forward, sigmoid, step, xor

BITS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def square(z: np.ndarray) -> np.ndarray:
    return z * z


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_two_layers_by_hand():
    # (1, 2) -> (1 + 2 * 3 + 1, 2 * 1 + 0) = (8, 2) -> squared (64, 4) -> 64 - 2 * 4 + 5 = 61
    x = np.array([[1.0, 2.0]])
    weights = [np.array([[1.0, 0.0], [3.0, 1.0]]), np.array([[1.0], [-2.0]])]
    biases = [np.array([1.0, 0.0]), np.array([5.0])]
    np.testing.assert_array_equal(forward(x, weights, biases, square), [[61.0]])


def test_one_layer_is_an_affine_map_without_activation():
    out = forward(np.array([[-2.0]]), [np.array([[3.0]])], [np.array([1.0])], square)
    np.testing.assert_array_equal(out, [[-5.0]])


def test_every_row_is_computed_by_itself():
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal(s) for s in ((2, 3), (3, 5), (5, 7))]
    biases = [rng.standard_normal(s) for s in (3, 5, 7)]
    x = rng.standard_normal((4, 2))
    together = forward(x, weights, biases, square)
    assert together.shape == (4, 7), f"(4, 2) should become (4, 7), not {together.shape}"
    for i in range(4):
        np.testing.assert_allclose(forward(x[i : i + 1], weights, biases, square)[0], together[i])


def test_an_empty_batch_stays_empty():
    out = forward(np.zeros((0, 2)), [np.zeros((2, 3))], [np.zeros(3)], square)
    assert out.shape == (0, 3)


def test_missing_layers_are_named():
    assert "weights" in raises(forward, BITS, [], [], square)
    assert "biases" in raises(forward, BITS, [np.zeros((2, 1))], [], square)


def test_count_includes_biases_and_counts_them_only_once():
    assert count([2, 2, 1]) == (9, 6)
    assert count([784, 300, 100, 10]) == (266_610, 266_200)
    assert count([5, 3]) == (18, 15), "one layer 5 -> 3 has 15 weights and 3 biases"


def test_step_is_zero_at_zero():
    np.testing.assert_array_equal(step(np.array([-1.0, 0.0, 1e-9])), [0.0, 0.0, 1.0])


def test_sigmoid_is_symmetric_and_does_not_overflow():
    z = np.array([-1000.0, -3.0, 0.0, 3.0, 1000.0])
    np.testing.assert_allclose(sigmoid(z) + sigmoid(-z), np.ones(5))
    np.testing.assert_allclose(sigmoid(z), [0.0, 0.04742587, 0.5, 0.95257413, 1.0], atol=1e-8)


def test_threshold_units_compute_xor():
    np.testing.assert_array_equal(xor(BITS, step), [0.0, 1.0, 1.0, 0.0])


def test_threshold_units_do_not_care_about_sharpness():
    for sharpness in (0.01, 3.0, 1000.0):
        np.testing.assert_array_equal(xor(BITS, step, sharpness), [0.0, 1.0, 1.0, 0.0])


def test_sigmoids_need_sharp_weights_to_do_the_same():
    soft = xor(BITS, sigmoid)
    np.testing.assert_allclose(soft, [0.4244, 0.4366, 0.4366, 0.4244], atol=5e-5)
    np.testing.assert_allclose(xor(BITS, sigmoid, 10.0), [0.0072, 0.9924, 0.9924, 0.0072], atol=5e-5)
    np.testing.assert_allclose(xor(BITS, sigmoid, 5.0), [0.1068, 0.8509, 0.8509, 0.1068], atol=5e-5)
    assert np.abs(xor(BITS, sigmoid, 1000.0) - [0.0, 1.0, 1.0, 0.0]).max() < 1e-9
