"""The same loss and gradient as a version written with PyTorch's cross-entropy."""

import numpy as np
import pytest
import torch

from snippets.activations_and_losses.focal_loss import sigmoid_focal_loss, sigmoid_focal_loss_backward


def by_torch(z, y, alpha, gamma):
    """From the fused cross-entropy c: the probability of the target is exp(-c)."""
    c = torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="none")
    loss = (1 - torch.exp(-c)) ** gamma * c
    return loss if alpha < 0 else loss * (alpha * y + (1 - alpha) * (1 - y))


@pytest.mark.parametrize(("alpha", "gamma"), [(0.25, 2.0), (-1, 1.0), (0.75, 5.0), (0.5, 0.0)])
@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_matches_torch(alpha, gamma, scale):
    generator = torch.Generator().manual_seed(0)
    z = (scale * torch.randn(5, 7, generator=generator, dtype=torch.float64)).requires_grad_()
    y = torch.randint(2, (5, 7), generator=generator).double()
    loss = by_torch(z, y, alpha, gamma)
    loss.sum().backward()
    data = z.detach().numpy()
    np.testing.assert_allclose(sigmoid_focal_loss(data, y.numpy(), alpha, gamma), loss.detach(),
                               rtol=1e-8, atol=1e-14)
    np.testing.assert_allclose(sigmoid_focal_loss_backward(data, y.numpy(), alpha, gamma), z.grad,
                               rtol=1e-8, atol=1e-13)
