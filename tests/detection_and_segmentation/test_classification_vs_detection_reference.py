"""The same heads from PyTorch, and the sizes on the page."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from snippets.detection_and_segmentation.classification_vs_detection import classify, score_map


def test_both_heads_by_torch():
    rng = np.random.default_rng(0)
    features, weight, bias = rng.normal(size=(7, 3, 5)), rng.normal(size=(4, 7)), rng.normal(size=4)
    x, w, b = (torch.tensor(a) for a in (features, weight, bias))
    pooled = F.linear(F.adaptive_avg_pool2d(x, 1).flatten(), w, b)
    np.testing.assert_allclose(classify(features, weight, bias), pooled.numpy())
    dense = F.conv2d(x[None], w[:, :, None, None], b)[0]
    np.testing.assert_allclose(score_map(features, weight, bias), dense.numpy())


def test_the_parameters_of_both_heads_on_the_page():
    def size(*layers: nn.Module) -> int:
        return sum(p.numel() for layer in layers for p in layer.parameters())

    assert size(nn.Linear(2048, 1000)) == 2_049_000
    tower = [nn.Conv2d(256, 256, 3) for _ in range(4)]
    class_head, box_head = nn.Conv2d(256, 9 * 80, 3), nn.Conv2d(256, 9 * 4, 3)
    assert size(*tower, class_head) == 4_019_920 and size(*tower, box_head) == 2_443_300
    assert 4_019_920 + 2_443_300 == 6_463_220
    assert 113_193 * (80 + 4) == 9_508_212
    assert round(800 * 1333 / 224**2, 2) == 21.25
