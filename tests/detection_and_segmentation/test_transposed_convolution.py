"""What the transposed convolution promises. NumPy and plain asserts only."""

import numpy as np

from snippets.detection_and_segmentation.transposed_convolution import (
    bilinear_kernel,
    conv2d,
    conv_matrix,
    conv_transpose2d,
    overlap,
    resize_nearest,
)

# N, C, O, H, W, K_h, K_w, stride, padding
CASES = [
    (2, 3, 5, 7, 8, 3, 2, 1, 0),
    (1, 2, 3, 9, 7, 3, 3, 2, 1),
    (2, 1, 4, 8, 11, 4, 5, 3, 2),
    (3, 2, 1, 6, 5, 2, 3, 2, 0),
    (1, 3, 2, 5, 6, 1, 1, 3, 0),
]


def arrays(case, seed=0):
    N, C, out_channels, H, W, K_h, K_w, stride, padding = case
    rng = np.random.default_rng(seed)
    x, weight = rng.normal(size=(N, C, H, W)), rng.normal(size=(out_channels, C, K_h, K_w))
    size = (H + 2 * padding - K_h) // stride + 1, (W + 2 * padding - K_w) // stride + 1
    return x, weight, rng.normal(size=(N, out_channels, *size)), stride, padding


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_worked_example_in_one_dimension():
    matrix = conv_matrix(5, np.array([1.0, 2.0, 3.0]), 2, 0)
    np.testing.assert_array_equal(matrix, [[1, 2, 3, 0, 0], [0, 0, 1, 2, 3]])
    y, x = np.array([1.0, 10.0]), np.array([1.0, 0.0, 2.0, 1.0, 1.0])
    np.testing.assert_array_equal(matrix.T @ y, [1, 2, 13, 20, 30])
    np.testing.assert_array_equal(matrix @ x, [7, 7])
    assert matrix @ x @ y == x @ (matrix.T @ y) == 77
    np.testing.assert_array_equal(matrix.T @ matrix @ x, [7, 14, 28, 14, 21])


def test_scattering_is_the_transposed_matrix():
    rng = np.random.default_rng(1)
    for size, length, stride, padding in ((9, 3, 2, 1), (10, 4, 3, 2), (7, 2, 1, 0), (11, 5, 3, 2)):
        kernel = rng.normal(size=length)
        matrix = conv_matrix(size, kernel, stride, padding)
        x, y = rng.normal(size=size), rng.normal(size=len(matrix))
        image = np.pad(x, padding)
        gathered = [image[p * stride : p * stride + length] @ kernel for p in range(len(matrix))]
        np.testing.assert_allclose(matrix @ x, gathered)
        missing = (size + 2 * padding - length) % stride
        # with a kernel that is one row high; the rows above and below are cut off again
        tall = np.zeros((1, 1, 2 * padding + 1, length))
        tall[0, 0, padding] = kernel
        extra = conv_transpose2d(y[None, None, None], tall, stride, padding, missing)
        np.testing.assert_allclose(extra[0, 0, 0], matrix.T @ y, atol=1e-12)


def test_convolution_is_its_definition():
    for case in CASES:
        x, weight, y, stride, padding = arrays(case)
        out = conv2d(x, weight, stride, padding)
        assert out.shape == y.shape
        padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
        for n, o, p, q in np.ndindex(*out.shape):
            top, left = p * stride, q * stride
            window = padded[n, :, top : top + weight.shape[2], left : left + weight.shape[3]]
            np.testing.assert_allclose(out[n, o, p, q], np.sum(window * weight[o]))


def test_it_is_the_adjoint_of_the_convolution():
    for case in CASES:
        x, weight, y, stride, padding = arrays(case, seed=2)
        rows, columns = ((x.shape[a] + 2 * padding - weight.shape[a]) % stride for a in (2, 3))
        back = conv_transpose2d(y, weight, stride, padding, max(rows, columns))
        back = back[:, :, : x.shape[2], : x.shape[3]]
        assert back.shape == x.shape
        inner = np.sum(conv2d(x, weight, stride, padding) * y)
        np.testing.assert_allclose(np.sum(x * back), inner, rtol=1e-10)


def test_it_is_the_gradient_of_the_convolution():
    x, weight, y, stride, padding = arrays(CASES[1], seed=3)
    grad = conv_transpose2d(y, weight, stride, padding)
    assert grad.shape == x.shape
    for flat in range(0, x.size, 11):
        nudge = np.zeros_like(x)
        nudge[np.unravel_index(flat, x.shape)] = 1e-4
        up, down = (np.sum(conv2d(x + s * nudge, weight, stride, padding) * y) for s in (1, -1))
        np.testing.assert_allclose(grad.ravel()[flat], (up - down) / 2e-4, atol=1e-7)


def test_every_input_scatters_one_scaled_kernel():
    weight = np.random.default_rng(4).normal(size=(2, 3, 3, 4))
    y = np.zeros((1, 2, 3, 4))
    y[0, 1, 2, 1] = 5.0
    out = conv_transpose2d(y, weight, 2)
    assert out.shape == (1, 3, 7, 10)
    np.testing.assert_allclose(out[0, :, 4:7, 2:6], 5 * weight[1])
    out[0, :, 4:7, 2:6] = 0
    assert not out.any()


def test_output_padding_chooses_among_the_sizes_that_shrink_to_the_same_one():
    weight, y = np.ones((1, 1, 3, 3)), np.ones((1, 1, 4, 4))
    for size, extra in ((7, 0), (8, 1)):
        assert conv2d(np.ones((1, 1, size, size)), weight, 2, 1).shape == (1, 1, 4, 4)
        assert conv_transpose2d(y, weight, 2, 1, extra).shape == (1, 1, size, size)
    assert raises(conv_transpose2d, y, weight, 2, 1, 2) == "output_padding must be 0 to 1, got 2"
    assert "output_padding" in raises(conv_transpose2d, y, weight, 1, 0, -1)


def test_copies_overlap_evenly_only_if_the_stride_divides_the_kernel():
    assert overlap(5, 3, 2).tolist() == [1, 1, 2, 1, 2, 1, 2, 1, 2, 1, 1]
    assert overlap(5, 4, 2).tolist() == [1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1]
    for kernel in range(1, 9):
        for stride in range(1, kernel + 1):
            inside = overlap(20, kernel, stride)[kernel : -kernel]
            assert (inside.min() == inside.max()) == (kernel % stride == 0)
            assert inside.max() == -(-kernel // stride) and inside.min() == kernel // stride


def test_ones_show_the_checkerboard_and_resizing_first_does_not():
    ones, flat = np.ones((1, 1, 4, 4)), np.ones((1, 1, 3, 3))
    out = conv_transpose2d(ones, flat, 2)[0, 0]
    np.testing.assert_array_equal(out[2:6, 2:6], [[4, 2, 4, 2], [2, 1, 2, 1]] * 2)
    np.testing.assert_array_equal(out, np.outer(overlap(4, 3, 2), overlap(4, 3, 2)))
    smooth = conv2d(resize_nearest(ones, 2), flat, 1)
    np.testing.assert_array_equal(smooth, np.full((1, 1, 6, 6), 9.0))
    weight = np.random.default_rng(6).normal(size=(1, 1, 3, 3))  # whatever the weights are
    np.testing.assert_allclose(conv2d(resize_nearest(ones, 2), weight, 1), weight.sum())


def test_a_divisible_kernel_with_unequal_weights_still_shows_a_pattern():
    weight = np.random.default_rng(5).normal(size=(1, 1, 4, 4))
    out = conv_transpose2d(np.ones((1, 1, 6, 6)), weight, 2)[0, 0]
    inside = out[4:-4, 4:-4]
    # each output sees every second weight: four sums that repeat, one per position in the stride
    for row, column in np.ndindex(2, 2):
        np.testing.assert_allclose(inside[row::2, column::2], weight[0, 0, row::2, column::2].sum())
    assert inside.std() > 0.1


def test_resizing_repeats_pixels():
    x = np.arange(6.0).reshape(1, 1, 2, 3)
    np.testing.assert_array_equal(
        resize_nearest(x, 2)[0, 0],
        [[0, 0, 1, 1, 2, 2], [0, 0, 1, 1, 2, 2], [3, 3, 4, 4, 5, 5], [3, 3, 4, 4, 5, 5]])


def test_bilinear_weights_interpolate():
    assert bilinear_kernel(2)[1].tolist() == [0.1875, 0.5625, 0.5625, 0.1875]
    np.testing.assert_allclose(bilinear_kernel(3)[2], [1 / 3, 2 / 3, 1, 2 / 3, 1 / 3])
    for stride in (1, 2, 3, 4, 5):
        kernel = bilinear_kernel(stride)
        K = len(kernel)
        assert kernel.shape == (K, K)
        padding = (K - stride) // 2
        ramp = np.add.outer(np.arange(6.0), 10 * np.arange(7.0))[None, None]
        out = conv_transpose2d(ramp, kernel[None, None], stride, padding)[0, 0]
        assert out.shape == (6 * stride, 7 * stride)
        inside = out[stride:-stride, stride:-stride]  # a plane stays a plane
        np.testing.assert_allclose(np.diff(inside, axis=0), 1 / stride)
        np.testing.assert_allclose(np.diff(inside, axis=1), 10 / stride)


def test_a_weight_in_the_order_of_a_convolution_is_refused():
    y, weight = np.ones((1, 2, 4, 5)), np.ones((3, 2, 3, 3))  # (out, in), must be (in, out)
    assert "weight must be (2, ...), got (3, 2, 3, 3)" in raises(conv_transpose2d, y, weight)


def test_without_options_it_steps_by_one_and_cuts_nothing():
    y, weight = np.arange(6.0).reshape(1, 1, 2, 3), np.array([[[[1.0, 10.0]]]])
    np.testing.assert_array_equal(conv_transpose2d(y, weight)[0, 0], [[0, 1, 12, 20], [3, 34, 45, 50]])
    np.testing.assert_array_equal(conv2d(y, weight)[0, 0], [[10, 21], [43, 54]])


def test_dtype_and_empty_batches():
    weight = np.ones((2, 3, 3, 3), np.float32)
    y = np.ones((2, 2, 4, 5), np.float32)[:, :, ::-1]
    assert conv_transpose2d(y, weight, 2).dtype == np.float32
    assert conv_transpose2d(y[:0], weight, 2, 1, 1).shape == (0, 3, 8, 10)
    assert overlap(3, 2, 2).dtype == np.int64
