"""What an occlusion map promises. NumPy and plain asserts only."""

import numpy as np

from snippets.representation.occlusion import deletion_curve, occlusion_map, patch_starts


def raises(function, *args, **options) -> str:
    try:
        function(*args, **options)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def image(shape=(2, 5, 7), seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def linear(weight):
    return lambda x: (x * weight).sum(axis=(1, 2, 3))


def test_patches_step_by_the_stride_and_the_last_stands_flush_with_the_border():
    assert patch_starts(10, 4, 3).tolist() == [0, 3, 6]
    assert patch_starts(9, 4, 3).tolist() == [0, 3, 5]
    assert patch_starts(5, 5, 2).tolist() == [0]
    assert patch_starts(3, 1, 1).tolist() == [0, 1, 2]


def test_patches_leave_no_pixel_out():
    for length in range(1, 12):
        for size in range(1, length + 1):
            for stride in range(1, size + 1):
                seen = {start + k for start in patch_starts(length, size, stride) for k in range(size)}
                assert seen == set(range(length))


def test_a_stride_above_the_size_would_leave_gaps_and_is_refused():
    assert "4" in raises(patch_starts, 9, 3, 4)
    assert "0" in raises(patch_starts, 9, 3, 0)
    assert "size" in raises(patch_starts, 5, 9, 1)
    assert raises(patch_starts, 5, 0, 1).startswith("size")


def test_one_pixel_of_a_linear_score_drops_by_weight_times_what_was_lost():
    x, weight = image(), image(seed=1)
    drops = occlusion_map(linear(weight), x, 1, fill=0.25)
    np.testing.assert_allclose(drops, (weight * (x - 0.25)).sum(axis=0), atol=1e-12)


def test_a_pixel_s_value_is_the_mean_over_the_patches_that_cover_it():
    x, weight = image(), image(seed=1)
    lost = (weight * x).sum(axis=0)
    drops = occlusion_map(linear(weight), x, 2, 1)
    assert abs(drops[0, 0] - lost[:2, :2].sum()) < 1e-12
    expected = [lost[y : y + 2, c : c + 2].sum() for y in (1, 2) for c in (3, 4)]
    assert abs(drops[2, 4] - np.mean(expected)) < 1e-12


def test_a_flush_patch_overlaps_its_neighbor():
    x, weight = np.ones((1, 2, 5)), np.arange(10.0).reshape(1, 2, 5)
    drops = occlusion_map(linear(weight), x, 2, 2)
    sums = [weight[:, :, c : c + 2].sum() for c in (0, 2, 3)]
    np.testing.assert_allclose(drops[0], [sums[0], sums[0], sums[1], (sums[1] + sums[2]) / 2, sums[2]])


def test_one_pixel_that_counts_is_smeared_into_a_tent():
    x = np.zeros((1, 7, 7))
    x[0, 3, 3] = 8.0
    drops = occlusion_map(lambda x: x[:, 0, 3, 3], x, 2)
    np.testing.assert_allclose(drops[2:5, 2:5], [[2, 4, 2], [4, 8, 4], [2, 4, 2]])
    assert abs(drops).sum() == 32


def test_a_fill_may_differ_by_channel_or_be_an_image():
    x, weight = image(), image(seed=1)
    for fill in (np.array([0.5, -2.0])[:, None, None], image(seed=2)):
        drops = occlusion_map(linear(weight), x, 1, fill=fill)
        np.testing.assert_allclose(drops, (weight * (x - fill)).sum(axis=0), atol=1e-12)


def test_two_pixels_of_which_either_is_enough_hide_each_other():
    x = np.ones((1, 3, 3))
    either = occlusion_map(lambda x: np.maximum(x[:, 0, 0, 0], x[:, 0, 0, 1]), x, 1)
    assert not either.any()
    both_covered = occlusion_map(lambda x: np.maximum(x[:, 0, 0, 0], x[:, 0, 0, 1]), x, 2)
    assert both_covered[0, 0] == 1.0


def test_two_pixels_of_which_both_are_needed_each_take_the_whole_drop():
    x = np.ones((1, 3, 3))
    drops = occlusion_map(lambda x: np.minimum(x[:, 0, 0, 0], x[:, 0, 0, 1]), x, 1)
    assert drops[0, :2].tolist() == [1.0, 1.0] and drops.sum() == 2.0


def test_covering_what_speaks_against_a_class_is_negative():
    x = np.ones((1, 2, 2))
    drops = occlusion_map(linear(np.array([[[3.0, 0.0], [0.0, -2.0]]])), x, 1)
    assert drops.tolist() == [[3.0, 0.0], [0.0, -2.0]]


def test_the_batch_size_changes_the_calls_and_not_the_map():
    sizes = []

    def score(x):
        sizes.append(len(x))
        return np.tanh(x.sum(axis=(1, 2, 3)))

    x = image()
    whole = occlusion_map(score, x, 2, batch=100)
    assert max(sizes) == 24  # 4 x 6 patches
    sizes.clear()
    np.testing.assert_allclose(occlusion_map(score, x, 2, batch=5), whole, rtol=1e-12)
    assert max(sizes) == 5 and sum(sizes) == 25


def test_unless_told_otherwise_a_call_has_at_most_64_images_and_a_curve_9_points():
    sizes = []

    def score(x):
        sizes.append(len(x))
        return x.sum(axis=(1, 2, 3))

    occlusion_map(score, image((1, 9, 9)), 1)  # 81 patches
    assert max(sizes) == 64 and sum(sizes) == 82
    assert deletion_curve(score, image(), image()[0]).shape == (9,)


def test_images_of_single_precision_are_floating_point_too():
    x, weight = image().astype(np.float32), image(seed=1)
    drops = occlusion_map(linear(weight), x, 1)
    np.testing.assert_allclose(drops, (weight * x).sum(axis=0), atol=1e-5)
    curve = deletion_curve(linear(1.0), np.ones((1, 2, 3), np.float32), np.zeros((2, 3)), steps=3)
    assert curve.tolist() == [6, 4, 2, 0]


def test_the_image_is_not_changed():
    x = image()
    before = x.copy()
    occlusion_map(linear(x), x, 3, fill=9.0)
    deletion_curve(linear(x), x, x[0], fill=9.0)
    np.testing.assert_array_equal(x, before)


def test_deletion_takes_the_most_important_pixels_first():
    x, weight = np.ones((1, 2, 2)), np.array([[[1.0, 2.0], [3.0, 4.0]]])
    curve = deletion_curve(linear(weight), x, weight[0], steps=4)
    assert curve.tolist() == [10.0, 6.0, 3.0, 1.0, 0.0]
    assert deletion_curve(linear(weight), x, -weight[0], steps=2).tolist() == [10.0, 7.0, 0.0]


def test_deletion_ends_at_the_fill_in_all_channels():
    x = image()
    fill = np.array([1.0, 3.0])[:, None, None]
    curve = deletion_curve(linear(np.ones((2, 5, 7))), x, x[0], fill=fill, steps=3)
    assert curve.shape == (4,) and abs(curve[0] - x.sum()) < 1e-12 and abs(curve[-1] - 140) < 1e-12


def test_images_of_whole_numbers_are_refused_because_they_would_cut_the_fill():
    pixels = np.ones((1, 3, 3), dtype=np.uint8)
    assert "uint8" in raises(occlusion_map, linear(1.0), pixels, 2, fill=0.5)
    assert "uint8" in raises(deletion_curve, linear(1.0), pixels, np.ones((3, 3)), fill=0.5)


def test_the_number_of_deleted_pixels_is_rounded():
    curve = deletion_curve(linear(1.0), np.ones((1, 5, 7)), np.zeros((5, 7)), steps=8)
    assert curve.tolist() == [35, 31, 26, 22, 17, 13, 9, 4, 0]  # 35 - round(k * 35 / 8)


def test_equal_importance_is_deleted_in_the_order_of_the_pixels():
    weight = np.arange(40.0).reshape(1, 5, 8)
    curve = deletion_curve(linear(weight), np.ones((1, 5, 8)), np.zeros((5, 8)), steps=40)
    np.testing.assert_allclose(curve, 780 - np.cumsum(np.arange(-1, 40).clip(0)))
    levels = np.random.default_rng(3).integers(3, size=(20, 30)).astype(np.float64)
    weight = np.arange(600.0).reshape(1, 20, 30)
    curve = deletion_curve(linear(weight), np.ones((1, 20, 30)), levels, steps=600)
    gone = [pixel for level in (2, 1, 0) for pixel in np.flatnonzero(levels.ravel() == level)]
    np.testing.assert_allclose(-np.diff(curve), gone, atol=1e-9)
