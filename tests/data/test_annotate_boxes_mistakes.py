"""The wrong agreement is blind to boxes that only one annotator drew."""

import numpy as np

from snippets.data.annotate_boxes import agreement, box_iou
from snippets.data.annotate_boxes_mistakes import mean_best_iou


def test_five_invented_boxes_cost_nothing():
    first = np.array([[0, 0, 10, 10], [20, 0, 30, 10.0]])
    invented = np.array([[100, 10 * k, 108, 10 * k + 9] for k in range(5)], dtype=float)
    second = np.concatenate([first, invented])
    assert mean_best_iou(box_iou(first, second)) == 1.0
    found, _, _ = agreement(first, np.zeros(2), second, np.zeros(7))
    assert found == 4 / 9  # 2 pairs among 2 + 7 boxes


def test_one_box_around_two_chairs_is_counted_twice():
    chairs = np.array([[0, 0, 10, 10], [1, 0, 11, 10.0]])
    both = np.array([[0, 0, 11, 10.0]])
    assert mean_best_iou(box_iou(chairs, both)) > 0.9
    found, _, _ = agreement(chairs, np.zeros(2), both, np.zeros(1))
    assert found == 2 / 3
