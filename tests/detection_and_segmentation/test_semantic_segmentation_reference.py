"""scikit-learn's scores, a dense layer that became a convolution, and gradients that show a field of view."""

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix as sklearn_confusion
from sklearn.metrics import jaccard_score

from snippets.detection_and_segmentation.semantic_segmentation import (
    confusion_matrix,
    iou_per_class,
    mean_iou,
    pixel_accuracy,
    receptive_field,
    taps_inside,
)


def test_scores_match_scikit_learn():
    rng = np.random.default_rng(0)
    targets, predictions = rng.integers(0, 5, (2, 3, 7, 11))
    confusion = confusion_matrix(targets, predictions, 5)
    flat = targets.ravel(), predictions.ravel()
    np.testing.assert_array_equal(confusion, sklearn_confusion(*flat))
    np.testing.assert_allclose(iou_per_class(confusion), jaccard_score(*flat, average=None))
    np.testing.assert_allclose(mean_iou(confusion), jaccard_score(*flat, average="macro"))
    np.testing.assert_allclose(pixel_accuracy(confusion), np.mean(targets == predictions))


def test_a_gradient_reaches_just_the_receptive_field():
    for layers in ([(3, 1, 1), (3, 1, 2), (3, 1, 4)], [(3, 1, 1)] * 3, [(3, 2, 1), (3, 1, 3)]):
        x = torch.zeros(1, 1, 61, requires_grad=True)
        y = x
        for kernel, stride, dilation in layers:
            y = torch.nn.functional.conv1d(y, torch.ones(1, 1, kernel), stride=stride, dilation=dilation)
        y[0, 0, y.shape[2] // 2].backward()
        reached = torch.nonzero(x.grad[0, 0])[:, 0]
        assert reached.max() - reached.min() + 1 == receptive_field(layers)


def test_taps_are_counted_by_a_convolution_of_ones():
    ones, kernel = torch.ones(1, 1, 13, 13), torch.ones(1, 1, 3, 3)
    for rate in (1, 4, 6, 9, 13):
        found = torch.nn.functional.conv2d(ones, kernel, padding=rate, dilation=rate)
        assert abs(found.mean().item() - taps_inside(13, rate)) < 1e-6


def test_a_dense_layer_is_a_convolution_that_slides():
    generator = torch.Generator().manual_seed(1)
    weight = torch.randn(5, 3 * 7 * 7, generator=generator, dtype=torch.float64)
    features = torch.randn(1, 3, 7, 7, generator=generator, dtype=torch.float64)
    dense = features.flatten(1) @ weight.T
    kernel = weight.view(5, 3, 7, 7)
    torch.testing.assert_close(torch.nn.functional.conv2d(features, kernel)[..., 0, 0], dense)
    wide = torch.nn.functional.pad(features, (4, 0, 2, 0))
    sliding = torch.nn.functional.conv2d(wide, kernel)
    assert sliding.shape == (1, 5, 3, 5)
    torch.testing.assert_close(sliding[..., 2, 4], dense)
    assert 7 * 7 * 512 * 4096 == 102_760_448


def test_classes_out_of_range_are_named_with_the_range():
    bad, good = np.array([0, 3, 1]), np.array([0, 1, 2])
    with pytest.raises(ValueError, match=r"^targets must be 0 to 2, got 0 to 3$"):
        confusion_matrix(bad, good, 3)
    with pytest.raises(ValueError, match=r"^predictions must be 0 to 2, got 0 to 3$"):
        confusion_matrix(good, bad, 3)
