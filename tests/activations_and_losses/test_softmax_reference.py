"""The same numbers as PyTorch, forward and backward."""

import numpy as np
import pytest
import torch

from snippets.activations_and_losses.softmax import log_softmax, softmax, softmax_backward


@pytest.mark.parametrize("scale", [1.0, 30.0, 1e4])
def test_forward_matches_torch(scale):
    logits = torch.randn(2, 3, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * scale
    np.testing.assert_allclose(softmax(logits.numpy()), torch.softmax(logits, -1), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(log_softmax(logits.numpy()), torch.log_softmax(logits, -1), rtol=1e-12)
    np.testing.assert_allclose(softmax(logits.numpy(), 2.5), torch.softmax(logits / 2.5, -1),
                               rtol=1e-10, atol=1e-300)


def test_backward_matches_torch():
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(3, 7, generator=generator, dtype=torch.float64, requires_grad=True)
    grad_probs = torch.randn(3, 7, generator=generator, dtype=torch.float64)
    probs = torch.softmax(logits, -1)
    probs.backward(grad_probs)
    np.testing.assert_allclose(softmax_backward(probs.detach().numpy(), grad_probs.numpy()),
                               logits.grad, rtol=1e-12)


def test_torch_gives_nan_for_a_row_that_is_masked_completely():
    assert torch.softmax(torch.full((3,), -torch.inf), -1).isnan().all()


def test_cross_entropy_of_probabilities_applies_softmax_twice():
    certain = torch.eye(10)[:1]
    loss = torch.nn.functional.cross_entropy(certain, torch.tensor([0]))
    assert abs(loss.item() - 1.461) < 5e-4
