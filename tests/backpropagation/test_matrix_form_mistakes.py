"""Each wrong form runs without an error and gives the wrong number."""

import numpy as np

from snippets.backpropagation.matrix_form import layer_backward
from snippets.backpropagation.matrix_form_mistakes import (
    grad_bias_by_mean,
    grad_x_by_reshape,
    half_mean_squared_error,
)


def test_a_perfect_prediction_gets_a_loss():
    out, targets = np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 2.0, 3.0])
    loss, _ = half_mean_squared_error(out, targets)
    np.testing.assert_allclose(loss, 2 / 3)
    assert half_mean_squared_error(out, targets[:, None])[0] == 0.0


def test_the_broadcast_loss_teaches_the_mean():
    targets = np.array([1.0, 2.0, 6.0])
    loss, grad = half_mean_squared_error(np.full((3, 1), 3.0), targets)
    np.testing.assert_array_equal(grad, np.zeros((3, 1)))
    assert loss > 0


def test_reshape_is_not_transpose():
    weight, grad_out = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([[1.0, 0.0, 0.0]])
    np.testing.assert_array_equal(grad_x_by_reshape(grad_out, weight), [[1, 2]])
    right = layer_backward(grad_out, np.zeros((1, 2)), weight)[0]
    np.testing.assert_array_equal(right, [[1, 4]])


def test_the_mean_divides_by_the_batch_twice():
    error = np.random.default_rng(0).normal(size=(7, 3))
    grad_out = error / 7  # of the mean loss
    right = layer_backward(grad_out, np.zeros((7, 2)), np.zeros((2, 3)))[2]
    np.testing.assert_allclose(grad_bias_by_mean(grad_out), right / 7)
