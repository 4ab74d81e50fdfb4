"""Ways to prepare or to score a segmentation that run and are wrong.

Intersection over union over a data set: https://arxiv.org/abs/1411.4038, section 5.
"""

import numpy as np


# --8<-- [start:resize]
def halve_labels_by_averaging(labels):
    """Wrong: class numbers are names; the mean of 0 and 2 is not 1."""
    h, w = labels.shape
    blocks = labels.reshape(h // 2, 2, w // 2, 2)
    return np.rint(blocks.mean(axis=(1, 3))).astype(np.int64)  # must be nearest


def halve_labels(labels):
    """Right: take one of the pixels, never mix them."""
    return labels[::2, ::2]
# --8<-- [end:resize]


# --8<-- [start:per_image]
def mean_of_image_ious(targets, predictions, class_index):
    """Wrong as the data set's IoU: a small object weighs as much as a large one."""
    ious = []
    for target, prediction in zip(targets, predictions, strict=True):
        true, found = target == class_index, prediction == class_index
        union = (true | found).sum()
        if union:
            ious.append((true & found).sum() / union)  # must be summed first
    return np.mean(ious)
# --8<-- [end:per_image]


# --8<-- [start:absent]
def mean_iou_with_absent_classes(confusion):
    """Wrong: a class that nowhere occurs counts as an IoU of 0."""
    correct = np.diag(confusion)
    union = confusion.sum(axis=0) + confusion.sum(axis=1) - correct
    return np.mean(correct / np.maximum(union, 1))  # must leave union == 0 out
# --8<-- [end:absent]
