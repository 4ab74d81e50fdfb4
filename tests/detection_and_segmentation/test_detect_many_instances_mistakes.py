"""The wrong versions fail in the way the page says."""

import numpy as np

from snippets.detection_and_segmentation.detect_many_instances import (
    average_precision,
    box_iou,
    focal_loss,
    mean_average_precision,
    suppress,
)
from snippets.detection_and_segmentation.detect_many_instances_mistakes import (
    wrong_hits,
    wrong_normalizer,
    wrong_suppress,
)


def test_suppression_across_classes_loses_the_second_class():
    boxes = np.array([[0.0, 0, 10, 10], [0, 0, 10, 8]])  # horse and rider, IoU 0.8
    scores, labels = np.array([0.9, 0.8]), np.array([0, 1])
    assert wrong_suppress(box_iou(boxes, boxes), scores) == [0]
    assert suppress(boxes, scores, labels).tolist() == [0, 1]


def test_counting_duplicates_as_hits_rewards_them():
    truth = [(np.array([[0.0, 0, 10, 10], [20, 0, 30, 10]]), np.array([0, 0]))]
    boxes = np.array([[0.0, 0, 10, 10], [0, 0, 10, 9], [0, 0, 10, 8]])
    scores = np.array([0.9, 0.8, 0.7])
    hits = wrong_hits(box_iou(boxes, truth[0][0]), 0.5)
    assert hits.sum() == 3 > len(truth[0][0])  # recall 1.5
    assert average_precision(scores, hits, 2) == 1.0
    right = mean_average_precision([(boxes, scores, np.zeros(3, dtype=int))], truth, 1, (0.5,))
    np.testing.assert_allclose(right, 51 / 101)


def test_with_the_mean_over_cells_a_finer_map_makes_an_object_cheaper():
    def gradient_of_one_object(cells, normalizer):
        targets = np.zeros(cells)
        targets[0] = 1
        loss, grad = focal_loss(np.zeros(cells), targets)
        assert np.isclose(wrong_normalizer(loss, targets), loss.sum() / cells)
        return grad[0] / normalizer(targets)

    coarse, fine = (gradient_of_one_object(cells, len) for cells in (256, 4096))
    np.testing.assert_allclose(fine, coarse / 16)
    coarse, fine = (gradient_of_one_object(cells, np.sum) for cells in (256, 4096))
    np.testing.assert_allclose(fine, coarse)
