"""The wrong versions fail in the way the page says."""

import numpy as np

from snippets.detection_and_segmentation.detect_single_instances import decode_slots, paired_giou
from snippets.detection_and_segmentation.detect_single_instances_mistakes import (
    wrong_best_slots,
    wrong_corners,
    wrong_iou_loss,
)


def test_slots_in_random_order_learn_a_box_between_the_two_objects():
    first, second = np.array([0.0, 0, 10, 10]), np.array([30.0, 20, 40, 30])
    slots = wrong_best_slots(first, second)
    np.testing.assert_array_equal(slots, [[15, 10, 25, 20]] * 2)
    for target in (first, second):
        assert (paired_giou(slots, target)[0] == 0).all()  # neither object is touched

    def error(prediction):  # both orders are equally frequent
        return sum(((prediction - np.stack(order)) ** 2).sum()
                   for order in ((first, second), (second, first)))

    assert error(slots) < error(np.stack([first, second]))  # it is the optimum all the same
    rng = np.random.default_rng(0)
    assert all(error(slots) < error(slots + rng.normal(size=(2, 4))) for _ in range(20))


def test_iou_alone_is_flat_where_the_boxes_do_not_touch():
    target = np.array([0.0, 0, 10, 10])
    near, far = np.array([11.0, 0, 21, 10]), np.array([40.0, 0, 50, 10])
    assert wrong_iou_loss(near, target) == wrong_iou_loss(far, target) == 1
    assert paired_giou(near, target)[1] > paired_giou(far, target)[1]
    assert wrong_iou_loss(target + 1, target) < 1


def test_free_corners_cross():
    raw = np.array([2.0, 0, -2, 1])
    x1, _, x2, _ = wrong_corners(raw, 48)
    assert x1 > x2
    right = decode_slots(raw[None, None], 48, 48)[0, 0]
    assert right[0] < right[2] and right[1] < right[3]
