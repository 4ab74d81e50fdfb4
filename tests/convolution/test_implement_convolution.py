"""What the convolution promises. NumPy and plain asserts only."""

import numpy as np

from snippets.convolution.implement_convolution import (
    conv2d,
    conv2d_backward,
    conv2d_loops,
    im2col,
    output_shape,
    pad,
    windows,
)

# N, C_in, H, W, C_out, K_h, K_w, stride, padding, dilation, groups
CASES = [
    (2, 3, 5, 7, 4, 2, 3, 1, 0, 1, 1),
    (1, 4, 7, 6, 6, 3, 2, 2, 1, 1, 2),
    (2, 3, 8, 9, 6, 2, 3, 1, 2, 2, 3),
    (1, 6, 9, 7, 3, 3, 2, 3, 1, 2, 3),
    (3, 2, 4, 5, 2, 1, 1, 2, 0, 3, 1),
    (2, 5, 6, 8, 5, 3, 3, 2, 2, 3, 5),
]


def arrays(case, seed=0):
    n, c_in, height, width, c_out, k_h, k_w, stride, padding, dilation, groups = case
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(n, c_in, height, width)),
            rng.normal(size=(c_out, c_in // groups, k_h, k_w)), rng.normal(size=c_out),
            (stride, padding, dilation, groups))


def message(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_sizes_are_those_of_the_formula_worked_by_hand():
    # reach 5 and 7 in 9 + 2 and 8 + 2 pixels: 6 // 2 + 1 and 3 // 2 + 1
    assert output_shape((3, 6, 9, 8), (4, 3, 3, 4), 2, 1, 2, 2) == (3, 4, 4, 2)
    assert output_shape((1, 1, 224, 224), (1, 1, 7, 7), 2, 3, 1, 1) == (1, 1, 112, 112)
    assert output_shape((0, 2, 5, 6), (3, 2, 5, 6), 4, 0, 1, 1) == (0, 3, 1, 1)


def test_what_does_not_fit_is_refused():
    assert "groups" in message(output_shape, (1, 4, 5, 5), (2, 4, 3, 3), 1, 0, 1, 2)
    assert "groups" in message(output_shape, (1, 4, 5, 5), (3, 2, 3, 3), 1, 0, 1, 2)
    message(output_shape, (1, 1, 5, 5), (1, 1, 3, 3), 1, 0, 3, 1)  # the kernel reaches over 7 pixels
    message(output_shape, (1, 1, 5, 2), (1, 1, 3, 3), 1, 0, 1, 1)
    message(output_shape, (1, 1, 5, 5), (1, 1, 3, 3, 3), 1, 0, 1, 1)  # a third axis is not dropped
    for bad in [(0, 0, 1, 1), (1, -1, 1, 1), (1, 0, 0, 1), (1, 0, 1, 0)]:
        assert "stride" in message(output_shape, (1, 1, 5, 5), (1, 1, 3, 3), *bad)


def test_padding_puts_zeros_on_all_four_sides():
    padded = pad(np.ones((2, 3, 4, 5)), 2)
    assert padded.shape == (2, 3, 8, 9) and padded.sum() == 2 * 3 * 4 * 5
    assert padded[:, :, 2:-2, 2:-2].min() == 1


def test_the_loops_compute_the_examples_of_the_page():
    x = np.arange(1.0, 17.0).reshape(1, 1, 4, 4)
    weight, bias = np.array([[[[1.0, 2.0], [3.0, 4.0]]]]), np.zeros(1)
    for conv in (conv2d_loops, conv2d):
        assert conv(x, weight, bias, stride=2)[0, 0].tolist() == [[44, 64], [124, 144]]
        assert conv(x, weight, bias, dilation=2)[0, 0].tolist() == [[78, 88], [118, 128]]
        assert conv(x, weight, bias, dilation=3)[0, 0].tolist() == [[112]]
        # padding 1, stride 3: the first window holds a single pixel, under the last tap
        assert conv(x, weight, bias, 3, 1)[0, 0].tolist() == [[4, 25], [70, 144]]
        assert conv(x, weight, bias + 5, 2)[0, 0, 0, 0] == 49


def test_groups_read_only_their_own_channels():
    x, weight = np.zeros((1, 4, 3, 3)), np.ones((6, 2, 1, 1))
    for c in range(4):
        x[:] = 0
        x[0, c] = 1
        for conv in (conv2d_loops, conv2d):
            reads = conv(x, weight, np.zeros(6), groups=2)[0, :, 0, 0]
            assert reads.tolist() == [1.0 * (o // 3 == c // 2) for o in range(6)]


def test_matrix_products_give_what_the_loops_give():
    for case in CASES:
        x, weight, bias, options = arrays(case)
        expected = conv2d_loops(x, weight, bias, *options)
        out = conv2d(x, weight, bias, *options)
        assert out.shape == expected.shape == output_shape(x.shape, weight.shape, *options)
        np.testing.assert_allclose(out, expected, atol=1e-12)


def test_windows_are_a_view_of_what_each_position_reads():
    x = np.arange(2 * 3 * 6 * 7, dtype=np.float64).reshape(2, 3, 6, 7)
    seen = windows(x, (2, 3), stride=2, dilation=2)
    assert seen.shape == (2, 3, 2, 2, 2, 3)
    assert not seen.flags.writeable and seen.base is not None
    assert seen[1, 2, 1, 0].tolist() == x[1, 2, 2:5:2, 0:5:2].tolist()
    padded = windows(x, (2, 3), padding=1)
    assert padded.shape == (2, 3, 7, 7, 2, 3) and padded[0, 0, 0, 0].sum() == x[0, 0, 0, :2].sum()


def test_a_patch_is_flattened_as_a_filter_is():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(2, 4, 5, 6))
    rows = im2col(windows(x, (3, 2)), 2)
    assert rows.shape == (2, 2, 3 * 5, 2 * 3 * 2)
    # second group, output position (1, 3)
    np.testing.assert_array_equal(rows[1, 1, 1 * 5 + 3], x[1, 2:, 1:4, 3:5].ravel())


def test_gradients_agree_with_central_differences():
    # the loss <conv(x), grad_out> is linear in each argument: the difference is exact
    for case in CASES[1:4]:
        x, weight, bias, options = arrays(case)
        grad_out = np.random.default_rng(2).normal(size=conv2d(x, weight, bias, *options).shape)
        grads = conv2d_backward(grad_out, x, weight, *options)
        for array, grad in zip((x, weight, bias), grads, strict=True):
            assert grad.shape == array.shape
            picks = np.random.default_rng(3).choice(array.size, min(array.size, 12), replace=False)
            for index in (np.unravel_index(flat, array.shape) for flat in picks):
                kept, losses = array[index], []
                for value in (kept + 0.5, kept - 0.5):
                    array[index] = value
                    losses.append(np.sum(conv2d(x, weight, bias, *options) * grad_out))
                array[index] = kept
                assert abs(grad[index] - (losses[0] - losses[1])) < 1e-9


def test_a_gradient_of_the_wrong_shape_is_refused():
    x, weight, _, options = arrays(CASES[0])
    assert "grad_out" in message(conv2d_backward, np.zeros((2, 4, 1, 1)), x, weight, *options)


def test_there_is_one_bias_per_output_channel():
    x, weight = np.zeros((1, 2, 5, 5)), np.zeros((3, 2, 3, 3))
    for conv in (conv2d_loops, conv2d):
        for wrong in (1, 5):  # one would be broadcast, the rest of five never read
            assert f"({wrong},)" in message(conv, x, weight, np.zeros(wrong))


def test_without_options_stride_and_dilation_are_1_without_padding_and_groups():
    rng = np.random.default_rng(4)
    x, weight, bias = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(4, 3, 2, 3)), np.ones(4)
    out = conv2d(x, weight, bias)
    assert out.shape == (2, 4, 4, 4)
    np.testing.assert_array_equal(out, conv2d(x, weight, bias, 1, 0, 1, 1))
    for plain, given in zip(conv2d_backward(out, x, weight),
                            conv2d_backward(out, x, weight, 1, 0, 1, 1), strict=True):
        np.testing.assert_array_equal(plain, given)


def test_integer_images_do_not_truncate():
    x = np.array([[[[1, 2], [3, 4]]]], dtype=np.int64)
    weight = np.full((1, 1, 1, 1), 0.5)
    for conv in (conv2d_loops, conv2d):
        assert conv(x, weight, np.zeros(1))[0, 0].tolist() == [[0.5, 1.0], [1.5, 2.0]]
    assert conv2d_backward(np.ones((1, 1, 2, 2)), x, weight)[0].tolist() == [[[[0.5] * 2] * 2]]


def test_float32_stays_float32_and_one_wide_array_makes_the_output_wide():
    x, weight, bias, options = arrays(CASES[1])
    given = [a.astype(np.float32) for a in (x, weight, bias)]
    for conv in (conv2d_loops, conv2d):
        out = conv(*given, *options)
        assert out.dtype == np.float32
        for wide in range(3):
            mixed = [a.astype(np.float64) if i == wide else a for i, a in enumerate(given)]
            assert conv(*mixed, *options).dtype == np.float64
    assert {g.dtype for g in conv2d_backward(out, *given[:2], *options)} == {np.dtype(np.float32)}


def test_an_empty_batch_gives_an_empty_output():
    assert conv2d(np.zeros((0, 2, 5, 5)), np.zeros((3, 2, 3, 3)), np.zeros(3)).shape == (0, 3, 3, 3)


def test_arrays_that_are_not_contiguous_give_the_same():
    x, weight, bias, options = arrays(CASES[2])
    turned = np.ascontiguousarray(x.transpose(2, 3, 1, 0)).transpose(3, 2, 0, 1)
    np.testing.assert_allclose(conv2d(turned, weight, bias, *options),
                               conv2d(x, weight, bias, *options))
