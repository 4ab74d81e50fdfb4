"""What pooling and its gradients promise. NumPy and plain asserts only."""

import numpy as np

from snippets.backpropagation.backpropagate_pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    divisors,
    max_pool2d,
    max_pool2d_backward,
    output_size,
    window_slices,
)

# N, C, H, W, K_h, K_w, stride, padding: apart, overlapping, gaps, padded, uneven
CASES = [
    (2, 3, 4, 6, 2, 2, 2, 0),
    (1, 2, 5, 7, 3, 2, 1, 0),
    (2, 1, 7, 5, 3, 3, 2, 1),
    (1, 3, 8, 7, 2, 3, 3, 1),
    (3, 2, 6, 5, 1, 1, 1, 0),
    (2, 2, 9, 8, 2, 2, 3, 0),
    (1, 2, 3, 5, 3, 5, 1, 0),
]


def arrays(case: tuple[int, ...], seed: int = 0):
    batch, channels, height, width, k_h, k_w, stride, padding = case
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(batch, channels, height, width)) - 1.0  # many windows all negative
    size = (height + 2 * padding - k_h) // stride + 1, (width + 2 * padding - k_w) // stride + 1
    return x, rng.normal(size=(batch, channels, *size)), (k_h, k_w), stride, padding


def pool_by_definition(x, kernel, stride, padding, size, function) -> np.ndarray:
    """One window at a time; ``function`` sees its real pixels and its full area."""
    out = np.zeros((*x.shape[:2], *size))
    for n, c, p, q in np.ndindex(*out.shape):
        top, left = p * stride - padding, q * stride - padding
        window = x[n, c, max(top, 0) : top + kernel[0], max(left, 0) : left + kernel[1]]
        out[n, c, p, q] = function(window, kernel[0] * kernel[1])
    return out


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_worked_example():
    x = np.array([[[[1.0, 3.0, 2.0], [4.0, 5.0, 0.0], [9.0, 7.0, 8.0]]]])
    grad_out = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    out, winner = max_pool2d(x, (2, 2), 1)
    np.testing.assert_array_equal(out[0, 0], [[5, 5], [9, 8]])
    np.testing.assert_array_equal(winner[0, 0], [[3, 2], [2, 3]])
    grad = max_pool2d_backward(grad_out, winner, x.shape, (2, 2), 1)
    np.testing.assert_array_equal(grad[0, 0], [[0, 0, 0], [0, 3, 0], [3, 0, 4]])
    average = avg_pool2d(x, (2, 2), 1)
    np.testing.assert_array_equal(average[0, 0], [[3.25, 2.5], [6.25, 5]])
    grad = avg_pool2d_backward(grad_out, x.shape, (2, 2), 1)
    np.testing.assert_array_equal(grad[0, 0], [[0.25, 0.75, 0.5], [1, 2.5, 1.5], [0.75, 1.75, 1]])


def test_forward_is_the_definition():
    for case in CASES:
        x, grad_out, *how = arrays(case)
        size = grad_out.shape[2:]
        for ours, function in (
            (max_pool2d(x, *how)[0], lambda w, _: w.max()),
            (avg_pool2d(x, *how), lambda w, area: w.sum() / area),
            (avg_pool2d(x, *how, count_include_pad=False), lambda w, _: w.mean()),
        ):
            np.testing.assert_allclose(ours, pool_by_definition(x, *how, size, function))


def test_gradients_agree_with_central_differences():
    # No two pixels are closer than the nudge, so no winner changes; then both are piecewise linear.
    for case in CASES:
        x, grad_out, *how = arrays(case, seed=1)
        grads = {
            "max": max_pool2d_backward(grad_out, max_pool2d(x, *how)[1], x.shape, *how),
            "all": avg_pool2d_backward(grad_out, x.shape, *how),
            "real": avg_pool2d_backward(grad_out, x.shape, *how, count_include_pad=False),
        }
        for name, function in (
            ("max", lambda: max_pool2d(x, *how)[0]),  # noqa: B023
            ("all", lambda: avg_pool2d(x, *how)),  # noqa: B023
            ("real", lambda: avg_pool2d(x, *how, count_include_pad=False)),  # noqa: B023
        ):
            assert grads[name].shape == x.shape
            for flat in np.random.default_rng(2).choice(x.size, min(x.size, 20), replace=False):
                index = np.unravel_index(flat, x.shape)
                kept, losses = x[index], []
                for value in (kept + 1e-6, kept - 1e-6):
                    x[index] = value
                    losses.append(np.sum(function() * grad_out))
                x[index] = kept
                slope = (losses[0] - losses[1]) / 2e-6
                np.testing.assert_allclose(grads[name][index], slope, atol=1e-8, err_msg=name)


def test_average_backward_is_the_adjoint_of_average():
    for case in CASES:
        x, y, *how = arrays(case, seed=3)
        for include in (True, False):
            inner = np.sum(avg_pool2d(x, *how, include) * y)
            back = avg_pool2d_backward(y, x.shape, *how, include)
            np.testing.assert_allclose(np.sum(x * back), inner, rtol=1e-10)


def test_max_backward_is_the_adjoint_of_the_selection():
    for case in CASES:
        x, y, *how = arrays(case, seed=4)
        out, winner = max_pool2d(x, *how)
        back = max_pool2d_backward(y, winner, x.shape, *how)
        np.testing.assert_allclose(np.sum(x * back), np.sum(out * y), rtol=1e-10)


def test_max_passes_on_all_of_the_gradient_and_average_loses_what_falls_on_the_padding():
    for case in CASES:
        x, grad_out, *how = arrays(case, seed=5)
        total = grad_out.sum()
        winner = max_pool2d(x, *how)[1]
        back = max_pool2d_backward(grad_out, winner, x.shape, *how)
        np.testing.assert_allclose(back.sum(), total, atol=1e-12)
        real = avg_pool2d_backward(grad_out, x.shape, *how, count_include_pad=False)
        np.testing.assert_allclose(real.sum(), total, atol=1e-12)
    ones = np.ones((1, 1, 2, 2))
    assert avg_pool2d_backward(ones, (1, 1, 3, 3), (2, 2), 2, 1).sum() == 2.25
    assert avg_pool2d_backward(ones, (1, 1, 3, 3), (2, 2), 2, 1, False).sum() == 4.0


def test_the_first_of_equal_pixels_gets_everything():
    x = np.array([[[[2.0, 1.0, 2.0], [2.0, 2.0, 0.0]]]])
    out, winner = max_pool2d(x, (2, 3), 1)
    assert out.item() == 2.0 and winner.item() == 0
    grad = max_pool2d_backward(np.array([[[[6.0]]]]), winner, x.shape, (2, 3), 1)
    np.testing.assert_array_equal(grad[0, 0], [[6, 0, 0], [0, 0, 0]])


def test_a_pixel_that_wins_four_windows_gets_the_sum():
    x = np.zeros((1, 1, 3, 3))
    x[0, 0, 1, 1] = 1.0
    winner = max_pool2d(x, (2, 2), 1)[1]
    grad_out = np.array([[[[1.0, 10.0], [100.0, 1000.0]]]])
    assert max_pool2d_backward(grad_out, winner, x.shape, (2, 2), 1)[0, 0, 1, 1] == 1111.0


def test_the_padding_never_wins():
    x = np.full((1, 2, 3, 5), -7.0)
    out, winner = max_pool2d(x, (3, 3), 2, 1)
    np.testing.assert_array_equal(out, np.full((1, 2, 2, 3), -7.0))
    grad = max_pool2d_backward(np.ones_like(out), winner, x.shape, (3, 3), 2, 1)
    assert grad.sum() == 12.0
    out, winner = max_pool2d(np.full((1, 1, 2, 2), -np.inf), (2, 2), 1, 1)
    assert np.all(out == -np.inf)
    assert max_pool2d_backward(np.ones((1, 1, 3, 3)), winner, (1, 1, 2, 2), (2, 2), 1, 1).sum() == 9


def test_nan_wins():
    x = np.array([[[[5.0, np.nan], [7.0, 1.0]]]])
    out, winner = max_pool2d(x, (2, 2), 2)
    assert np.isnan(out.item()) and winner.item() == 1


def test_global_average_gives_every_pixel_the_same_share():
    x = np.random.default_rng(6).normal(size=(2, 3, 5, 7))
    out = avg_pool2d(x, (5, 7), 1)
    np.testing.assert_allclose(out[..., 0, 0], x.mean(axis=(2, 3)))
    grad_out = np.arange(6.0).reshape(2, 3, 1, 1)
    grad = avg_pool2d_backward(grad_out, x.shape, (5, 7), 1)
    np.testing.assert_allclose(grad, np.broadcast_to(grad_out / 35, x.shape))


def test_divisors_count_the_real_pixels():
    np.testing.assert_array_equal(divisors((1, 1, 3, 4), (2, 2), 2, 1, False), [[1, 2, 1], [2, 4, 2]])
    np.testing.assert_array_equal(divisors((1, 1, 3, 4), (2, 2), 2, 1, True), np.full((2, 3), 4.0))


def test_slices_pick_one_pixel_per_output():
    pixels = np.arange(35).reshape(5, 7)
    slices = window_slices((2, 3), (2, 1), 2)
    assert len(slices) == 2
    picked = [pixels[rows, columns].tolist() for rows, columns in slices]
    assert picked == [[[0, 2, 4], [14, 16, 18]], [[7, 9, 11], [21, 23, 25]]]


def test_output_size_is_that_of_counted_windows():
    for size in range(1, 10):
        for kernel in (1, 2, 3):
            for stride in (1, 2, 3):
                for padding in range(kernel // 2 + 1):
                    starts = range(-padding, size + padding - kernel + 1, stride)
                    if len(starts):
                        found = output_size((1, 1, size, 9), (kernel, 3), stride, min(padding, 1))
                        assert found[0] == len(starts) or padding > 1


def test_dtypes_and_inputs_are_kept():
    x = np.arange(12, dtype=np.int32).reshape(1, 1, 3, 4)
    out, winner = max_pool2d(x, (2, 2), 1)
    assert out.dtype == np.int32 and winner.dtype.kind == "i"
    grad = max_pool2d_backward(np.full((1, 1, 2, 3), 0.25, np.float32), winner, x.shape, (2, 2), 1)
    assert grad.dtype == np.float32 and grad.sum() == 1.5
    floats = x.astype(np.float32)
    kept = floats.copy()
    assert avg_pool2d(floats, (2, 2), 1).dtype == np.float32
    assert avg_pool2d_backward(np.ones((1, 1, 2, 3), np.float32), x.shape, (2, 2), 1).dtype == np.float32
    np.testing.assert_array_equal(floats, kept)


def test_the_mean_of_bright_small_integers_does_not_wrap():
    bright = np.full((1, 2, 20, 17), 200, np.uint8)
    for kernel in ((2, 2), (20, 17)):  # a sum of 800 and a count of 340 are both above 255
        np.testing.assert_allclose(avg_pool2d(bright, kernel, 1), 200.0)
    grad = avg_pool2d_backward(np.ones((1, 2, 1, 1), np.uint8), bright.shape, (20, 17), 1)
    np.testing.assert_allclose(grad, 1 / 340, rtol=1e-6)


def test_an_empty_batch_stays_empty():
    out, winner = max_pool2d(np.ones((0, 2, 4, 4)), (2, 2), 2)
    assert out.shape == (0, 2, 2, 2)
    assert max_pool2d_backward(out, winner, (0, 2, 4, 4), (2, 2), 2).shape == (0, 2, 4, 4)


def test_bad_input_is_named():
    x = np.ones((2, 3, 5, 5))
    assert "stride" in raises(max_pool2d, x, (2, 2), 0)
    assert raises(avg_pool2d, x, (3, 3), 1, 2) == "padding must be 0 to 1, got 2"
    assert raises(avg_pool2d, x, (2, 4), 1, 2) == "padding must be 0 to 1, got 2"  # half the shorter side
    assert "padding" in raises(avg_pool2d, x, (3, 3), 1, -1)
    assert "kernel" in raises(max_pool2d, x, (0, 2), 1)
    assert "x must" in raises(max_pool2d, x[0], (2, 2), 1)
    assert "kernel" in raises(max_pool2d, x, (6, 2), 1)
    out, winner = max_pool2d(x, (2, 2), 1)
    for message in (raises(max_pool2d_backward, out[:1], winner, x.shape, (2, 2), 1),
                    raises(avg_pool2d_backward, out[:1], x.shape, (2, 2), 1)):
        assert "grad_out" in message and "(1, 3, 4, 4)" in message
    message = raises(max_pool2d_backward, out, winner[:, :1], x.shape, (2, 2), 1)
    assert "winner" in message and "(2, 1, 4, 4)" in message
