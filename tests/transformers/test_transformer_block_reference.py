"""The same outputs from torch.nn.TransformerEncoderLayer, norms with gradients, and the counts."""

import numpy as np
import torch

from snippets.transformers.transformer_block import (
    layer_norm,
    layer_norm_backward,
    rms_norm,
    transformer_block,
)


def test_the_block_matches_torch():
    cases = [(2, 5, 6, 3, 7), (3, 4, 8, 2, 32), (1, 7, 10, 1, 5)]
    for seed, (n, t, d, heads, hidden) in enumerate(cases):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            layer = torch.nn.TransformerEncoderLayer(d, heads, hidden, dropout=0.0, batch_first=True,
                                                     norm_first=True, dtype=torch.float64)
            for parameter in layer.parameters():
                torch.nn.init.normal_(parameter)
        p = {key: value.numpy() for key, value in layer.state_dict().items()}
        x = np.random.default_rng(seed).standard_normal((n, t, d))
        for mask in (None, np.tri(t, dtype=bool)):
            expected = layer(torch.tensor(x), src_mask=None if mask is None else torch.tensor(~mask))
            ours = transformer_block(x, heads, p, mask)
            np.testing.assert_allclose(ours, expected.detach().numpy(), atol=1e-10)


def test_norms_and_their_gradients_match_torch():
    for seed in range(3):
        rng = np.random.default_rng(seed)
        x, weight, bias, grad = (rng.standard_normal(shape) for shape in ((2, 3, 5), 5, 5, (2, 3, 5)))
        tensors = [torch.tensor(one, requires_grad=True) for one in (x, weight, bias)]
        out = torch.nn.functional.layer_norm(tensors[0], (5,), *tensors[1:])
        (out * torch.tensor(grad)).sum().backward()
        np.testing.assert_allclose(layer_norm(x, weight, bias), out.detach().numpy(), atol=1e-12)
        for ours, tensor in zip(layer_norm_backward(x, weight, grad), tensors, strict=True):
            np.testing.assert_allclose(ours, tensor.grad.numpy(), atol=1e-12)
        expected = torch.nn.functional.rms_norm(torch.tensor(x), (5,), torch.tensor(weight), eps=1e-5)
        np.testing.assert_allclose(rms_norm(x, weight), expected.numpy(), atol=1e-12)


def test_the_page_s_counts():
    layer = torch.nn.TransformerEncoderLayer(768, 12, 4 * 768)
    block = sum(p.numel() for p in layer.parameters())
    assert block == 12 * 768**2 + 13 * 768 == 7_087_872
    assert 12 * block + (50257 + 1024) * 768 + 2 * 768 == 124_439_808  # GPT-2 small
    for d, t, operations, share in ((768, 1024, 17.3e6, 0.18), (4096, 8192, 537e6, 0.25),
                                    (4096, 131072, 2550e6, 0.84)):
        total = 24 * d * d + 4 * t * d
        assert abs(total / operations - 1) < 0.005 and round(4 * t * d / total, 2) == share
