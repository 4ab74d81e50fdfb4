"""What pooling with indices and unpooling promise. NumPy and plain asserts only."""

import numpy as np

from snippets.detection_and_segmentation.max_unpooling import (
    max_pool2d,
    max_unpool2d,
    max_unpool2d_backward,
    position_error,
)

# N, C, H, W, kernel, stride: side by side, gaps, uneven, one pixel
CASES = [(2, 3, 4, 6, 2, 2), (1, 2, 5, 7, 2, 2), (3, 1, 7, 5, 3, 3), (2, 2, 8, 9, 2, 3),
         (2, 1, 3, 4, 1, 1)]
WORKED = np.array([[[[1.0, 3, 2, 1], [4, 2, 0, 5], [0, 1, 7, 2], [6, 2, 3, 1]]]])


def image(case, seed=0):
    return np.random.default_rng(seed).normal(size=case[:4])


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_worked_example():
    out, indices = max_pool2d(WORKED, 2, 2)
    np.testing.assert_array_equal(out[0, 0], [[4, 5], [6, 7]])
    np.testing.assert_array_equal(indices[0, 0], [[4, 7], [12, 10]])
    placed = max_unpool2d(np.array([[[[10.0, 20], [30, 40]]]]), indices, (4, 4))
    np.testing.assert_array_equal(
        placed[0, 0], [[0, 0, 0, 0], [10, 0, 0, 20], [0, 0, 40, 0], [30, 0, 0, 0]])


def test_pooling_is_the_maximum_of_every_window_and_the_index_points_at_it():
    for case in [*CASES, (2, 3, 6, 7, 3, 1), (1, 2, 7, 8, 3, 2)]:
        x, (kernel, stride) = image(case), case[4:]
        out, indices = max_pool2d(x, kernel, stride)
        for n, c, p, q in np.ndindex(*out.shape):
            window = x[n, c, p * stride : p * stride + kernel, q * stride : q * stride + kernel]
            assert out[n, c, p, q] == window.max()
            row, column = divmod(int(indices[n, c, p, q]), case[3])
            assert x[n, c, row, column] == window.max()
            assert 0 <= row - p * stride < kernel and 0 <= column - q * stride < kernel


def test_the_first_of_equal_pixels_wins():
    assert max_pool2d(np.zeros((1, 1, 3, 3)), 3, 1)[1].item() == 0
    tied = np.array([[[[1.0, 2.0], [2.0, 2.0]]]])
    assert max_pool2d(tied, 2, 2)[1].item() == 1


def test_unpooling_what_was_pooled_keeps_the_winners_and_zeroes_the_rest():
    for case in CASES:
        x = image(case)
        out, indices = max_pool2d(x, *case[4:])
        back = max_unpool2d(out, indices, case[2:4])
        assert back.shape == x.shape
        kept = back != 0
        np.testing.assert_array_equal(back[kept], x[kept])
        assert kept.sum() == out.size


def test_pooling_again_returns_the_values_if_none_is_negative():
    for case in CASES:
        x = image(case)
        y = np.abs(image((*max_pool2d(x, *case[4:])[0].shape, 0, 0), seed=1))
        again = max_pool2d(max_unpool2d(y, max_pool2d(x, *case[4:])[1], case[2:4]), *case[4:])[0]
        np.testing.assert_array_equal(again, y)
    indices = max_pool2d(WORKED, 2, 2)[1]
    again = max_unpool2d(np.array([[[[-1.0, 2], [3, 4]]]]), indices, (4, 4))
    np.testing.assert_array_equal(max_pool2d(again, 2, 2)[0][0, 0], [[0, 2], [3, 4]])


def test_backward_is_the_adjoint_of_unpooling():
    for case in CASES:
        indices = max_pool2d(image(case), *case[4:])[1]
        y, grad_out = image((*indices.shape, 0, 0), seed=2), image(case, seed=3)
        out = max_unpool2d(y, indices, case[2:4])
        grad = max_unpool2d_backward(grad_out, indices)
        assert grad.shape == y.shape
        np.testing.assert_allclose(np.sum(out * grad_out), np.sum(y * grad), rtol=1e-12, atol=1e-12)


def test_backward_agrees_with_central_differences():
    for case in CASES:
        indices = max_pool2d(image(case), *case[4:])[1]
        y, grad_out = image((*indices.shape, 0, 0), seed=4), image(case, seed=5)
        grad = max_unpool2d_backward(grad_out, indices)
        for flat in range(0, y.size, 3):
            index = np.unravel_index(flat, y.shape)
            nudge = np.zeros_like(y)
            nudge[index] = 1e-4
            up = np.sum(max_unpool2d(y + nudge, indices, case[2:4]) * grad_out)
            down = np.sum(max_unpool2d(y - nudge, indices, case[2:4]) * grad_out)
            np.testing.assert_allclose(grad[index], (up - down) / 2e-4, atol=1e-8)


def test_two_image_sizes_share_one_pooled_size_so_the_size_must_be_given():
    for height, width in ((4, 4), (5, 4), (4, 5), (5, 5)):
        x = image((1, 2, height, width))
        out, indices = max_pool2d(x, 2, 2)
        assert out.shape == (1, 2, 2, 2)
        assert max_unpool2d(out, indices, (height, width)).shape == x.shape


def test_where_windows_overlap_the_later_value_stays():
    x = np.zeros((1, 1, 3, 3))
    x[0, 0, 1, 1] = 9.0
    out, indices = max_pool2d(x, 2, 1)
    np.testing.assert_array_equal(indices[0, 0], [[4, 4], [4, 4]])
    placed = max_unpool2d(np.array([[[[1.0, 2], [3, 4]]]]), indices, (3, 3))
    assert placed[0, 0, 1, 1] == 4.0 and placed.sum() == 4.0
    np.testing.assert_array_equal(max_unpool2d(out, indices, (3, 3)), x)
    backward = (slice(None), slice(None), slice(None, None, -1), slice(None, None, -1))
    values = np.array([[[[1.0, 2], [3, 4]]]])[backward]  # 4, 3, 2, 1: views, not copies
    assert max_unpool2d(values, indices[backward], (3, 3))[0, 0, 1, 1] == 1.0


def test_without_indices_the_place_is_off_by_the_spread_of_the_window():
    for levels in (0, 1, 2, 3):
        K = 2**levels
        middle = (K - 1) / 2
        squares = [(r - middle) ** 2 + (c - middle) ** 2 for r in range(K) for c in range(K)]
        np.testing.assert_allclose(position_error(levels), np.mean(squares) ** 0.5)
    assert f"{position_error(1):.2f} {position_error(3):.2f} {position_error(5):.2f}" == "0.71 3.24 13.06"


def test_with_indices_three_levels_return_a_pixel_to_its_place():
    for place in ((0, 0), (3, 17), (22, 9), (23, 23)):
        x = np.zeros((1, 1, 24, 24))
        x[0, 0][place] = 1.0
        y, kept = x, []
        for _ in range(3):
            size = y.shape[2:]
            y, indices = max_pool2d(y, 2, 2)
            kept.append((indices, size))
        for indices, size in reversed(kept):
            y = max_unpool2d(y, indices, size)
        np.testing.assert_array_equal(y, x)


def test_dtypes_stay_and_an_empty_batch_stays_empty():
    x = image(CASES[0]).astype(np.float32)
    out, indices = max_pool2d(x[:, :, ::-1], 2, 2)  # not contiguous
    assert out.dtype == np.float32 and indices.dtype == np.int64
    assert max_unpool2d(out, indices, (4, 6)).dtype == np.float32
    out, indices = max_pool2d(x[:0], 2, 2)
    assert max_unpool2d(out, indices, (4, 6)).shape == (0, 3, 4, 6)
    assert max_unpool2d_backward(x[:0], indices).shape == (0, 3, 2, 3)


def test_bad_input_is_named():
    out, indices = max_pool2d(WORKED, 2, 2)
    assert "kernel" in raises(max_pool2d, WORKED, 5, 1)
    assert "kernel" in raises(max_pool2d, WORKED, 0, 1)
    assert "stride" in raises(max_pool2d, WORKED, 2, 0)
    assert "indices" in raises(max_unpool2d, out, indices[:, :, :1], (4, 4))
    assert raises(max_unpool2d, out, indices, (3, 4)) == "indices must lie in 0 to 11 for (3, 4)"
    assert "indices" in raises(max_unpool2d, out, indices - 5, (4, 4))
