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


# As in config.json of each model; the attention's matrices as (rows, columns).
CONFIGURATIONS = {
    "Mixtral 8x7B": {
        "hidden_size": 4096,
        "attention": [(32 * 128, 4096), (8 * 128, 4096), (8 * 128, 4096), (4096, 32 * 128)],
        "num_hidden_layers": 32, "moe_intermediate_size": 14336, "num_experts": 8, "num_experts_per_tok": 2,
        "vocab_size": 32000},
    "Qwen3-235B-A22B": {
        "hidden_size": 4096,
        "attention": [(64 * 128, 4096), (4 * 128, 4096), (4 * 128, 4096), (4096, 64 * 128)],
        "num_hidden_layers": 94, "moe_intermediate_size": 1536, "num_experts": 128, "num_experts_per_tok": 8,
        "vocab_size": 151936},
    "DeepSeek-V3": {
        "hidden_size": 7168,
        "attention": [(1536, 7168), (128 * 192, 1536), (576, 7168), (128 * 256, 512), (7168, 128 * 128)],
        "num_hidden_layers": 61, "moe_intermediate_size": 2048, "num_experts": 256, "num_experts_per_tok": 8,
        "vocab_size": 129280, "shared_experts": 1, "first_k_dense_replace": 3, "intermediate_size": 18432},
    "Kimi K2": {
        "hidden_size": 7168,
        "attention": [(1536, 7168), (64 * 192, 1536), (576, 7168), (64 * 256, 512), (7168, 64 * 128)],
        "num_hidden_layers": 61, "moe_intermediate_size": 2048, "num_experts": 384, "num_experts_per_tok": 8,
        "vocab_size": 163840, "shared_experts": 1, "first_k_dense_replace": 1, "intermediate_size": 18432},
}


def test_sizes_are_those_of_the_released_configurations():
    sizes = {name: tuple(sum(map(math.prod, value)) if key == "attention" else value
                         for key, value in configuration.items())
             for name, configuration in CONFIGURATIONS.items()}
    assert {name: released[0] for name, released in _released().items()} == sizes


def test_published_counts_are_those_the_page_compares_with():
    published = {name: released[1:] for name, released in _released().items()}
    assert published == {"Mixtral 8x7B": (47, 13), "Qwen3-235B-A22B": (235, 22), "DeepSeek-V3": (671, 37),
                         "Kimi K2": (1000, 32)}


def test_normalized_top_k_is_a_softmax_over_the_chosen_logits():
    logits = torch.randn(7, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    _, weights, _ = route(logits.numpy(), 3)
    np.testing.assert_allclose(weights, logits.topk(3, dim=1).values.softmax(dim=1).numpy(), atol=1e-12)
