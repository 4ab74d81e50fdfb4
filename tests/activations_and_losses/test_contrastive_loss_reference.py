"""The same losses and gradients as PyTorch in float64."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from snippets.activations_and_losses.contrastive_loss import clip_loss, info_nce, triplet_margin_loss


def tensors(seed, count, shape=(5, 7)):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)
            for _ in range(count)]


@pytest.mark.parametrize("margin", [0.2, 3.0])
def test_triplets_match_torch(margin):
    inputs = tensors(0, 3)
    loss = functional.triplet_margin_loss(*inputs, margin=margin)
    loss.backward()
    ours, *grads = triplet_margin_loss(*(x.detach().numpy() for x in inputs), margin)
    np.testing.assert_allclose(ours, loss.item(), rtol=1e-12)
    for grad, x in zip(grads, inputs, strict=True):
        np.testing.assert_allclose(grad, x.grad, atol=1e-12)


@pytest.mark.parametrize("temperature", [0.05, 1.0])
def test_info_nce_matches_torch_s_cross_entropy(temperature):
    q, k = tensors(1, 2)
    loss = functional.cross_entropy(q @ k.T / temperature, torch.arange(5))
    loss.backward()
    ours, *grads = info_nce(q.detach().numpy(), k.detach().numpy(), temperature)
    np.testing.assert_allclose(ours, loss.item(), rtol=1e-12, atol=1e-14)
    for grad, x in zip(grads, (q, k), strict=True):
        np.testing.assert_allclose(grad, x.grad, atol=1e-12)


@pytest.mark.parametrize("seed", [2, 3])
def test_clip_matches_torch(seed):
    image, text = tensors(seed, 2)
    scale = torch.tensor(14.3, dtype=torch.float64, requires_grad=True)
    logits = scale * functional.normalize(image, dim=1) @ functional.normalize(text, dim=1).T
    own = torch.arange(5)
    loss = (functional.cross_entropy(logits, own) + functional.cross_entropy(logits.T, own)) / 2
    loss.backward()
    ours, grad_image, grad_text, grad_scale = clip_loss(image.detach().numpy(), text.detach().numpy(), 14.3)
    np.testing.assert_allclose(ours, loss.item(), rtol=1e-11)
    np.testing.assert_allclose(grad_image, image.grad, atol=1e-12)
    np.testing.assert_allclose(grad_text, text.grad, atol=1e-12)
    np.testing.assert_allclose(grad_scale, scale.grad.item(), rtol=1e-9)
