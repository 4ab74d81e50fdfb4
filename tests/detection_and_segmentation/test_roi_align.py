"""What the two ways of reading a box promise. NumPy and plain asserts only."""

import numpy as np

from snippets.detection_and_segmentation.roi_align import bilinear, ramp, roi_align, roi_pool

STRIDE = 16
BOX = np.array([100.0, 20, 228, 60])  # x from 6.25 to 14.25 cells
TRUE = 100 + (np.arange(7) + 0.5) * 128 / 7  # x of the bins' centers


def middle(box, size=7):
    """On a ramp, the middle of the cells that each bin pools: largest and smallest x, halved."""
    features = ramp(40)
    return (roi_pool(features, box, 1 / STRIDE, size) - roi_pool(-features, box, 1 / STRIDE, size))[0, 0] / 2


def moved(box, dx, dy=0.0):
    return box + np.array([dx, dy, dx, dy])


# RoI pooling


def test_pooling_rounds_the_corners_and_takes_both_end_cells():
    features = np.arange(7 * 11, dtype=float).reshape(1, 7, 11)
    # x: 1.4 to 3.6 cells become cells 1, 2, 3, 4; y: 1.6 to 3.2 become cells 2, 3.
    pooled = roi_pool(features, np.array([14.0, 16, 36, 32]), 1 / 10, size=2)
    assert pooled.tolist() == [[[2 * 11 + 2, 2 * 11 + 4], [3 * 11 + 2, 3 * 11 + 4]]]
    halves = roi_pool(features, np.array([25.0, 5, 25, 5]), 1 / 10, size=1)
    assert halves.tolist() == [[[1 * 11 + 3]]]  # 2.5 and 0.5 go up


def test_bins_that_do_not_divide_share_a_cell():
    features = np.arange(5.0).reshape(1, 1, 5)
    # 5 cells in 2 bins: 0..2 and 2..4, so cell 2 is in both.
    assert roi_pool(features, np.array([0.0, 0, 4, 0]), 1.0, size=2)[0, 0].tolist() == [2, 4]
    assert -roi_pool(-features, np.array([0.0, 0, 4, 0]), 1.0, size=2)[0, 0][1] == 2


def test_a_box_that_begins_before_the_map_pools_what_is_on_it():
    features = np.arange(1.0, 16).reshape(1, 3, 5)
    # x: cells -2 to 3 in 3 bins: the first outside, then 0, 1 and 2, 3. y: -1 to 1.
    pooled = roi_pool(features, np.array([-2.0, -1, 3, 1]), 1.0, size=3)
    assert pooled[0].tolist() == [[0, 0, 0], [0, 2, 4], [0, 7, 9]]
    assert (roi_pool(-features, np.array([-2.0, -1, 3, 1]), 1.0, size=3)[0, 1] == [0, -1, -3]).all()


def test_a_map_higher_than_wide_pools_down_to_its_last_row():
    features = np.arange(15, dtype=np.float32).reshape(1, 5, 3)
    pooled = roi_pool(features, np.array([0.0, 3, 2, 6]), 1.0, size=2)  # y: cells 3, 4 and none
    assert pooled[0].tolist() == [[13, 14], [0, 0]]


def test_a_box_with_its_corners_swapped_is_one_cell():
    features = np.arange(15.0).reshape(1, 3, 5)
    for x2, y2 in [(2.0, 0.0), (0.0, 0.0)]:  # one and more cells before the start
        pooled = roi_pool(features, np.array([3.0, 1, x2, y2]), 1.0)
        assert pooled.shape == (1, 7, 7) and (pooled == 8).all()


def test_a_bin_outside_the_map_is_zero():
    features = np.full((2, 3, 5), 7.0)
    pooled = roi_pool(features, np.array([3.0, 0, 8, 2]), 1.0, size=3)
    assert pooled.shape == (2, 3, 3)
    assert (pooled[:, :, 0] == 7).all() and (pooled[:, :, 1:] == 0).all()


def test_pooling_does_not_see_small_moves_and_jumps_by_a_cell():
    start = middle(BOX)
    np.testing.assert_allclose(start, [112, 128, 144, 168, 192, 208, 224])
    assert round((start - TRUE).min(), 1) == -1.7 and round((start - TRUE).max(), 1) == 9.7
    for shift, jump in [(1, 0), (3, 0), (4, 16), (11, 16), (16, 16), (20, 32)]:
        np.testing.assert_allclose(middle(moved(BOX, shift)) - start, jump)


# interpolation


def test_interpolation_is_exact_on_cells_and_linear_between_them():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(3, 5, 7))
    y, x = np.mgrid[:5, :7]
    np.testing.assert_allclose(
        bilinear(features, y.ravel() * 1.0, x.ravel() * 1.0), features.reshape(3, -1))
    plane = 2 + 3 * y - 5.0 * x
    points_y, points_x = rng.uniform(0, 4, 20), rng.uniform(0, 6, 20)
    np.testing.assert_allclose(
        bilinear(plane[None], points_y, points_x)[0], 2 + 3 * points_y - 5 * points_x)


def test_the_border_is_read_one_cell_far_and_zero_beyond():
    features = np.arange(1.0, 7.0).reshape(1, 2, 3)
    y, x = np.array([-0.9, -1.0, -1.1, 2.0, 2.1, 0, 0]), np.array([0.0, 0, 0, 0, 0, 3, 3.1])
    np.testing.assert_allclose(bilinear(features, y, x)[0], [1, 1, 0, 4, 0, 3, 0])
    x = np.array([-0.5, -1.0, -1.1])
    np.testing.assert_allclose(bilinear(features, np.full(3, 1.0), x)[0], [4, 4, 0])


# RoIAlign


def test_align_reads_the_center_of_each_bin_and_follows_every_move():
    features = ramp(40)
    np.testing.assert_allclose(roi_align(features, BOX, 1 / STRIDE)[0], np.tile(TRUE, (7, 1)))
    for shift in (0.25, 3, 4, 11, 16):
        out = roi_align(features, moved(BOX, shift), 1 / STRIDE)
        np.testing.assert_allclose(out[0, 0], TRUE + shift)


def test_the_older_rule_reads_half_a_cell_too_far_right_and_down():
    features = ramp(40)
    across = features[:, :1].repeat(40, axis=1)
    both = np.concatenate([across, across.transpose(0, 2, 1)])
    new, old = (roi_align(both, BOX, 1 / STRIDE, aligned=a) for a in (True, False))
    np.testing.assert_allclose(old - new, STRIDE / 2)
    tiny = np.array([32.0, 32, 36, 36])  # a quarter of a cell: the older rule makes it a whole one
    old = roi_align(both, tiny, 1 / STRIDE, size=2, aligned=False)
    np.testing.assert_allclose(old[0, 0, 1] - old[0, 0, 0], STRIDE / 2)
    new = roi_align(both, tiny, 1 / STRIDE, size=2)
    np.testing.assert_allclose(new[0, 0, 1] - new[0, 0, 0], 2)


def test_the_ramp_holds_the_x_of_each_cell_s_center():
    assert ramp(3, 10).tolist() == [[[5.0, 15, 25]] * 5]


def test_a_point_at_1_3_mixes_the_cells_0_and_1():
    features = np.arange(10.0).reshape(1, 1, 10) ** 2
    point = np.array([1.3, 0.5, 1.3, 0.5])
    np.testing.assert_allclose(roi_align(features, point, 1.0, 1, 1)[0, 0, 0], 0.2 * 0 + 0.8 * 1)
    np.testing.assert_allclose(
        roi_align(features, point - [0.5, 0, 0.5, 0], 1.0, 1, 1, aligned=False)[0, 0, 0], 0.7 * 1 + 0.3 * 4)


def test_rows_and_columns_and_channels_keep_their_places():
    rng = np.random.default_rng(1)
    features = rng.normal(size=(5, 11, 13))
    box = np.array([2.3, 1.1, 9.9, 8.2])
    out = roi_align(features, box, 1.0, size=3, samples=2)
    assert out.shape == (5, 3, 3)
    turned = roi_align(features.transpose(0, 2, 1), box[[1, 0, 3, 2]], 1.0, size=3, samples=2)
    np.testing.assert_allclose(turned, out.transpose(0, 2, 1))
    np.testing.assert_allclose(roi_align(features[[3]], box, 1.0, size=3), out[[3]])


def test_align_is_linear_in_the_features():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 3, 9, 8))
    box = np.array([10.0, -20, 100, 90])
    together = roi_align(2 * a - b, box, 1 / STRIDE)
    np.testing.assert_allclose(
        together, 2 * roi_align(a, box, 1 / STRIDE) - roi_align(b, box, 1 / STRIDE), atol=1e-12)


def test_two_samples_step_over_a_cell_of_a_large_box_and_adaptive_ones_do_not():
    features = np.zeros((1, 70, 70))
    features[0, 35, 35] = 1.0
    box = np.array([0.0, 0, 70, 70])  # ten cells per bin
    assert roi_align(features, box, 1.0).max() == 0
    np.testing.assert_allclose(roi_align(features, box, 1.0, samples=0).max(), 1 / 100)
    curved = np.arange(70.0)[None, None] ** 2 + 1e4 * np.arange(70.0)[None, :, None] ** 2
    tiny = roi_align(curved, np.array([2.5, 3.1, 4.5, 4.0]), 1.0, size=1, samples=0)
    in_y = 0.95 * 9 + 0.05 * 16  # one point, at 3.05; in x two, at 2.5 and 3.5
    np.testing.assert_allclose(tiny, (2.5**2 + 0.25 + 3.5**2 + 0.25) / 2 + 1e4 * in_y)
    point = roi_align(curved, np.array([3.0, 3, 3, 3]), 1.0, samples=0)
    np.testing.assert_allclose(point, np.full((1, 7, 7), 10_001 * (2.5**2 + 0.25)))
    # 20 rows are ceil(20 / 7) = 3 samples per bin, 70 columns are 10.
    out = roi_align(features, np.array([0.0, 30, 70, 50]), 1.0, samples=0)
    rows = 29.5 + (np.arange(21) + 0.5) * 20 / 21
    np.testing.assert_allclose(out.sum(), np.maximum(1 - np.abs(rows - 35), 0).sum() / 3 / 10)
