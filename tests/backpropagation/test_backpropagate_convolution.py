"""What the convolution and its gradients promise. NumPy and plain asserts only."""

import numpy as np

from snippets.backpropagation.backpropagate_convolution import (
    conv2d,
    conv2d_backward,
    grad_input_stride_one,
    output_shape,
)

# N, C_in, H, W, C_out, K_h, K_w, stride, padding. In the last four the stride does not divide.
CASES = [
    (2, 3, 5, 7, 4, 2, 3, 1, 0),
    (1, 2, 7, 5, 3, 3, 3, 1, 1),
    (2, 1, 7, 9, 3, 3, 5, 2, 2),
    (3, 2, 5, 5, 1, 1, 1, 1, 0),
    (2, 3, 6, 8, 5, 3, 3, 2, 0),
    (1, 3, 7, 6, 2, 2, 3, 3, 1),
    (2, 2, 9, 7, 3, 2, 2, 3, 0),
    (1, 2, 8, 5, 3, 1, 2, 4, 2),
]


def arrays(case: tuple[int, ...], seed: int = 0):
    batch, c_in, height, width, c_out, k_h, k_w, stride, padding = case
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(batch, c_in, height, width))
    weight, bias = rng.normal(size=(c_out, c_in, k_h, k_w)), rng.normal(size=c_out)
    out_shape = (
        batch,
        c_out,
        (height + 2 * padding - k_h) // stride + 1,
        (width + 2 * padding - k_w) // stride + 1,
    )
    return x, weight, bias, rng.normal(size=out_shape), stride, padding


def conv_by_definition(x, weight, bias, stride, padding, out_shape):
    """Seven loops and one multiplication."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.zeros(out_shape)
    for n, o, p, q in np.ndindex(*out_shape):
        out[n, o, p, q] = bias[o]
        for c, u, v in np.ndindex(*weight.shape[1:]):
            out[n, o, p, q] += weight[o, c, u, v] * padded[n, c, stride * p + u, stride * q + v]
    return out


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_forward_is_the_definition():
    for case in CASES:
        x, weight, bias, grad_out, stride, padding = arrays(case)
        out = conv2d(x, weight, bias, stride, padding)
        assert out.shape == grad_out.shape, f"output {out.shape}, expected {grad_out.shape}"
        expected = conv_by_definition(x, weight, bias, stride, padding, grad_out.shape)
        np.testing.assert_allclose(out, expected, atol=1e-12)


def test_gradients_agree_with_central_differences():
    # The loss <conv(x), grad_out> is linear in each argument, so the difference is exact.
    for case in CASES:
        x, weight, bias, grad_out, stride, padding = arrays(case)
        grads = conv2d_backward(grad_out, x, weight, stride, padding)
        for array, grad in zip((x, weight, bias), grads, strict=True):
            assert grad.shape == array.shape, f"gradient {grad.shape} of an array {array.shape}"
            rng = np.random.default_rng(1)
            for flat in rng.choice(array.size, size=min(array.size, 25), replace=False):
                index = np.unravel_index(flat, array.shape)
                kept = array[index]
                losses = []
                for value in (kept + 0.5, kept - 0.5):
                    array[index] = value
                    losses.append(np.sum(conv2d(x, weight, bias, stride, padding) * grad_out))
                array[index] = kept
                np.testing.assert_allclose(grad[index], losses[0] - losses[1], atol=1e-10)


def test_backward_is_the_adjoint_of_forward():
    # <conv(x), y> = <x, conv^T(y)> for every x and y, and the same for the weight.
    for case in CASES:
        x, weight, bias, y, stride, padding = arrays(case, seed=2)
        inner = np.sum(conv2d(x, weight, 0 * bias, stride, padding) * y)
        grad_x, grad_weight, grad_bias = conv2d_backward(y, x, weight, stride, padding)
        np.testing.assert_allclose(np.sum(x * grad_x), inner, rtol=1e-10)
        np.testing.assert_allclose(np.sum(weight * grad_weight), inner, rtol=1e-10)
        np.testing.assert_allclose(grad_bias, np.einsum("nopq->o", y), rtol=1e-10)


def with_zeros_between(grad_out, stride):
    """stride - 1 zeros between neighbors: (N, C, H, W) -> (N, C, S (H - 1) + 1, ...)."""
    batch, channels, height, width = grad_out.shape
    size = stride * (height - 1) + 1, stride * (width - 1) + 1
    spread = np.zeros((batch, channels, *size), dtype=grad_out.dtype)
    spread[:, :, ::stride, ::stride] = grad_out
    return spread


def test_flipped_kernel_gives_the_same_gradient_of_the_input():
    # With a stride: zeros between, the formula for stride 1, zeros for what the stride
    # lost, and the padding cropped.
    for case in CASES:
        x, weight, _, grad_out, stride, padding = arrays(case)
        by_windows = conv2d_backward(grad_out, x, weight, stride, padding)[0]
        full = grad_input_stride_one(with_zeros_between(grad_out, stride), weight)
        lost = [
            (n + 2 * padding - k) % stride
            for n, k in zip(x.shape[2:], weight.shape[2:], strict=True)
        ]
        full = np.pad(full, [(0, 0), (0, 0), (0, lost[0]), (0, lost[1])])
        height, width = x.shape[2:]
        by_flipping = full[:, :, padding : padding + height, padding : padding + width]
        assert full.shape[2:] == (height + 2 * padding, width + 2 * padding)
        np.testing.assert_allclose(by_flipping, by_windows, atol=1e-12)


def test_weight_gradient_is_a_correlation_with_the_dilated_gradient():
    # Images play the channels. What the stride lost makes the result larger: crop it.
    for case in CASES:
        x, weight, _, grad_out, stride, padding = arrays(case)
        grad_weight = conv2d_backward(grad_out, x, weight, stride, padding)[1]
        dilated = with_zeros_between(grad_out, stride).swapaxes(0, 1)  # (C_out, N, ...)
        by_dilating = conv2d(x.swapaxes(0, 1), dilated, np.zeros(len(dilated)), 1, padding)
        k_h, k_w = weight.shape[2:]
        lost = [
            (n + 2 * padding - k) % stride
            for n, k in zip(x.shape[2:], weight.shape[2:], strict=True)
        ]
        assert by_dilating.shape[2:] == (k_h + lost[0], k_w + lost[1])
        np.testing.assert_allclose(
            by_dilating.swapaxes(0, 1)[:, :, :k_h, :k_w], grad_weight, atol=1e-12
        )


def test_worked_example():
    x = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
    weight = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    grad_out = np.array([[[[1.0, 0.0], [-1.0, 2.0]]]])
    out = conv2d(x, weight, np.zeros(1))
    grad_x, grad_weight, grad_bias = conv2d_backward(grad_out, x, weight)
    np.testing.assert_array_equal(out[0, 0], [[37, 47], [67, 77]])
    np.testing.assert_array_equal(grad_weight[0, 0], [[7, 9], [13, 15]])
    np.testing.assert_array_equal(grad_bias, [2])
    np.testing.assert_array_equal(grad_x[0, 0], [[1, 2, 0], [2, 4, 4], [-3, 2, 8]])
    assert np.sum(out * grad_out) == np.sum(weight * grad_weight) == np.sum(x * grad_x) == 124


def test_a_position_lost_to_the_stride_has_gradient_zero():
    row, kernel = np.arange(1.0, 7.0).reshape(1, 1, 1, 6), np.array([[[[1.0, 2.0, 3.0]]]])
    np.testing.assert_array_equal(conv2d(row, kernel, np.zeros(1), 2)[0, 0, 0], [14, 26])
    grad = conv2d_backward(np.array([[[[10.0, 1.0]]]]), row, kernel, 2)[0]
    np.testing.assert_array_equal(grad[0, 0, 0], [10, 20, 31, 2, 3, 0])


def test_kernel_three_at_stride_two_reads_pixels_unevenly():
    x, ones = np.zeros((1, 1, 7, 7)), np.ones((1, 1, 3, 3))
    counts = conv2d_backward(ones, x, ones, 2)[0][0, 0]
    np.testing.assert_array_equal(counts, np.outer([1, 1, 2, 1, 2, 1, 1], [1, 1, 2, 1, 2, 1, 1]))
    even = conv2d_backward(np.ones((1, 1, 3, 3)), x[..., :6, :6], np.ones((1, 1, 2, 2)), 2)[0]
    np.testing.assert_array_equal(even, np.ones((1, 1, 6, 6)))  # the stride divides the kernel


def test_an_empty_batch_has_zero_weight_gradient():
    x, weight = np.zeros((0, 2, 5, 5)), np.ones((3, 2, 2, 2))
    out = conv2d(x, weight, np.zeros(3), 1, 1)
    grad_x, grad_weight, grad_bias = conv2d_backward(out, x, weight, 1, 1)
    assert out.shape == (0, 3, 6, 6) and grad_x.shape == x.shape
    np.testing.assert_array_equal(grad_weight, np.zeros_like(weight))
    np.testing.assert_array_equal(grad_bias, np.zeros(3))


def test_inputs_stay_as_they_are_and_float32_stays_float32():
    x, weight, bias, grad_out, stride, padding = arrays(CASES[4])
    x, weight, bias, grad_out = (a.astype(np.float32) for a in (x, weight, bias, grad_out))
    before = x.copy(), weight.copy(), grad_out.copy()
    results = [conv2d(x, weight, bias, stride, padding)]
    results += conv2d_backward(grad_out, x, weight, stride, padding)
    results += [grad_input_stride_one(grad_out, weight)]
    assert {r.dtype for r in results} == {np.dtype(np.float32)}
    for old, new in zip(before, (x, weight, grad_out), strict=True):
        np.testing.assert_array_equal(old, new)


def test_integer_arrays_do_not_truncate_the_gradients():
    x = np.arange(9, dtype=np.int32).reshape(1, 1, 3, 3)
    weight = np.array([[[[1, 2], [3, 4]]]], dtype=np.int32)
    grad_out = np.full((1, 1, 2, 2), 0.25)
    grad_x, grad_weight, _ = conv2d_backward(grad_out, x, weight)
    np.testing.assert_array_equal(grad_weight[0, 0], [[2.0, 3.0], [5.0, 6.0]])
    np.testing.assert_array_equal(
        grad_x[0, 0], [[0.25, 0.75, 0.5], [1.0, 2.5, 1.5], [0.75, 1.75, 1.0]]
    )
    ones = np.ones((1, 1, 2, 2), dtype=np.int32)
    assert conv2d_backward(ones, x / 8, weight)[1][0, 0, 0, 1] == (1 + 2 + 4 + 5) / 8
    assert conv2d_backward(ones, x, weight / 4)[0][0, 0, 1, 1] == (1 + 2 + 3 + 4) / 4


def test_output_shape_is_that_of_counted_windows():
    for size in range(1, 12):
        for kernel in (1, 2, 3, 5):
            for stride in (1, 2, 3):
                for padding in (0, 1, 2):
                    starts = range(-padding, size + padding - kernel + 1, stride)
                    if len(starts):
                        shape = output_shape(
                            (2, 3, size, 11), (5, 3, kernel, 7), stride, padding
                        )
                        assert shape[:3] == (2, 5, len(starts)), f"{size, kernel, stride}"
                        assert shape[3] == (4 + 2 * padding) // stride + 1


def test_bad_input_is_named():
    x, weight, bias = np.ones((2, 3, 5, 5)), np.ones((2, 3, 3, 3)), np.zeros(2)
    assert raises(conv2d, x[:, :2], weight[:, :, :2], bias) == "x has 2 channels, weight 3"
    for smaller_than_the_kernel in (x[:, :, :2], x[..., :2]):
        raises(conv2d, smaller_than_the_kernel, weight, bias)
    assert raises(conv2d, x, weight, bias[:1]) == "bias must be (2,), got (1,)"
    assert "stride" in raises(conv2d, x, weight, bias, 0)
    assert "padding" in raises(conv2d, x, weight, bias, 1, -1)
    # Each of these would broadcast.
    for wrong in ((2, 2, 1, 1), (1, 2, 3, 3), (2, 1, 3, 3), (2, 2, 1, 3)):
        assert "grad_out" in raises(conv2d_backward, np.ones(wrong), x, weight)
