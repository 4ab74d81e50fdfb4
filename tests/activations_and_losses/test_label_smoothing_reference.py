"""The same loss and gradient as PyTorch in float64."""

import numpy as np
import pytest
import torch

from snippets.activations_and_losses.label_smoothing import label_smoothing_loss, smooth_labels


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_matches_torch(share, scale):
    generator = torch.Generator().manual_seed(0)
    logits = (scale * torch.randn(5, 7, generator=generator, dtype=torch.float64)).requires_grad_()
    targets = torch.tensor([0, 6, 3, 3, 1])
    loss = torch.nn.functional.cross_entropy(logits, targets, label_smoothing=share)
    loss.backward()
    ours, grad = label_smoothing_loss(logits.detach().numpy(), targets.numpy(), share)
    np.testing.assert_allclose(ours, loss.item(), rtol=1e-12)
    np.testing.assert_allclose(grad, logits.grad, rtol=1e-10, atol=1e-15)
    rows = torch.from_numpy(smooth_labels(targets.numpy(), 7, share))
    again = torch.nn.functional.cross_entropy(logits, rows)
    np.testing.assert_allclose(again.item(), loss.item(), rtol=1e-12)


def test_a_class_out_of_range_is_named_with_the_range():
    for wrong in (3, -1):
        targets, refused = np.array([0, wrong]), f"^targets must be 0 to 2, got {wrong}$"
        with pytest.raises(ValueError, match=refused):
            smooth_labels(targets, 3)
        with pytest.raises(ValueError, match=refused):
            label_smoothing_loss(np.zeros((2, 3)), targets)
