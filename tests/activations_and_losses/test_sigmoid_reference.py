"""The same numbers from PyTorch."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from snippets.activations_and_losses.sigmoid import (
    bce_with_logits,
    mean_and_loss,
    sigmoid,
    sigmoid_slope,
    tanh_from_sigmoid,
)

Z = np.linspace(-40, 40, 161)


def test_values_and_slopes_match_torch():
    for ours, slope, function in ((sigmoid(Z), sigmoid_slope(Z), torch.sigmoid),
                                  (tanh_from_sigmoid(Z), 4 * sigmoid_slope(2 * Z), torch.tanh)):
        z = torch.tensor(Z, requires_grad=True)
        theirs = function(z)
        theirs.sum().backward()
        np.testing.assert_allclose(ours, theirs.detach().numpy(), atol=1e-15)
        np.testing.assert_allclose(slope, z.grad.numpy(), atol=1e-15)


def test_loss_and_gradient_match_torch():
    rng = np.random.default_rng(0)
    data = rng.standard_normal((5, 3)) * 20
    targets = rng.uniform(0, 1, (5, 3))
    logits = torch.tensor(data, requires_grad=True)
    theirs = F.binary_cross_entropy_with_logits(logits, torch.tensor(targets))
    theirs.backward()
    loss, grad = bce_with_logits(data, targets)
    np.testing.assert_allclose(loss, theirs.item(), rtol=1e-12)
    np.testing.assert_allclose(grad, logits.grad.numpy(), atol=1e-15)


@pytest.mark.parametrize(("family", "theirs"), [
    ("bernoulli", lambda z, t: F.binary_cross_entropy_with_logits(z, t, reduction="none")),
    ("gaussian", lambda z, t: F.mse_loss(z, t, reduction="none") / 2 - t**2 / 2),
    ("poisson", lambda z, t: F.poisson_nll_loss(z, t, log_input=True, reduction="none")),
])
def test_families_match_torch(family, theirs):
    rng = np.random.default_rng(1)
    data, targets = rng.standard_normal((5, 3)), rng.integers(0, 2, (5, 3)).astype(float)
    z = torch.tensor(data, requires_grad=True)
    loss = theirs(z, torch.tensor(targets))
    loss.sum().backward()
    _, ours, grad = mean_and_loss(data, targets, family)
    np.testing.assert_allclose(ours, loss.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(grad, z.grad.numpy(), atol=1e-12)


def test_bce_on_probabilities_gives_100_and_no_gradient_to_the_worst_mistake():
    logits = torch.tensor([18.0], requires_grad=True)  # float32, target 0
    loss = F.binary_cross_entropy(torch.sigmoid(logits), torch.zeros(1))
    loss.backward()
    assert loss.item() == 100.0 and logits.grad.item() == 0.0
    fused = torch.tensor([18.0], requires_grad=True)
    loss = F.binary_cross_entropy_with_logits(fused, torch.zeros(1))
    loss.backward()
    np.testing.assert_allclose([loss.item(), fused.grad.item()], [18.0, 1.0], rtol=1e-6)
