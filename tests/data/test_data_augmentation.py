"""What augmentation with boxes promises. NumPy and plain asserts only."""

import numpy as np

from snippets.data.data_augmentation import crop, flip, rotate90, shift


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def scene(rng, height=11, width=17, num=5):
    """An image with a distinct value in each pixel, and boxes on whole pixels."""
    image = np.arange(height * width).reshape(height, width)
    corner = np.stack([rng.integers(0, width - 4, num), rng.integers(0, height - 3, num)], axis=1)
    size = np.stack([rng.integers(1, 5, num), rng.integers(1, 4, num)], axis=1)
    return image, np.concatenate([corner, corner + size], axis=1).astype(np.float64)


def inside(image, box):
    """The pixels in a box, sorted: what a box is about, wherever it went."""
    x1, y1, x2, y2 = box.astype(np.int64)
    return np.sort(image[y1:y2, x1:x2].ravel())


def iou(a, b):
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    both = np.prod(np.maximum(high - low, 0))
    return both / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - both)


def test_boxes_keep_their_pixels_under_flip_and_rotation():
    for seed in range(20):
        image, boxes = scene(np.random.default_rng(seed))
        for change in (flip, rotate90):
            moved_image, moved = change(image, boxes)
            for before, after in zip(boxes, moved, strict=True):
                assert (after[2:] > after[:2]).all(), f"{change.__name__} gave a negative size: {after}"
                np.testing.assert_array_equal(inside(moved_image, after), inside(image, before))


def test_overlaps_are_preserved():
    image, boxes = scene(np.random.default_rng(3), num=8)
    for change in (flip, rotate90, lambda i, b: shift(i, b, 20, 30, 0.0)[:2]):
        big = np.zeros((60, 70))
        big[:11, :17] = image
        moved = change(big, boxes)[1]
        for i in range(8):
            for j in range(8):
                np.testing.assert_allclose(iou(moved[i], moved[j]), iou(boxes[i], boxes[j]), rtol=1e-12)


def test_two_flips_and_four_turns_change_nothing():
    image, boxes = scene(np.random.default_rng(1))
    for change, times in ((flip, 2), (rotate90, 4)):
        turned, moved = image, boxes
        for _ in range(times):
            turned, moved = change(turned, moved)
        np.testing.assert_array_equal(turned, image)
        np.testing.assert_allclose(moved, boxes, atol=1e-12)


def test_numbers_by_hand():
    image, boxes = np.zeros((60, 100)), np.array([[10.0, 20.0, 40.0, 50.0]])
    np.testing.assert_array_equal(flip(image, boxes)[1], [[60, 20, 90, 50]])
    turned, moved = rotate90(image, boxes)
    assert turned.shape == (100, 60)
    np.testing.assert_array_equal(moved, [[20, 60, 50, 90]])
    np.testing.assert_array_equal(shift(image, boxes, -20, 0)[1], [[0, 20, 20, 50]])
    _, moved, keep = shift(image, boxes, -35, 0)  # 5 of 30 columns are left: 1/6
    assert moved.shape == (0, 4) and not keep[0]
    _, moved, keep = shift(image, boxes, -35, 0, 0.15)
    np.testing.assert_array_equal(moved, [[0, 20, 5, 50]])


def test_turning_is_numpys_rot90():
    image = np.arange(2 * 3 * 5).reshape(2, 3, 5)
    np.testing.assert_array_equal(rotate90(image, np.zeros((0, 4)))[0], np.rot90(image))
    np.testing.assert_array_equal(flip(image, np.zeros((0, 4)))[0], image[:, ::-1])


def test_crop_cuts_pixels_and_boxes_alike():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        image, boxes = scene(rng)
        window = (3, 2, 12, 9)
        cut, moved, keep = crop(image, boxes, window, 0.0)
        np.testing.assert_array_equal(cut, image[2:9, 3:12])
        assert len(moved) == keep.sum()
        for before, after in zip(boxes[keep], moved, strict=True):
            both = np.intersect1d(inside(image, before), cut)
            assert len(both) > 0, f"a box without a visible pixel stayed: {after}"
            np.testing.assert_array_equal(inside(cut, after), both)
        for gone in boxes[~keep]:
            assert len(np.intersect1d(inside(image, gone), cut)) == 0


def test_a_box_stays_if_enough_of_it_is_visible():
    image = np.zeros((10, 10))
    boxes = np.array([[0.0, 0.0, 4.0, 4.0], [4.0, 4.0, 8.0, 8.0]])
    # The window starts at x = 3: of the first box one column of four is left.
    for least, kept in ((0.25, 2), (0.26, 1), (0.0, 2)):
        _, moved, keep = crop(image, boxes, (3, 0, 10, 10), least)
        assert keep.sum() == kept == len(moved), f"min_visible {least}"
    np.testing.assert_array_equal(moved, [[0, 0, 1, 4], [1, 4, 5, 8]])
    assert crop(image, boxes, (3, 0, 10, 10))[2].all()  # a quarter is enough unless told otherwise


def test_outside_the_image_is_zero():
    image = np.ones((4, 5, 3), dtype=np.uint8)
    cut, _, _ = crop(image, np.zeros((0, 4)), (-2, 1, 3, 6))
    assert cut.shape == (5, 5, 3) and cut.dtype == np.uint8
    assert cut[:3, 2:].all() and cut.sum() == 3 * 3 * 3
    assert crop(image, np.zeros((0, 4)), (50, 50, 53, 52))[0].shape == (2, 3, 3)


def test_shift_and_back_restores_what_stayed():
    image, boxes = scene(np.random.default_rng(5))
    moved_image, moved, keep = shift(image, boxes, 2, -1, 1.0)
    back, restored, _ = shift(moved_image, moved, -2, 1, 0.0)
    np.testing.assert_array_equal(back[1:, :-2], image[1:, :-2])
    np.testing.assert_array_equal(restored, boxes[keep])
    np.testing.assert_array_equal(shift(np.array([[1, 2, 3]]), np.zeros((0, 4)), -1, 0)[0], [[2, 3, 0]])
    color = np.arange(24).reshape(2, 4, 3)
    np.testing.assert_array_equal(shift(color, np.zeros((0, 4)), 1, 0)[0][:, 1:], color[:, :-1])


def test_the_input_is_not_modified():
    image, boxes = scene(np.random.default_rng(6))
    image_before, boxes_before = image.copy(), boxes.copy()
    for change in (flip, rotate90):
        turned, moved = change(image, boxes)
        turned[:], moved[:] = -1, -1
    cut, moved, _ = shift(image, boxes, 1, 1)
    cut[:], moved[:] = -1, -1
    np.testing.assert_array_equal(image, image_before)
    np.testing.assert_array_equal(boxes, boxes_before)


def test_an_empty_window_is_named():
    for window in ((2, 2, 2, 4), (2, 2, 4, 2)):
        assert "window" in raises(crop, np.zeros((4, 4)), np.zeros((0, 4)), window)
