"""The same losses from PyTorch, forward and gradient, and the divergence from SciPy."""

import numpy as np
import torch
from scipy.spatial.distance import jensenshannon
from torch.nn import functional as F

from snippets.generative.gan import discriminator_loss, generator_loss, jensen_shannon, sigmoid


def test_discriminator_loss_is_binary_cross_entropy_with_logits():
    rng = np.random.default_rng(0)
    real, fake = rng.normal(0, 5, 3), rng.normal(0, 5, 7)
    a, b = (torch.tensor(v, requires_grad=True) for v in (real, fake))
    expected = F.binary_cross_entropy_with_logits(a, torch.ones_like(a))
    expected = expected + F.binary_cross_entropy_with_logits(b, torch.zeros_like(b))
    expected.backward()
    loss, grad_real, grad_fake = discriminator_loss(real, fake)
    np.testing.assert_allclose(loss, expected.item(), rtol=1e-12)
    np.testing.assert_allclose(grad_real, a.grad.numpy(), rtol=1e-12)
    np.testing.assert_allclose(grad_fake, b.grad.numpy(), rtol=1e-12)


def test_generator_losses_are_pytorchs():
    fake = np.random.default_rng(1).normal(0, 5, 7)
    for saturating in (False, True):
        x = torch.tensor(fake, requires_grad=True)
        expected = F.logsigmoid(-x).mean() if saturating else -F.logsigmoid(x).mean()
        expected.backward()
        loss, grad = generator_loss(fake, saturating)
        np.testing.assert_allclose(loss, expected.item(), rtol=1e-12)
        np.testing.assert_allclose(grad, x.grad.numpy(), rtol=1e-12)
    np.testing.assert_allclose(sigmoid(fake), torch.sigmoid(torch.tensor(fake)).numpy(), rtol=1e-12)


def test_jensen_shannon_is_the_square_of_scipys_distance():
    rng = np.random.default_rng(2)
    for _ in range(3):
        p, q = rng.dirichlet(np.ones(5)), rng.dirichlet(np.ones(5))
        p[0] = 0.0
        p /= p.sum()
        np.testing.assert_allclose(jensen_shannon(p, q), jensenshannon(p, q) ** 2, rtol=1e-9)
