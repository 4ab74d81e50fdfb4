"""Each mistake of the page, failing."""

import numpy as np

from snippets.detection_and_segmentation.iou_and_nms import box_iou
from snippets.detection_and_segmentation.rcnn_family import fast_rcnn_loss, sample_boxes
from snippets.detection_and_segmentation.rcnn_family_mistakes import (
    box_loss_with_background,
    boxes_of_class,
    candidates,
)


def test_background_pulls_the_boxes_towards_whatever_the_target_array_holds():
    labels = np.repeat([1, 0], [16, 48])
    offsets = np.full((64, 2, 4), 0.5)  # right for the objects
    targets = np.where(labels[:, None] > 0, 0.5, 0.0)  # the rest was never filled in
    right = fast_rcnn_loss(np.zeros((64, 2)), offsets, labels, targets * np.ones((64, 4)))[1]
    wrong = box_loss_with_background(offsets[:, 1], targets * np.ones((64, 4)))
    assert right == 0 and wrong == 48 * 4 * 0.125 / 64 == 0.375


def test_the_wrong_columns_belong_to_other_classes():
    offsets = np.arange(2 * 12.0).reshape(2, 12)  # two proposals, three classes
    labels = np.array([2, 0])
    right = offsets.reshape(2, 3, 4)[np.arange(2), labels]
    assert right.tolist() == [[8, 9, 10, 11], [12, 13, 14, 15]]
    assert boxes_of_class(offsets, labels).tolist() == [[2, 3, 4, 5], [12, 13, 14, 15]]


def test_early_proposals_give_no_positive_and_the_true_boxes_do():
    rng = np.random.default_rng(0)
    objects = np.array([[100.0, 100, 180, 160], [300, 200, 340, 330]])
    corner, size = rng.uniform(0, 400, (200, 2)), rng.uniform(100, 300, (200, 2))
    proposals = np.concatenate([corner, corner + size], axis=1)
    counts = []
    for boxes in (candidates(proposals, objects), np.concatenate([proposals, objects])):
        iou = box_iou(boxes, objects)
        _, labels = sample_boxes(iou.max(axis=1), iou.argmax(axis=1) + 1, rng)
        counts.append(int((labels > 0).sum()))
    assert counts == [0, 2]
