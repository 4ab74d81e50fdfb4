"""Each wrong gradient runs without an error and differs from the right one."""

import numpy as np

from snippets.backpropagation.backpropagate_convolution import conv2d_backward
from snippets.backpropagation.backpropagate_convolution_mistakes import (
    grad_input_overwriting,
    grad_input_without_flip,
    grad_input_without_lost_positions,
)

WEIGHT = np.array([[1.0, 2.0], [3.0, 4.0]])
GRAD_OUT = np.array([[1.0, 0.0], [-1.0, 2.0]])


def right(grad_out: np.ndarray, weight: np.ndarray, size: tuple[int, int], stride: int):
    x = np.zeros((1, 1, *size))
    return conv2d_backward(grad_out[None, None], x, weight[None, None], stride)[0][0, 0]


def test_without_the_flip_only_the_total_is_right():
    wrong = grad_input_without_flip(GRAD_OUT, WEIGHT)
    correct = right(GRAD_OUT, WEIGHT, (3, 3), 1)
    np.testing.assert_array_equal(wrong, [[4, 3, 0], [-2, 6, 6], [-2, 3, 2]])
    assert wrong.sum() == correct.sum() == 20
    assert not np.array_equal(wrong, correct)
    np.testing.assert_array_equal(grad_input_without_flip(GRAD_OUT, WEIGHT[::-1, ::-1]), correct)


def test_a_kernel_that_is_its_own_flip_hides_the_mistake():
    laplacian = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    grad_out = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(
        grad_input_without_flip(grad_out, laplacian), right(grad_out, laplacian, (4, 5), 1)
    )


def test_overwriting_is_wrong_where_windows_overlap():
    wrong = grad_input_overwriting(GRAD_OUT, WEIGHT, (3, 3), 1)
    np.testing.assert_array_equal(wrong, [[1, 0, 0], [-1, 2, 4], [-3, 6, 8]])
    assert not np.array_equal(wrong, right(GRAD_OUT, WEIGHT, (3, 3), 1))
    # Stride = kernel: nothing overlaps, and the mistake does not show.
    np.testing.assert_array_equal(
        grad_input_overwriting(GRAD_OUT, WEIGHT, (4, 4), 2), right(GRAD_OUT, WEIGHT, (4, 4), 2)
    )


def test_size_computed_from_the_output_loses_the_border():
    grad_out, weight = np.array([[10.0, 1.0]]), np.array([[1.0, 2.0, 3.0]])
    wrong = grad_input_without_lost_positions(grad_out, weight, 2)
    assert wrong.shape == (1, 5)
    correct = right(grad_out, weight, (1, 6), 2)
    np.testing.assert_array_equal(correct, [[10, 20, 31, 2, 3, 0]])
    np.testing.assert_array_equal(wrong, correct[:, :5])
