"""The same numbers as PyTorch and scikit-learn."""

import numpy as np
import pytest
import torch
from sklearn.metrics import log_loss

from snippets.activations_and_losses.cross_entropy import (
    binary_cross_entropy,
    cross_entropy,
    entropy_and_divergence,
)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_classes_match_torch(smoothing, scale):
    generator = torch.Generator().manual_seed(0)
    logits = (torch.randn(7, 5, generator=generator, dtype=torch.float64) * scale).requires_grad_()
    targets = torch.tensor([0, 4, -100, 2, 2, -100, 1])
    loss = torch.nn.functional.cross_entropy(logits, targets, label_smoothing=smoothing)
    loss.backward()
    ours, grad = cross_entropy(logits.detach().numpy(), targets.numpy(), smoothing)
    np.testing.assert_allclose(ours, loss.item(), rtol=1e-12)
    np.testing.assert_allclose(grad, logits.grad, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_binary_matches_torch(scale):
    generator = torch.Generator().manual_seed(1)
    logits = (torch.randn(3, 5, generator=generator, dtype=torch.float64) * scale).requires_grad_()
    targets = torch.rand(3, 5, generator=generator, dtype=torch.float64)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets)
    loss.backward()
    ours, grad = binary_cross_entropy(logits.detach().numpy(), targets.numpy())
    np.testing.assert_allclose(ours, loss.item(), rtol=1e-12)
    np.testing.assert_allclose(grad, logits.grad, rtol=1e-10, atol=1e-15)


def test_matches_scikit_learn():
    rng = np.random.default_rng(2)
    logits, targets = rng.standard_normal((50, 4)), np.tile([0, 1, 2, 3, 1], 10)
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(cross_entropy(logits, targets)[0], log_loss(targets, probs), rtol=1e-10)


def test_divergence_matches_torch():
    p, q = np.random.default_rng(3).dirichlet(np.ones(5), size=2)
    p_torch, q_torch = (torch.distributions.Categorical(torch.from_numpy(x)) for x in (p, q))
    entropy, divergence = entropy_and_divergence(p, q)
    np.testing.assert_allclose(entropy, p_torch.entropy().item(), rtol=1e-10)
    np.testing.assert_allclose(divergence, torch.distributions.kl_divergence(p_torch, q_torch).item(),
                               rtol=1e-10)


def test_indices_and_one_hot_rows_agree_in_torch_and_only_indices_can_be_ignored():
    logits = torch.randn(5, 3, generator=torch.Generator().manual_seed(4))
    targets = torch.tensor([0, 1, 2, 2, 0])
    one_hot = torch.nn.functional.one_hot(targets, 3).float()
    loss = torch.nn.functional.cross_entropy
    torch.testing.assert_close(loss(logits, targets), loss(logits, one_hot))
    assert loss(logits, torch.full((5,), -100)).isnan()  # 0 / 0


def test_torch_binary_loss_of_probabilities_clamps_the_logarithm_at_100():
    prob = torch.tensor([1e-60], dtype=torch.float64)
    assert torch.nn.functional.binary_cross_entropy(prob, torch.ones(1, dtype=torch.float64)).item() == 100.0


def test_a_class_out_of_range_is_named_with_the_range():
    for wrong in (3, -1):
        with pytest.raises(ValueError, match=f"^targets must be 0 to 2, got {wrong}$"):
            cross_entropy(np.zeros((2, 3)), np.array([0, wrong]))
