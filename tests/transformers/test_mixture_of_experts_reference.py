"""The same layer in PyTorch: outputs, and gradients through router and balancing loss."""

import math

import numpy as np
import pytest
import torch

from snippets.transformers.mixture_of_experts import (
    _released,
    load_balancing_loss,
    mixture_of_experts,
    route,
    router_gradient,
    total_and_active,
)


@pytest.mark.parametrize("top_k", [1, 2, 5])
@pytest.mark.parametrize("normalize", [True, False])
def test_outputs_and_gradients_match_torch(top_k, normalize):
    generator = torch.Generator().manual_seed(top_k)
    x, logits, up, down, grad_out = (
        torch.randn(shape, generator=generator, dtype=torch.float64)
        for shape in ((7, 3), (7, 5), (5, 4, 3), (5, 3, 4), (7, 3)))
    logits.requires_grad_(True)
    probs = logits.softmax(dim=1)
    weights, indices = probs.topk(top_k, dim=1)
    if normalize:
        weights = weights / weights.sum(dim=1, keepdim=True)
    everything = torch.einsum("tef,edf->ted", torch.einsum("td,efd->tef", x, up).relu(), down)
    said = everything.gather(1, indices[..., None].expand(-1, -1, 3))
    out = (weights[..., None] * said).sum(1)
    share = torch.nn.functional.one_hot(indices, 5).double().mean((0, 1))
    balance = 5 * (share * probs.mean(0)).sum()

    ours = route(logits.detach().numpy(), top_k, normalize=normalize)
    our_out, our_said = mixture_of_experts(x.numpy(), ours[0], ours[1], up.numpy(), down.numpy())
    np.testing.assert_array_equal(ours[0], indices.numpy())
    np.testing.assert_allclose(our_out, out.detach().numpy(), atol=1e-12)
    grad, = torch.autograd.grad((out * grad_out).sum(), logits, retain_graph=True)
    np.testing.assert_allclose(
        router_gradient(grad_out.numpy(), our_said, *ours, normalize), grad.numpy(), atol=1e-12)
    our_loss, our_grad = load_balancing_loss(ours[2], ours[0])
    grad, = torch.autograd.grad(balance, logits)
    np.testing.assert_allclose(our_loss, balance.item(), rtol=1e-12)
    np.testing.assert_allclose(our_grad, grad.numpy(), atol=1e-12)


def test_arithmetic_of_the_page():
    reached = [256 * (1 - (1 - 8 / 256) ** batch) for batch in (1, 32, 256)]
    assert [round(n) for n in reached] == [8, 163, 256]
    assert (math.comb(8, 2), math.comb(16, 4)) == (28, 1820)
    sizes = _released()["DeepSeek-V3"][0]
    assert round((total_and_active(*sizes)[1] - 129280 * 7168) / 1e9, 1) == 36.6


def test_normalized_top_k_is_a_softmax_over_the_chosen_logits():
    logits = torch.randn(7, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    _, weights, _ = route(logits.numpy(), 3)
    np.testing.assert_allclose(weights, logits.topk(3, dim=1).values.softmax(dim=1).numpy(), atol=1e-12)
