"""The same outputs and gradients from PyTorch's attention; the page's numbers."""

import numpy as np
import torch
import torch.nn.functional as F

from snippets.transformers.kv_cache import MODELS, READ_8B, attention, cache_bytes, decode_intensity


def rotated(x):
    half = x.shape[-1] // 2
    angle = torch.outer(torch.arange(x.shape[-2]).double(), 10_000.0 ** (-torch.arange(half).double() / half))
    turned = torch.complex(x[..., :half], x[..., half:]) * torch.polar(torch.ones_like(angle), angle)
    return torch.cat([turned.real, turned.imag], -1)


def test_attention_matches_torch_in_value_and_in_a_directional_derivative():
    rng = np.random.default_rng(0)
    for batch, length, heads, dim in ((2, 5, 3, 12), (1, 7, 2, 8), (3, 1, 1, 6)):
        x, grad = rng.standard_normal((2, batch, length, dim))
        qkv, out = rng.standard_normal((3 * dim, dim)), rng.standard_normal((dim, dim))
        tensor = torch.tensor(x, requires_grad=True)
        q, k, v = (tensor @ torch.tensor(qkv).T).view(batch, length, 3, heads, -1).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(rotated(q), rotated(k), v, is_causal=True)
        y = y.transpose(1, 2).flatten(2) @ torch.tensor(out).T
        (y * torch.tensor(grad)).sum().backward()
        ours, _ = attention(x, qkv, out, heads)
        np.testing.assert_allclose(ours, y.detach().numpy(), atol=1e-10)
        way = rng.standard_normal(x.shape)
        two = [np.sum(attention(x + e * way, qkv, out, heads)[0] * grad) for e in (1e-6, -1e-6)]
        np.testing.assert_allclose((two[0] - two[1]) / 2e-6, np.sum(tensor.grad.numpy() * way), rtol=1e-5)


def test_the_page_s_sizes():
    size = {name: cache_bytes(*shape[:3], 1) for name, shape in MODELS.items()}
    assert size == {"LLaMA 7B": 524_288, "Llama 3.1 8B": 131_072, "Llama 3.1 70B": 327_680,
                    "Qwen3-8B": 147_456}
    whole = [round(cache_bytes(*shape) / 1e9, 2) for shape in MODELS.values()]
    assert whole == [1.07, 17.18, 42.95, 6.04]
    assert round(cache_bytes(18, 8, 64, 131_072) / 1e9, 2) == 4.83
    assert round(cache_bytes(18, 8, 64, 128) / 1e6, 1) == 4.7
    assert 61 * 576 * 2 == 70_272 and round(61 * 576 * 2 * 131_072 / 1e9, 2) == 9.21


def test_the_page_s_intensities():
    assert READ_8B == 7_504_924_672 and READ_8B + 128_256 * 4096 == 8_030_261_248
    one = 2 * 32 * 8 * 128
    assert one == 65_536
    table = {0: (1, 16, 64, 256), 1_024: (1.0, 14.5, 42.2, 80.6), 8_192: (1.2, 9.6, 14.8, 17.0),
             131_072: (2.6, 4.6, 4.8, 4.9)}
    for tokens, row in table.items():
        found = [decode_intensity(READ_8B, one * tokens, batch, 4) for batch in (1, 16, 64, 256)]
        np.testing.assert_allclose(found, row, atol=0.05)
    for tokens, most in ((1_024, 115.8), (8_192, 18.0), (131_072, 4.9)):
        assert round(decode_intensity(READ_8B, one * tokens, 10**12, 4), 1) == most
    corner = 989 / 3.35
    assert round(corner) == 295 and round(READ_8B / one / (corner - 4)) == 393
    assert round(2 * READ_8B / 3.35e12 * 1e3, 2) == 4.48
    assert round((80e9 - 2 * 8_030_261_248) / 17.18e9, 1) == 3.7
    assert sum(range(1, 1001)) == 500_500
