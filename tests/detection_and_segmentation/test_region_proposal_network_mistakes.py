"""Each mistake fails where the right code does not."""

import numpy as np

from snippets.detection_and_segmentation.region_proposal_network import (
    box_iou,
    encode,
    label_anchors,
    make_anchors,
    rpn_loss,
)
from snippets.detection_and_segmentation.region_proposal_network_mistakes import (
    best_anchors,
    encode_in_pixels,
    flatten_without_transpose,
    labels_by_threshold,
    labels_without_ignored,
)

HEIGHT, WIDTH = 600, 1000
ANCHORS = make_anchors(38, 63)
INSIDE = label_anchors(ANCHORS, np.zeros((0, 4)), HEIGHT, WIDTH)[0] == 0
OBJECT = np.array([[340.0, 180, 660, 420]])
SMALL = np.array([[264.0, 264, 328, 328]])
CORNER = np.array([[0.0, 0, 8, 8]])


def test_without_ignored_good_anchors_are_called_background():
    right, _ = label_anchors(ANCHORS, OBJECT, HEIGHT, WIDTH)
    iou = box_iou(ANCHORS[INSIDE], OBJECT)
    wrong = labels_without_ignored(iou)
    called_background = (wrong == 0) & (right[INSIDE] == -1)
    assert called_background.sum() == 582
    assert abs(iou[called_background].max() - 0.699) < 5e-4
    assert abs(iou[wrong == 1].min() - 0.718) < 5e-4


def test_by_threshold_alone_a_small_object_has_no_positive():
    iou = box_iou(ANCHORS[INSIDE], SMALL)
    assert abs(iou.max() - 0.25) < 1e-12
    assert (labels_by_threshold(iou) == 1).sum() == 0
    assert (labels_by_threshold(iou) == 0).all()  # even its best anchor is taught as background
    assert (label_anchors(ANCHORS, SMALL, HEIGHT, WIDTH)[0] == 1).sum() == 39


def test_ties_at_zero_turn_every_anchor_positive():
    assert best_anchors(box_iou(ANCHORS[INSIDE], CORNER)).sum() == INSIDE.sum() == 8_044
    assert (label_anchors(ANCHORS, CORNER, HEIGHT, WIDTH)[0] == 1).sum() == 0


def test_exact_equality_misses_ties():
    found = best_anchors(box_iou(ANCHORS[INSIDE], SMALL)).sum()
    assert found == 25


def test_pixels_make_the_same_relative_error_cost_more_on_a_large_anchor():
    anchors = np.array([[0.0, 0, 128, 128], [0, 0, 512, 512]])
    boxes = anchors + np.array([[16.0], [64.0]])  # one eighth of a side to the right and down
    right = encode(anchors, boxes)
    np.testing.assert_allclose(right[0], right[1])
    wrong = encode_in_pixels(anchors, boxes)
    np.testing.assert_allclose(wrong, np.repeat([[16.0], [64.0]], 4, axis=1))
    for offsets, expected in zip(wrong, [15.5, 63.5], strict=True):
        _, box, _, _ = rpn_loss(
            np.zeros(1), offsets[None], np.ones(1, np.int8), np.zeros((1, 4)), 1, weight=1.0)
        assert box == 4 * expected  # four coordinates


def test_flattening_without_transposing_mixes_cells():
    num_anchors, height, width = 3, 2, 5
    # Value = 100 * anchor + 10 * coordinate + ..., plus the cell, so each entry names its origin.
    anchor, coordinate, row, column = np.ogrid[:num_anchors, :4, :height, :width]
    values = 1000 * row + 100 * column + 10 * anchor + coordinate
    offsets = values.reshape(4 * num_anchors, height, width)
    right = offsets.reshape(num_anchors, 4, height, width).transpose(2, 3, 0, 1).reshape(-1, 4)
    np.testing.assert_array_equal(right[(1 * width + 3) * num_anchors + 2], [1320, 1321, 1322, 1323])
    wrong = flatten_without_transpose(offsets)
    assert wrong.shape == right.shape
    assert not (wrong == right).all(axis=1).any()
