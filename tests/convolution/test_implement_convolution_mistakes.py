"""The wrong lines fail as the page says."""

import numpy as np

from snippets.convolution.implement_convolution import conv2d, im2col, output_shape, windows
from snippets.convolution.implement_convolution_mistakes import (
    conv1d,
    first_channel_of_group,
    im2col_without_transpose,
    output_size_without_reach,
)


def test_a_reshape_alone_has_the_right_shape_and_wrong_rows():
    x = np.random.default_rng(0).normal(size=(2, 3, 5, 6))
    seen = windows(x, (2, 2))
    wrong, right = im2col_without_transpose(seen), im2col(seen, 1)[:, 0]
    assert wrong.shape == right.shape
    assert not np.allclose(wrong, right)
    one = seen[:, :1]  # with a single channel nothing is out of order
    np.testing.assert_array_equal(im2col_without_transpose(one), im2col(one, 1)[:, 0])


def test_counting_the_taps_is_too_large_with_dilation():
    right = output_shape((1, 1, 9, 9), (1, 1, 3, 3), 1, 0, 2, 1)[2]
    assert output_size_without_reach(9, 3, 1, 0) == 7 and right == 5
    assert output_size_without_reach(9, 3, 1, 0) == output_shape(
        (1, 1, 9, 9), (1, 1, 3, 3), 1, 0, 1, 1)[2]


def test_numpys_convolve_flips_and_symmetric_kernels_hide_it():
    x, kernel = np.array([1.0, 2.0, 4.0, 8.0]), np.array([1.0, 0.0, -1.0])
    layer = conv2d(x.reshape(1, 1, 1, 4), kernel.reshape(1, 1, 1, 3), np.zeros(1))[0, 0, 0]
    assert layer.tolist() == [-3, -6] and conv1d(x, kernel).tolist() == [3, 6]
    assert conv1d(x, np.abs(kernel)).tolist() == [5, 10]
    np.testing.assert_allclose(np.correlate(x, kernel, mode="valid"), layer)


def test_the_output_channel_is_not_its_group():
    # 6 channels in, 4 out, 2 groups: outputs 0 and 1 read channels 0 to 2
    assert [first_channel_of_group(o, 6, 2) for o in range(4)] == [0, 3, 6, 9]  # beyond the end
    assert [o // 2 * 3 for o in range(4)] == [0, 0, 3, 3]
    # a depthwise layer hides it: each group has one output
    assert [first_channel_of_group(o, 3, 3) for o in range(3)] == [0, 1, 2]
