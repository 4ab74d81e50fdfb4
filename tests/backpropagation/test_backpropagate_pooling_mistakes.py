"""Each wrong pass runs without an error and differs from the right one."""

import numpy as np

from snippets.backpropagation.backpropagate_pooling import max_pool2d, max_pool2d_backward
from snippets.backpropagation.backpropagate_pooling_mistakes import (
    grad_assigned,
    grad_by_equality,
    max_pool_padded_with_zeros,
)

WORKED = np.array([[1.0, 3.0, 2.0], [4.0, 5.0, 0.0], [9.0, 7.0, 8.0]])
GRAD_OUT = np.array([[1.0, 2.0], [3.0, 4.0]])


def right(x: np.ndarray, grad_out: np.ndarray, kernel: int, stride: int) -> np.ndarray:
    winner = max_pool2d(x[None, None], (kernel, kernel), stride)[1]
    shape = (1, 1, *x.shape)
    return max_pool2d_backward(grad_out[None, None], winner, shape, (kernel, kernel), stride)[0, 0]


def test_equality_multiplies_the_gradient_by_the_number_of_winners():
    x = np.array([[2.0, 2.0], [2.0, 1.0]])
    wrong = grad_by_equality(np.ones((1, 1)), np.array([[2.0]]), x, 2, 2)
    np.testing.assert_array_equal(wrong, [[1, 1], [1, 0]])
    np.testing.assert_array_equal(right(x, np.ones((1, 1)), 2, 2), [[1, 0], [0, 0]])
    # Without ties nothing shows.
    out = max_pool2d(WORKED[None, None], (2, 2), 1)[0][0, 0]
    hidden = grad_by_equality(GRAD_OUT, out, WORKED, 2, 1)
    np.testing.assert_array_equal(hidden, right(WORKED, GRAD_OUT, 2, 1))


def test_a_zero_of_the_padding_beats_negative_pixels():
    x = np.array([[-1.0, -2.0], [-3.0, -4.0]])
    wrong = max_pool_padded_with_zeros(x, 2, 2, 1)
    np.testing.assert_array_equal(wrong, np.zeros((2, 2)))
    np.testing.assert_array_equal(max_pool2d(x[None, None], (2, 2), 2, 1)[0][0, 0], x)
    # Behind a ReLU there is nothing negative, and the mistake sleeps.
    positive = np.abs(x)
    np.testing.assert_array_equal(max_pool_padded_with_zeros(positive, 2, 2, 1), positive)


def test_assigning_loses_a_gradient_where_windows_overlap():
    wrong = grad_assigned(GRAD_OUT, WORKED, 2, 1)
    assert wrong[1, 1] == 2.0 and right(WORKED, GRAD_OUT, 2, 1)[1, 1] == 3.0
    x = np.random.default_rng(0).normal(size=(4, 6))
    grad_out = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(grad_assigned(grad_out, x, 2, 2), right(x, grad_out, 2, 2))
