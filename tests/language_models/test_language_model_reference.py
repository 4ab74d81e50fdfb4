"""Losses against PyTorch, sizes against modules, activations against what autograd keeps."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from snippets.language_models.language_model import (
    MODELS,
    token_losses,
    training_flops_per_token,
    transformer_parameters,
)
from snippets.language_models.language_model_torch import Block, LanguageModel


def test_losses_match_torch():
    for seed, scale in ((0, 1.0), (1, 50.0)):
        generator = torch.Generator().manual_seed(seed)
        logits = scale * torch.randn(2, 3, 7, generator=generator, dtype=torch.float64)
        targets = torch.randint(7, (2, 3), generator=generator)
        expected = nn.functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
        ours = token_losses(logits.numpy(), targets.numpy())
        np.testing.assert_allclose(ours, expected.numpy(), atol=1e-12)


@pytest.mark.slow
def test_sizes_match_a_model_without_memory():
    with torch.device("meta"):
        model = LanguageModel(50257, 1024, 768, 12, 12)
    assert sum(p.numel() for p in model.parameters()) == 124_439_808
    assert sum(transformer_parameters(**MODELS["GPT-2 small"]).values()) == 124_439_808
    with torch.device("meta"):  # one block of Llama 3 8B
        parts = [nn.Linear(4096, out, bias=False) for out in (4096, 1024, 1024, 4096, 14336, 14336)]
        parts += [nn.Linear(14336, 4096, bias=False), nn.RMSNorm(4096), nn.RMSNorm(4096)]
    block = sum(p.numel() for part in parts for p in part.parameters())
    assert 32 * block + 2 * 128256 * 4096 + 4096 == 8_030_261_248


def test_operations_match_torch_s_counter():
    N, T, V, D, L = 2, 6, 11, 8, 3
    model = LanguageModel(V, T, D, 2, L)
    # The plain implementation, whose products the counter sees.
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        model(torch.zeros(N, T, dtype=torch.int64)).sum().backward()
    sizes = transformer_parameters(V, D, L, 4 * D, 2, positions=T)
    biases = L * (4 * D + 4 * D + D)
    weights = sizes["attention"] + sizes["feed_forward"] - biases + V * D
    assert counter.get_total_flops() == N * T * training_flops_per_token(weights, L, D, T)


def test_numbers_kept_for_the_backward_pass_of_a_block():
    N, T, D, heads = 2, 64, 32, 4
    block = Block(D, heads)
    x = torch.randn(N, T, D, requires_grad=True)
    kept = {}

    def pack(tensor):
        if not isinstance(tensor, nn.Parameter) and tensor.untyped_storage().data_ptr() not in parameters:
            kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes() / 4
        return tensor

    parameters = {p.untyped_storage().data_ptr() for p in block.parameters()}
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        block(x)
    # Per token: inputs of both norms 2 D, of the four products 1 + 1 + 1 + 4 D, of the GELU 4 D,
    # query, key and value 3 D: 16 D, and a few numbers per row for norms and softmax.
    per_token = sum(kept.values()) / (N * T * D)
    assert 16 <= per_token < 16.5, per_token


def test_parameters_are_counted_in_whole_numbers():
    counted = transformer_parameters(50257, 768, 12, 3072, 12, positions=1024)
    assert all(isinstance(number, int) for number in counted.values())
