"""What a 1x1 convolution promises. NumPy and plain asserts only."""

import numpy as np

from snippets.convolution.one_by_one_convolution import (
    best_reduction,
    break_even,
    class_maps,
    conv1x1,
    lost,
    multiply_adds,
)


def arrays(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, 3, 5, 7)), rng.normal(size=(4, 3)), rng.normal(size=4)


def test_every_pixel_goes_through_the_same_dense_layer():
    x, weight, bias = arrays()
    out = conv1x1(x, weight, bias)
    assert out.shape == (2, 4, 5, 7)
    for n, i, j in np.ndindex(2, 5, 7):
        np.testing.assert_allclose(out[n, :, i, j], weight @ x[n, :, i, j] + bias)


def test_shuffling_the_pixels_shuffles_the_output_and_changes_nothing_else():
    x, weight, bias = arrays(1)
    order = np.random.default_rng(2).permutation(35)
    shuffled = x.reshape(2, 3, 35)[:, :, order].reshape(x.shape)
    expected = conv1x1(x, weight, bias).reshape(2, 4, 35)[:, :, order].reshape(2, 4, 5, 7)
    np.testing.assert_allclose(conv1x1(shuffled, weight, bias), expected)


def test_with_stride_2_the_skipped_pixels_do_not_matter():
    x, weight, bias = arrays(3)
    out = conv1x1(x, weight, bias, stride=2)
    assert out.shape == (2, 4, 3, 4)
    changed = x + 100.0
    changed[:, :, ::2, ::2] = x[:, :, ::2, ::2]
    np.testing.assert_array_equal(conv1x1(changed, weight, bias, stride=2), out)
    np.testing.assert_allclose(out, conv1x1(x, weight, bias)[:, :, ::2, ::2])


def test_a_weight_that_does_not_fit_is_refused():
    try:
        conv1x1(np.zeros((1, 3, 2, 2)), np.zeros((4, 1)), np.zeros(4))
    except ValueError as error:
        message = str(error)
    assert "(4, 1)" in message and "3 channels" in message


def test_an_empty_batch_stays_empty():
    assert conv1x1(np.zeros((0, 3, 2, 5)), np.zeros((4, 3)), np.zeros(4)).shape == (0, 4, 2, 5)


def test_multiply_adds_of_a_chain_add_up():
    assert multiply_adds([7, 5], [3]) == 7 * 5 * 9
    assert multiply_adds([7, 2, 5, 3], [1, 3, 5]) == 7 * 2 + 2 * 5 * 9 + 5 * 3 * 25
    for kernels in ([1], [1, 3, 5]):  # two layers need two kernels
        try:
            multiply_adds([7, 2, 5], kernels)
        except ValueError:
            continue
        raise AssertionError(f"{len(kernels)} kernels for two layers were accepted")


def test_below_the_break_even_the_reduction_saves_and_above_it_costs():
    for c_in, c_out, kernel in [(192, 32, 5), (64, 64, 3), (256, 256, 3), (10, 3, 7)]:
        turn = break_even(c_in, c_out, kernel)
        direct = multiply_adds([c_in, c_out], [kernel])
        below, above = int(np.ceil(turn)) - 1, int(np.floor(turn)) + 1
        assert multiply_adds([c_in, below, c_out], [1, kernel]) < direct
        assert multiply_adds([c_in, above, c_out], [1, kernel]) > direct


def test_the_numbers_of_the_page():
    assert multiply_adds([192, 32], [5]) * 784 == 120_422_400
    assert multiply_adds([192, 16, 32], [1, 5]) * 784 == 12_443_648
    assert round(120_422_400 / 12_443_648, 1) == 9.7
    assert round(break_even(192, 32, 5), 1) == 154.8
    assert multiply_adds([256, 256, 256], [3, 3]) == 1_179_648
    assert multiply_adds([256, 64, 64, 256], [1, 3, 1]) == 69_632
    assert multiply_adds([192, 16, 192], [1, 1]) == 6_144 and 192 * 192 == 36_864
    assert 512 * 7 * 7 * 4096 == 102_760_448
    rng = np.random.default_rng(0)
    x = conv1x1(rng.normal(size=(1, 8, 16, 16)), rng.normal(size=(64, 8)), np.zeros(64))
    assert lost(x, best_reduction(x, 8)) < 1e-12
    assert round(lost(x, best_reduction(x, 4)), 2) == 0.36


def test_the_best_reduction_has_orthonormal_rows_and_loses_the_small_directions():
    x = np.random.default_rng(4).normal(size=(2, 6, 5, 7)) * np.arange(1, 7)[:, None, None]
    weight = best_reduction(x, 4)
    assert weight.shape == (4, 6)
    np.testing.assert_allclose(weight @ weight.T, np.eye(4), atol=1e-12)
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, 6)
    singular = np.linalg.svd(pixels, compute_uv=False)
    assert abs(lost(x, weight) - (singular[4:] ** 2).sum() / (singular**2).sum()) < 1e-12


def test_images_of_8_bits_lose_what_the_same_numbers_in_floating_point_lose():
    x = np.random.default_rng(7).integers(0, 256, size=(2, 3, 5, 7), dtype=np.uint8)
    weight = best_reduction(x, 2)
    np.testing.assert_allclose(weight, best_reduction(x.astype(np.float64), 2))
    assert lost(x, weight) == lost(x.astype(np.float64), weight) < 0.2


def test_no_more_channels_are_kept_than_there_are():
    message = ""
    try:
        best_reduction(np.ones((1, 2, 4, 5)), 3)
    except ValueError as error:
        message = str(error)
    assert message == "channels 3 exceeds the 2 of x"
    x = np.random.default_rng(8).normal(size=(2, 3, 5, 7))
    assert lost(x, best_reduction(x, 3)) < 1e-20  # all of them may be


def test_no_other_reduction_loses_less():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(1, 5, 4, 7)) * np.arange(1, 6)[:, None, None]
    least = lost(x, best_reduction(x, 2))
    for _ in range(50):
        other = np.linalg.qr(rng.normal(size=(5, 2)))[0].T
        assert lost(x, other) >= least


def test_what_is_lost_is_the_part_outside_the_rows():
    x = np.zeros((1, 2, 1, 2))
    x[0, :, 0, 0], x[0, :, 0, 1] = [3.0, 4.0], [0.0, 5.0]
    assert abs(lost(x, np.array([[1.0, 0.0]])) - (16 + 25) / 50) < 1e-12


def test_pooling_the_class_maps_gives_the_logits_of_the_pooled_features():
    x, weight, bias = arrays(6)
    maps, logits = class_maps(x, weight, bias)
    assert maps.shape == (2, 4, 5, 7)
    np.testing.assert_allclose(logits, x.mean(axis=(2, 3)) @ weight.T + bias)
    np.testing.assert_allclose(maps, conv1x1(x, weight, bias))
