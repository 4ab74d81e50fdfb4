"""The same numbers from scikit-learn and SciPy."""

import numpy as np
import pytest
from scipy import ndimage
from sklearn.metrics import confusion_matrix, jaccard_score

from snippets.data.annotate_semantic_masks import (
    away_from_boundary,
    boundary_iou,
    class_iou,
    confusion,
    erode,
)


def blobs(seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=(40, 53))
    smooth = ndimage.gaussian_filter(noise, 3)
    return np.digitize(smooth, np.quantile(smooth, [0.3, 0.6]))


def test_confusion_and_iou_as_in_scikit_learn():
    first, second = blobs(0), blobs(1)
    theirs = confusion_matrix(first.ravel(), second.ravel(), labels=[0, 1, 2])
    ours = confusion(first, second, 3)
    np.testing.assert_array_equal(ours, theirs)
    scores = jaccard_score(first.ravel(), second.ravel(), average=None)
    np.testing.assert_allclose(class_iou(ours), scores)


def test_erosion_as_in_scipy():
    mask = blobs(2) > 0
    for steps in [1, 2, 4]:
        theirs = ndimage.binary_erosion(mask, np.ones((3, 3)), iterations=steps)
        np.testing.assert_array_equal(erode(mask, steps), theirs)


def test_boundary_iou_from_chessboard_distances():
    first, second = blobs(3) > 0, blobs(4) > 0
    for width in [1, 3]:
        bands = []
        for mask in (first, second):
            outside = ndimage.distance_transform_cdt(np.pad(mask, 1), "chessboard")[1:-1, 1:-1]
            bands.append(mask & (outside <= width))
        expected = np.sum(bands[0] & bands[1]) / np.sum(bands[0] | bands[1])
        np.testing.assert_allclose(boundary_iou(first, second, width), expected)


def test_away_from_boundary_is_where_minimum_and_maximum_agree():
    labels = blobs(5)
    for width in [1, 3]:
        low = ndimage.minimum_filter(labels, 2 * width + 1, mode="nearest")
        high = ndimage.maximum_filter(labels, 2 * width + 1, mode="nearest")
        np.testing.assert_array_equal(away_from_boundary(labels, width), low == high)


def test_classes_out_of_range_are_named_with_the_range():
    bad, good = np.array([[0, 2, 1], [0, 0, 0]]), np.zeros((2, 3))
    with pytest.raises(ValueError, match=r"^first has classes outside 0 to 1: 0 to 2$"):
        confusion(bad, good, 2)
    with pytest.raises(ValueError, match=r"^second has classes outside 0 to 1: -2 to 0$"):
        confusion(good, -bad, 2)
