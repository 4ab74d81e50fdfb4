"""What the agreement of label maps promises. NumPy and plain asserts only."""

import math

import numpy as np

from snippets.data.annotate_semantic_masks import (
    away_from_boundary,
    boundary_iou,
    class_iou,
    confusion,
    erode,
    pixel_agreement,
)


def raises(function, *args, **kwargs) -> str:
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def square(side: int) -> np.ndarray:
    inside = np.abs(np.arange(140) - 69.5) < side / 2
    return inside[:, None] & inside[None, :]


def scene() -> tuple[np.ndarray, np.ndarray]:
    first = np.zeros((40, 60), dtype=np.uint8)
    first[:15] = 1
    first[20:30, 10:30] = 2
    second = first.copy()
    second[19:31, 9:31] = 2
    second[5:15, 45:55] = 255
    second[32:38, 40:50] = 2
    return first, second


def test_confusion_by_hand():
    first = np.array([[0, 0, 1], [2, 2, 255]], dtype=np.uint8)
    second = np.array([[0, 1, 1], [2, 255, 0]], dtype=np.uint8)
    counts = confusion(first, second, 3)
    np.testing.assert_array_equal(counts, [[1, 1, 0], [0, 1, 0], [0, 0, 1]])
    assert counts.dtype == np.int64


def test_swapping_the_annotators_transposes_the_counts():
    first, second = scene()
    counts = confusion(first, second, 3)
    np.testing.assert_array_equal(confusion(second, first, 3), counts.T)
    np.testing.assert_allclose(class_iou(counts), class_iou(counts.T))


def test_void_of_either_annotator_does_not_count():
    first, second = scene()
    counts = confusion(first, second, 3)
    assert counts.sum() == 40 * 60 - 100
    assert np.mean(first == second) == 2176 / 2400  # void counted as one more disagreement
    assert pixel_agreement(counts) == 2176 / 2300


def test_another_void_value_can_be_chosen():
    first = np.array([[0, 1, 7]])
    second = np.array([[0, 7, 1]])
    np.testing.assert_array_equal(confusion(first, second, 2, void=7), [[1, 0], [0, 0]])


def test_class_iou_by_hand_and_nan_for_an_unused_class():
    counts = np.array([[6, 2, 0], [1, 3, 0], [0, 0, 0]])
    iou = class_iou(counts)
    np.testing.assert_allclose(iou[:2], [6 / 9, 3 / 6])
    assert math.isnan(iou[2])
    with np.errstate(invalid="raise"):  # no division of 0 by 0
        assert math.isnan(pixel_agreement(np.zeros((2, 2), dtype=np.int64)))
    np.testing.assert_array_equal(class_iou(np.array([[1, 0], [0, 5]])), [1, 1])  # one pixel is enough


def test_a_wrong_class_stays_when_the_outlines_are_left_out():
    first, second = scene()
    safe = away_from_boundary(first, 2) & away_from_boundary(second, 2)
    inner = confusion(np.where(safe, first, 255), second, 3)
    assert inner[0, 2] == 2 * 6  # the mat of 6 x 10 pixels, two off each side
    assert inner.sum() - np.trace(inner) == 12  # the larger outline of the box is gone
    assert round(pixel_agreement(inner), 4) == 0.9924


def test_erosion_takes_one_layer_from_each_side():
    mask = np.zeros((9, 12), dtype=bool)
    mask[1:8, 2:9] = True
    inner = erode(mask, 2)
    assert inner.sum() == 9 and inner[3:6, 4:7].all()
    np.testing.assert_array_equal(erode(mask, 0), mask)
    assert erode(mask.astype(np.uint8), 0).dtype == bool
    assert not erode(mask, 4).any()


def test_erosion_needs_the_corners_and_counts_the_image_edge():
    mask = np.ones((5, 7), dtype=bool)
    assert erode(mask, 1).sum() == 3 * 5
    mask[0, 0] = False
    assert not erode(mask, 1)[1, 1], "a diagonal neighbor outside removes a pixel too"


def test_boundary_iou_of_squares_is_three_sevenths_at_any_size():
    for side, iou in [(20, 400 / 576), (100, 10000 / 10816)]:
        small, large = square(side), square(side + 4)
        np.testing.assert_allclose(class_iou(confusion(small, large, 2))[1], iou)
        np.testing.assert_allclose(boundary_iou(small, large, 5), 3 / 7)


def test_boundary_iou_is_one_for_equal_masks_and_symmetric():
    small, large = square(20), square(26)
    assert boundary_iou(small, small, 1) == 1.0
    assert boundary_iou(small, large, 4) == boundary_iou(large, small, 4)
    assert boundary_iou(small, large, 2) == 0.0  # outlines 3 px apart, bands of 2 px
    # A band wider than the object is the whole object.
    np.testing.assert_allclose(boundary_iou(small, large, 13), 400 / 676)
    with np.errstate(invalid="raise"):
        assert math.isnan(boundary_iou(np.zeros((4, 4)), np.zeros((4, 4)), 1))


def test_pixels_away_from_a_boundary_by_hand():
    labels = np.zeros((5, 9), dtype=np.int64)
    labels[:, 4:] = 3
    expected = np.ones((5, 9), dtype=bool)
    expected[:, 3:5] = False
    np.testing.assert_array_equal(away_from_boundary(labels, 1), expected)
    expected[:, 2:6] = False
    np.testing.assert_array_equal(away_from_boundary(labels, 2), expected)
    assert away_from_boundary(labels, 0).all()


def test_bad_input_is_named():
    assert "second" in raises(confusion, np.zeros((2, 3)), np.zeros((3, 2)), 2)
    bad = np.array([[0, 2, 1], [0, 0, 0]])  # the first class that is too many
    message = raises(confusion, bad, np.zeros((2, 3)), 2)
    assert "first" in message and "2" in message
    message = raises(confusion, np.zeros((2, 3)), -bad, 2)
    assert "second" in message and "-2" in message
    assert confusion(bad, bad, 5).shape == (5, 5)  # classes that nobody used have their rows
    assert "second" in raises(boundary_iou, np.zeros((2, 3)), np.zeros((3, 2)), 1)
    assert "width" in raises(boundary_iou, np.zeros((2, 3)), np.zeros((2, 3)), 0)
