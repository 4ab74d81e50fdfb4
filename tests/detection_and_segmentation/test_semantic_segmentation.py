"""What the scores and the fields of view promise. NumPy and plain asserts only."""

import numpy as np

from snippets.detection_and_segmentation.semantic_segmentation import (
    confusion_matrix,
    iou_per_class,
    mean_iou,
    pixel_accuracy,
    receptive_field,
    taps_inside,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def labels(seed: int, classes: int = 4, shape=(2, 5, 7)) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, classes, shape)


def test_the_matrix_counts_true_against_predicted():
    targets, predictions = np.array([[0, 0, 1], [2, 2, 2]]), np.array([[0, 1, 1], [2, 0, 2]])
    confusion = confusion_matrix(targets, predictions, 3)
    np.testing.assert_array_equal(confusion, [[1, 1, 0], [0, 1, 0], [1, 0, 2]])
    assert confusion.dtype == np.int64
    np.testing.assert_allclose(iou_per_class(confusion), [1 / 3, 1 / 2, 2 / 3])
    assert abs(mean_iou(confusion) - 0.5) < 1e-12
    assert abs(pixel_accuracy(confusion) - 4 / 6) < 1e-12


def test_iou_is_intersection_over_union_of_the_masks():
    targets, predictions = labels(0), labels(1)
    found = iou_per_class(confusion_matrix(targets, predictions, 4))
    for number in range(4):
        true, predicted = targets == number, predictions == number
        np.testing.assert_allclose(found[number], (true & predicted).sum() / (true | predicted).sum())


def test_batches_add_up():
    targets, predictions = labels(2), labels(3)
    parts = sum(confusion_matrix(t, p, 4) for t, p in zip(targets, predictions, strict=True))
    np.testing.assert_array_equal(parts, confusion_matrix(targets, predictions, 4))


def test_one_pixel_found_is_an_iou_of_one():
    np.testing.assert_array_equal(iou_per_class(np.array([[1, 0], [0, 1]])), [1, 1])


def test_ignored_pixels_do_not_count_whatever_was_predicted():
    targets, predictions = labels(4), labels(5)
    targets[0] = 255
    predictions[0, 0] = 77
    np.testing.assert_array_equal(confusion_matrix(targets, predictions, 4),
                                  confusion_matrix(targets[1], predictions[1], 4))
    kept = confusion_matrix(np.array([9, 1]), np.array([0, 1]), 2, 9)
    np.testing.assert_array_equal(kept, [[0, 0], [0, 1]])


def test_an_absent_class_is_left_out_and_a_missed_or_invented_one_is_zero():
    confusion = confusion_matrix(np.array([0, 0, 1]), np.array([0, 0, 2]), 4)
    found = iou_per_class(confusion)
    np.testing.assert_array_equal(found[:3], [1, 0, 0])
    assert np.isnan(found[3]) and abs(mean_iou(confusion) - 1 / 3) < 1e-12
    nothing = np.zeros((3, 3), dtype=np.int64)
    assert raises(mean_iou, nothing) == "confusion counts no pixel"


def test_all_background_scores_ninety_percent_and_finds_nothing():
    targets = np.zeros((10, 10), dtype=np.int64)
    targets[:2, :5] = 1
    confusion = confusion_matrix(targets, np.zeros_like(targets), 2)
    assert pixel_accuracy(confusion) == 0.9 and mean_iou(confusion) == 0.45


def test_dice_is_iou_on_another_scale():
    confusion = confusion_matrix(labels(6), labels(7), 4)
    dice = 2 * np.diag(confusion) / (confusion.sum(axis=0) + confusion.sum(axis=1))
    found = iou_per_class(confusion)
    np.testing.assert_allclose(dice, 2 * found / (1 + found))


def test_one_pixel_off_costs_thin_things_most():
    found = []
    for width in (10, 3, 1):
        strip = np.zeros((10, 40), dtype=np.int64)
        strip[:, 5 : 5 + width] = 1
        shifted = np.roll(strip, 1, axis=1)
        found.append(iou_per_class(confusion_matrix(strip, shifted, 2))[1])
    np.testing.assert_allclose(found, [9 / 11, 2 / 4, 0])


def test_the_receptive_field_is_what_an_output_depends_on():
    def depends_on(layers) -> int:
        """Push a range of pixels back through the layers."""
        low = high = 0
        for kernel, stride, dilation in reversed(layers):
            low, high = low * stride, high * stride + (kernel - 1) * dilation
        return high - low + 1

    for layers in ([(3, 1, 1)] * 3, [(3, 1, 1), (3, 1, 2), (3, 1, 4)], [(7, 2, 1), (3, 2, 1), (3, 1, 5)],
                   [(2, 2, 1), (1, 1, 1), (5, 3, 2), (3, 1, 1)], []):
        assert receptive_field(layers) == depends_on(layers)
    assert receptive_field([(3, 1, 1)] * 3) == 7
    assert receptive_field([(3, 1, 1), (3, 1, 2), (3, 1, 4)]) == 15
    vgg = []
    for convolutions in (2, 2, 3, 3, 3):
        vgg += [(3, 1, 1)] * convolutions + [(2, 2, 1)]
    assert receptive_field(vgg[:-1]) == 196 and receptive_field(vgg) == 212


def test_taps_are_counted_on_the_map():
    for size, rate in ((5, 1), (7, 3), (6, 6), (4, 9), (65, 36)):
        inside = [[0 <= p + rate * k < size for k in (-1, 0, 1)] for p in range(size)]
        one = np.sum(inside) / size
        np.testing.assert_allclose(taps_inside(size, rate), one**2)
    assert [round(taps_inside(65, rate), 1) for rate in (12, 24, 36, 65)] == [6.9, 5.1, 3.6, 1.0]
    assert 2 * 36 >= 65  # no position of the map meets all three taps of a row


def test_bad_input_is_named():
    assert "predictions" in raises(confusion_matrix, labels(0), labels(0)[0], 4)
    message = raises(confusion_matrix, labels(0), labels(0) * 0, 3)
    assert "targets" in message and "3" in message
    message = raises(confusion_matrix, labels(0) * 0, labels(0), 3)
    assert "predictions" in message and "3" in message
    assert "targets" in raises(confusion_matrix, np.array([-1]), np.array([0]), 3)
    # scores would be cut to whole numbers without a word
    scores, refused = np.array([0.2, 1.7]), "must be integers, got float64"
    assert raises(confusion_matrix, np.array([0, 1]), scores, 2) == f"predictions {refused}"
    assert raises(confusion_matrix, scores, np.array([0, 1]), 2) == f"targets {refused}"
    masks = confusion_matrix(np.array([True, False]), np.array([True, True]), 2)
    np.testing.assert_array_equal(masks, [[0, 1], [0, 1]])


def test_small_integers_do_not_overflow():
    targets = np.full((3, 4), 200, dtype=np.uint8)
    confusion = confusion_matrix(targets, targets, 201)
    assert confusion[200, 200] == 12 and confusion.sum() == 12
    unsigned = confusion_matrix(targets, targets.astype(np.uint64), 201)
    assert unsigned.dtype == np.int64 and unsigned[200, 200] == 12
    assert not confusion_matrix(targets[:0], targets[:0], 2).any()
