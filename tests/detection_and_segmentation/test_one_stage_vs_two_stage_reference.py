"""The focal loss and its gradient from PyTorch."""

import numpy as np
import torch
from torch.nn import functional as F

from snippets.detection_and_segmentation.one_stage_vs_two_stage import focal_loss


def test_loss_and_gradient_by_torch():
    rng = np.random.default_rng(0)
    logits, targets = rng.normal(0, 4, 300), rng.integers(0, 2, 300)
    for gamma, alpha in [(0.0, 0.5), (1.0, 0.25), (2.0, 0.25), (3.5, 0.9)]:
        z = torch.tensor(logits, requires_grad=True)
        t = torch.tensor(targets, dtype=torch.float64)
        cross_entropy = F.binary_cross_entropy_with_logits(z, t, reduction="none")
        true_prob = z.sigmoid() * t + (1 - z.sigmoid()) * (1 - t)
        weight = alpha * t + (1 - alpha) * (1 - t)
        expected = weight * (1 - true_prob) ** gamma * cross_entropy
        expected.sum().backward()
        loss, grad = focal_loss(logits, targets, gamma, alpha)
        np.testing.assert_allclose(loss, expected.detach().numpy(), atol=1e-12)
        np.testing.assert_allclose(grad, z.grad.numpy(), atol=1e-12)
