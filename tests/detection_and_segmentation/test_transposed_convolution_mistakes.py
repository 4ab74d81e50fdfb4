"""Each wrong idea gives another answer than the right one, and where it happens to agree."""

import numpy as np

from snippets.detection_and_segmentation.transposed_convolution import (
    conv_matrix,
    conv_transpose2d,
)
from snippets.detection_and_segmentation.transposed_convolution_mistakes import (
    by_zeros_and_convolution,
    least_squares,
    output_size,
    undo,
)

KERNEL = np.array([1.0, 2.0, 3.0])


def transposed(y: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    return conv_transpose2d(y[None, None, None], kernel[None, None, None], stride)[0, 0, 0]


def test_the_transpose_does_not_undo_a_convolution_and_least_squares_explains_its_output():
    matrix = conv_matrix(5, KERNEL, 2, 0)
    x = np.array([1.0, 0.0, 2.0, 1.0, 1.0])
    wrong = undo(matrix, matrix @ x)
    np.testing.assert_array_equal(wrong, [7, 14, 28, 14, 21])
    assert not np.allclose(matrix @ wrong, matrix @ x)
    np.testing.assert_allclose(matrix @ least_squares(matrix, matrix @ x), matrix @ x)
    # Even least squares cannot return x itself: two numbers do not hold five.
    assert not np.allclose(least_squares(matrix, matrix @ x), x)
    # An orthogonal convolution is the exception: side by side, norm one.
    rotation = conv_matrix(4, np.array([0.6, 0.8]), 2, 0)
    np.testing.assert_allclose(rotation @ undo(rotation, np.array([3.0, 5.0])), [3, 5])


def test_without_the_flip_the_kernel_comes_out_backwards():
    y = np.array([1.0, 10.0])
    np.testing.assert_array_equal(transposed(y, KERNEL, 2), [1, 2, 13, 20, 30])
    np.testing.assert_array_equal(by_zeros_and_convolution(y, KERNEL, 2), [3, 2, 31, 20, 10])
    np.testing.assert_array_equal(by_zeros_and_convolution(y, KERNEL[::-1], 2), transposed(y, KERNEL, 2))
    even = np.array([1.0, 2.0, 1.0])  # a symmetric kernel hides the mistake
    np.testing.assert_array_equal(by_zeros_and_convolution(y, even, 2), transposed(y, even, 2))


def test_padding_cuts_the_output():
    right = conv_transpose2d(np.ones((1, 1, 7, 7)), np.ones((1, 1, 4, 4)), 2, 1).shape[2]
    assert right == 14 and output_size(7, 4, 2, 1) == 18
