"""Counts by PyTorch's own counter, windows and gradients by its attention; the page's numbers."""

import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.flop_counter import FlopCounterMode

from snippets.transformers.attention_cost import (
    LLAMA_8B,
    LLAMA_70B,
    _influence,
    _recall,
    layer_flops,
    linear_attention,
    reach,
    sliding_window_attention,
)


def test_the_flops_are_those_that_torch_counts():
    tokens, dim, heads, groups, width, hidden = 11, 24, 6, 2, 4, 40
    x = torch.zeros(tokens, dim)
    with FlopCounterMode(display=False) as counter:
        q = (x @ torch.zeros(dim, heads * width)).view(tokens, heads, width).transpose(0, 1)
        k, v = ((x @ torch.zeros(dim, groups * width)).view(tokens, groups, width).transpose(0, 1)
                .repeat_interleave(heads // groups, 0) for _ in range(2))
        y = torch.bmm(torch.bmm(q, k.mT).softmax(-1), v).transpose(0, 1).reshape(tokens, -1)
        y = y @ torch.zeros(heads * width, dim)
        (F.silu(y @ torch.zeros(dim, hidden)) * (y @ torch.zeros(dim, hidden))) @ torch.zeros(hidden, dim)
    ours = layer_flops(tokens, dim, heads, groups, width, hidden, causal=False)
    assert sum(ours.values()) == counter.get_total_flops()


def test_counts_are_whole_numbers_and_exact():
    tokens = 2**30 + 1  # the sum from 1 to this needs 60 bits, more than a float has
    assert layer_flops(tokens, 1, 1, 1, 1, 1)["attention"] == 4 * (2**30 + 1) * (2**29 + 1)


def test_linear_attention_has_the_widest_type_of_its_inputs():
    inputs = np.random.default_rng(2).standard_normal((3, 5, 4)).astype(np.float32)
    for wide in range(3):
        mixed = [x.astype(np.float64) if i == wide else x for i, x in enumerate(inputs)]
        assert linear_attention(*mixed).dtype == np.float64


def test_the_window_matches_torch_with_a_mask_in_value_and_gradient():
    rng = np.random.default_rng(0)
    for window, length in ((1, 4), (3, 9), (5, 6)):
        q, k, grad, way = rng.standard_normal((4, 2, length, 4))
        distance = torch.arange(length)[:, None] - torch.arange(length)
        tensor = torch.tensor(q, requires_grad=True)
        seen = (distance >= 0) & (distance < window)
        y = F.scaled_dot_product_attention(tensor, torch.tensor(k), torch.tensor(k), attn_mask=seen)
        y.backward(torch.tensor(grad))
        np.testing.assert_allclose(sliding_window_attention(q, k, k, window), y.detach().numpy(), atol=1e-12)
        two = [np.sum(sliding_window_attention(q + e * way, k, k, window) * grad) for e in (1e-6, -1e-6)]
        np.testing.assert_allclose((two[0] - two[1]) / 2e-6, np.sum(tensor.grad.numpy() * way),
                                   rtol=1e-5, atol=1e-8)


def test_linear_attention_matches_torch_s_elu():
    q, k, v = np.random.default_rng(1).standard_normal((3, 3, 8, 4))
    phi = [F.elu(torch.tensor(x)) + 1 for x in (q, k)]
    weights = (phi[0] @ phi[1].mT).tril()
    expected = weights / weights.sum(-1, keepdim=True) @ torch.tensor(v)
    np.testing.assert_allclose(linear_attention(q, k, v), expected.numpy(), atol=1e-12)


def test_the_page_s_shares_and_crossings():
    for shape, shares in ((LLAMA_8B, (3.7, 13.3, 38.1, 71.1)), (LLAMA_70B, (1.9, 7.3, 23.9, 55.7))):
        for tokens, share in zip((2_048, 8_192, 32_768, 131_072), shares, strict=True):
            cost = layer_flops(tokens, **shape)
            assert round(100 * cost["attention"] / sum(cost.values()), 1) == share
    for shape, mlp, every in ((LLAMA_8B, 43_008, 53_248), (LLAMA_70B, 86_016, 104_448)):
        cost = layer_flops(mlp, **shape)
        assert abs(cost["attention"] / cost["mlp"] - 1) < 1e-4
        cost = layer_flops(every, **shape)
        assert abs(cost["attention"] / (cost["mlp"] + cost["projections"]) - 1) < 1e-4
        cost = layer_flops(mlp // 2, **shape, causal=False)
        assert cost["attention"] == cost["mlp"]
    plain = layer_flops(4 * 512, 512, 8, 8, 64, 4 * 512, causal=False, gated=False)
    assert plain["attention"] == plain["mlp"]  # T = 4 D
    plain = layer_flops(6 * 512, 512, 8, 8, 64, 4 * 512, causal=False, gated=False)
    assert plain["attention"] == plain["mlp"] + plain["projections"]  # T = 6 D
    assert round(32 * 8192**2 * 2 / 1e9, 2) == 4.29


def test_the_page_s_influence():
    share = np.cumsum(_influence(32, 4096))
    assert len(share) == reach(32, 4096) == 131_041 and abs(share[-1] - 1) < 1e-9
    assert [round(int(np.searchsorted(share, p)), -3) for p in (0.5, 0.99, 0.999)] == [33_000, 51_000, 57_000]
    share = np.cumsum(_influence(32, 4096, 0.0))
    assert round(int(np.searchsorted(share, 0.999)), -3) == 86_000
    one = np.array([0.5 + 0.5 / 3, 0.5 / 3, 0.5 / 3])
    np.testing.assert_allclose(_influence(2, 3), np.convolve(one, one), atol=1e-12)


def test_the_page_s_variance_of_random_features():
    # Positive features: exp(w q - q^2 / 2) exp(w k - k^2 / 2), w normal; for q = k of squared norm s
    # the relative variance is exp(4 s) - 1.
    q = np.array([0.3, -0.2, 0.4])
    w = np.random.default_rng(0).standard_normal((400_000, 3))
    one = np.exp(w @ q - q @ q / 2) ** 2
    exact = np.exp(q @ q)
    assert abs(one.mean() / exact - 1) < 5 * np.sqrt(np.expm1(4 * q @ q) / len(w))
    assert abs(one.var() / exact**2 / np.expm1(4 * q @ q) - 1) < 0.05
    assert [f"{np.expm1(4 * s):.0f}" for s in (1, 2)] == ["54", "2980"]
    assert f"{np.expm1(4 * np.sqrt(32)):.1e}" == "6.7e+09"


def test_the_page_s_recall():
    table = {"softmax": (100, 100, 100, 94), "product": (100, 100, 84, 17), "elu": (54, 9, 2, 0)}
    for kind, row in table.items():
        for pairs, expected in zip((4, 16, 64, 256), row, strict=True):
            found = np.mean([_recall(pairs, kind, np.random.default_rng(seed)) for seed in range(20)])
            assert abs(100 * found - expected) < 0.6, (kind, pairs, found)
