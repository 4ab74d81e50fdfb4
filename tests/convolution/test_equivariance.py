"""Which layers commute with a shift, exactly, and which only nearly."""

import numpy as np

from snippets.convolution.equivariance import (
    blur,
    conv2d,
    downsample,
    equivariance_gap,
    example,
    features,
    invariance_gap,
    shift,
    window_max,
)

ZOO = ("none", "max", "blur", "adaptive")


def integers(*shape: int, seed: int = 0) -> np.ndarray:
    """Whole numbers as floats: sums of them are exact, so equal means equal."""
    return np.random.default_rng(seed).integers(-9, 10, size=shape).astype(np.float64)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")


def test_shift_moves_down_and_right_and_around():
    x = np.arange(6.0).reshape(1, 1, 2, 3)
    assert shift(x, 0, 1)[0, 0].tolist() == [[2, 0, 1], [5, 3, 4]]
    assert shift(x, 1, 0)[0, 0].tolist() == [[3, 4, 5], [0, 1, 2]]
    assert shift(x, 1, -1)[0, 0].tolist() == [[4, 5, 3], [1, 2, 0]]


def test_convolution_is_its_definition():
    for size in (1, 3, 5):
        x, weight, pad = integers(2, 3, 5, 7), integers(4, 3, size, size, seed=1), (size - 1) // 2
        y = conv2d(x, weight)
        assert y.shape == (2, 4, 5, 7)
        for n, o, i, j in [(0, 0, 0, 0), (1, 3, 4, 6), (1, 2, 2, 3), (0, 1, 0, 5)]:
            total = sum(weight[o, c, u, v] * x[n, c, (i + u - pad) % 5, (j + v - pad) % 7]
                        for c in range(3) for u in range(size) for v in range(size))
            assert y[n, o, i, j] == total


def test_circular_convolution_commutes_with_every_shift_exactly():
    x, weight = integers(2, 3, 5, 7), integers(4, 3, 3, 3, seed=1)
    for rows, columns in [(0, 1), (1, 0), (2, 3), (-1, 4)]:
        before = conv2d(shift(x, rows, columns), weight)
        np.testing.assert_array_equal(before, shift(conv2d(x, weight), rows, columns))


def test_with_zeros_outside_it_commutes_away_from_the_border_only():
    x, weights = integers(1, 2, 9, 11), [integers(2, 2, 3, 3, seed=s) for s in (1, 2)]
    def stack(v):
        return conv2d(np.maximum(conv2d(v, weights[0], False), 0), weights[1], False)
    differs = stack(shift(x, 0, 1)) != shift(stack(x), 0, 1)
    # two layers of 3 x 3 reach two pixels, and what was shifted out comes in on the other side
    assert not differs[:, :, 2:-2, 3:-2].any()
    assert differs[:, :, :, :3].any() and differs[:, :, :, -2:].any()


def test_zeros_outside_write_the_border_into_a_constant_image():
    y = conv2d(np.ones((1, 1, 4, 5)), np.ones((1, 1, 3, 3)), circular=False)
    assert y[0, 0].tolist() == [[4, 6, 6, 6, 4], [6, 9, 9, 9, 6], [6, 9, 9, 9, 6], [4, 6, 6, 6, 4]]
    assert (conv2d(np.ones((1, 1, 4, 5)), np.ones((1, 1, 3, 3))) == 9).all()


def test_window_max_takes_the_right_and_the_lower_neighbor():
    x = np.array([[[[1.0, 5.0, 2.0], [3.0, 4.0, 9.0]]]])
    assert window_max(x)[0, 0].tolist() == [[5, 9, 9], [5, 9, 9]]
    x = np.array([[[[0.0, 0, 7, 0], [0, 0, 0, 0], [0, 0, 0, 0]]]])
    assert window_max(x)[0, 0].tolist() == [[0, 7, 7, 0], [0, 0, 0, 0], [0, 7, 7, 0]]


def test_blur_spreads_a_pixel_as_one_two_one():
    x = np.zeros((1, 1, 5, 6))
    x[0, 0, 2, 3] = 16.0
    expected = np.zeros((5, 6))
    expected[1:4, 2:5] = [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    assert blur(x)[0, 0].tolist() == expected.tolist()


def test_the_worked_signal_of_the_page():
    signal = np.array([0.0, 0, 1, 2, 0, 0, 0, 0])
    still, moved = (np.tile(np.roll(signal, s), (1, 1, 2, 1)) for s in (0, 1))
    def pooled(x, how):
        return downsample(x, how)[0, 0, 0].tolist()
    assert pooled(still, "max") == [0, 2, 0, 0] and pooled(moved, "max") == [0, 1, 2, 0]
    assert pooled(np.roll(still, 2, axis=3), "max") == [0, 0, 2, 0]
    assert pooled(still, "blur") == [0.25, 1.75, 0.5, 0] and pooled(moved, "blur") == [0, 1, 1.5, 0]
    assert pooled(still, "adaptive") == [1, 2, 0, 0] and pooled(moved, "adaptive") == [0, 1, 2, 0]


def test_max_pooling_commutes_with_even_shifts_only():
    x = integers(2, 3, 6, 8)
    def pool(v):
        return downsample(v, "max")
    np.testing.assert_array_equal(pool(shift(x, 2, -4)), shift(pool(x), 1, -2))
    odd = pool(shift(x, 0, 1))
    assert all(not np.array_equal(odd, shift(pool(x), 0, s)) for s in range(4))


def test_adaptive_takes_the_same_pixels_wherever_the_image_stands():
    x = integers(5, 3, 6, 8)
    base = downsample(x, "adaptive")
    for rows, columns in [(0, 1), (1, 0), (1, 1), (2, 1)]:
        moved = downsample(shift(x, rows, columns), "adaptive")
        for a, b in zip(base, moved, strict=True):  # each image up to a shift of its own
            rolls = [np.roll(a, (i, j), axis=(1, 2)) for i in range(3) for j in range(4)]
            assert any(np.array_equal(b, roll) for roll in rolls)


def test_adaptive_keeps_the_grid_with_the_largest_sum_of_squares_over_all_channels():
    x = integers(40, 3, 4, 6, seed=4)
    kept, maxima = downsample(x, "adaptive"), window_max(x)
    for n in range(40):
        grids = [maxima[n, :, i::2, j::2] for i in (0, 1) for j in (0, 1)]
        best = max(grids, key=lambda grid: (grid**2).sum())  # the first of equal ones
        np.testing.assert_array_equal(kept[n], best)


def test_without_downsampling_the_mean_over_positions_does_not_see_a_shift():
    x, weights = example(images=3, size=8)
    weights = [np.round(4 * w) for w in weights]
    x = np.round(4 * x)
    def net(v):
        return features(v, weights, "none") * 64  # the sum: whole numbers
    np.testing.assert_array_equal(net(x), net(shift(x, 3, 5)))


def test_two_poolings_leave_invariance_to_multiples_of_four():
    x, weights = example(images=3, size=16)
    gaps = [invariance_gap(lambda v: features(v, weights, "max"), x, 0, s) for s in range(5)]
    assert gaps[0] == 0 and gaps[4] < 1e-12
    assert min(gaps[1:4]) > 1e-3


def test_blurring_shrinks_the_gap_and_adaptive_sampling_closes_it():
    x, weights = example(images=4, size=16)
    gap = {how: invariance_gap(lambda v, how=how: features(v, weights, how), x, 1, 1) for how in ZOO}
    assert 1e-4 < gap["blur"] < gap["max"] / 2
    assert gap["adaptive"] < 1e-12 and gap["none"] < 1e-12


def test_blur_makes_the_mean_blind_to_the_shift_until_the_next_nonlinearity():
    x = integers(2, 3, 6, 8)
    def mean(how):
        return lambda v: downsample(v, how).sum(axis=(2, 3))
    assert invariance_gap(mean("blur"), x, 1, 1) == 0
    assert invariance_gap(mean("max"), x, 1, 1) > 0


def test_features_pool_after_every_layer_but_the_last():
    x, weights = example(images=2, size=8)
    y = np.maximum(conv2d(x, weights[0]), 0)
    y = np.maximum(conv2d(downsample(y, "max"), weights[1]), 0)
    y = np.maximum(conv2d(downsample(y, "max"), weights[2]), 0)
    np.testing.assert_array_equal(features(x, weights, "max"), y.mean(axis=(2, 3)))


def test_the_gaps_of_the_page():
    for smooth, expected in [
        (0, {"max": "3.7 1.6 3.6 0.0", "blur": "1.0 0.1 1.0 0.0"}),
        (4, {"max": "2.7 3.6 3.0 0.0", "blur": "0.6 0.4 0.6 0.0"}),
    ]:
        x, weights = example(smooth=smooth)
        for how, text in expected.items():
            gaps = [invariance_gap(lambda v, how=how: features(v, weights, how), x, 0, s)  # noqa: B023
                    for s in (1, 2, 3, 4)]
            assert " ".join(f"{100 * gap:.1f}" for gap in gaps) == text


def test_gap_is_relative_to_the_layer_that_stood_still():
    x = np.zeros((1, 1, 2, 4))
    x[0, 0, 0, 0] = 3.0
    x[0, 0, 0, 1] = 4.0
    def marked(v):  # ten times the first column: knows where it is
        out = v.copy()
        out[:, :, :, 0] *= 10
        return out
    assert np.isclose(equivariance_gap(marked, x, 0, 4), 0)
    # still (30, 4, 0, 0), moved by one (0, 30, 4, 0); before: x moved is (0, 3, 4, 0)
    assert np.isclose(equivariance_gap(marked, x, 0, 1), 27 / np.hypot(30, 4))
    assert np.isclose(invariance_gap(marked, x, 0, 1), np.linalg.norm([30, 1, 4]) / np.hypot(30, 4))
    assert equivariance_gap(lambda v: downsample(v, "max"), integers(1, 2, 8, 10), 2, 4, 2) == 0


def test_the_example_has_unit_images_and_he_weights():
    x, weights = example(seed=3, smooth=2, images=4, size=16)
    assert x.shape == (4, 1, 16, 16) and np.isclose(x.std(), 1)
    assert [w.shape for w in weights] == [(8, 1, 3, 3), (16, 8, 3, 3), (16, 16, 3, 3)]
    # 3,528 numbers in all: their deviation is known to 1 / sqrt(7056), 1.2 percent
    unit = np.concatenate([w.ravel() / np.sqrt(2 / n) for w, n in zip(weights, (9, 72, 144), strict=True)])
    assert abs(unit.std() - 1) < 4 / np.sqrt(7056)
    rough = example(seed=3, images=4, size=16)[0]
    def neighbors(v):
        return (v * shift(v, 0, 1)).mean()
    assert neighbors(x) > 0.5 > 0.2 > neighbors(rough)


def test_bad_input_is_named():
    x = np.ones((1, 1, 4, 4))
    assert "weight" in raises(conv2d, x, np.ones((1, 1, 2, 2)))
    assert "how" in raises(downsample, x, "mean")
    for shape in ((1, 1, 4, 5), (1, 1, 5, 4)):
        assert str(shape) in raises(downsample, np.ones(shape), "max")
    assert "multiples" in raises(equivariance_gap, window_max, x, 1, 0, 2)


def test_an_empty_batch_stays_empty():
    x = np.ones((0, 1, 4, 6))
    for how in ZOO:
        assert features(x, [np.ones((2, 1, 3, 3)), np.ones((3, 2, 3, 3))], how).shape == (0, 3)
