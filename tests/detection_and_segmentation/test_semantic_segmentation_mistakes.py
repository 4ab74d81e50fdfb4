"""Each wrong step runs without an error and gives another result than the right one."""

import numpy as np

from snippets.detection_and_segmentation.semantic_segmentation import (
    confusion_matrix,
    iou_per_class,
    mean_iou,
)
from snippets.detection_and_segmentation.semantic_segmentation_mistakes import (
    halve_labels,
    halve_labels_by_averaging,
    mean_iou_with_absent_classes,
    mean_of_image_ious,
)


def test_averaged_labels_invent_a_class_along_the_border_of_two_others():
    labels = np.zeros((4, 6), dtype=np.int64)
    labels[:, 3:] = 2
    np.testing.assert_array_equal(halve_labels_by_averaging(labels)[0], [0, 1, 2])
    np.testing.assert_array_equal(halve_labels(labels)[0], [0, 0, 2])


def test_the_mean_over_images_is_not_the_iou_of_the_data_set():
    targets, predictions = np.zeros((2, 2, 10, 10), dtype=np.int64)
    targets[0, :, :9] = 1  # 90 pixels, found
    predictions[0, :, :9] = 1
    targets[1, 0, 0] = 1  # one pixel, missed
    right = iou_per_class(confusion_matrix(targets, predictions, 2))[1]
    assert mean_of_image_ious(targets, predictions, 1) == 0.5
    assert f"{right:.3f}" == "0.989"
    same = np.stack([targets[0], targets[0]])  # equal images hide it
    assert mean_of_image_ious(same, same, 1) == 1


def test_counting_absent_classes_lowers_a_perfect_score():
    labels = np.array([[0, 0, 1]])
    confusion = confusion_matrix(labels, labels, 4)
    assert mean_iou(confusion) == 1 and mean_iou_with_absent_classes(confusion) == 0.5
