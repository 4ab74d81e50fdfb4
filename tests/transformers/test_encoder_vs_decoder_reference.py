"""Cross-attention and masks against PyTorch's scaled_dot_product_attention."""

import numpy as np
import torch

from snippets.transformers.encoder_vs_decoder import cross_attention, visible


def test_cross_attention_matches_torch():
    for seed in range(3):
        generator = torch.Generator().manual_seed(seed)
        x, memory, w_query, w_key, w_value = (
            torch.randn(shape, generator=generator, dtype=torch.float64)
            for shape in ((2, 3, 4), (2, 5, 6), (4, 7), (6, 7), (6, 8)))
        expected = torch.nn.functional.scaled_dot_product_attention(
            x @ w_query, memory @ w_key, memory @ w_value)
        ours = cross_attention(*(a.numpy() for a in (x, memory, w_query, w_key, w_value)))
        np.testing.assert_allclose(ours, expected.numpy(), atol=1e-12)


def test_only_the_encoder_lets_a_gradient_run_back_in_time():
    x = torch.randn(5, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0), requires_grad=True)
    for kind, reaches in (("encoder", True), ("decoder", False), ("prefix", True)):
        mask = torch.from_numpy(visible(kind, 3, 2))
        out = torch.nn.functional.scaled_dot_product_attention(x, x, x, attn_mask=mask)
        grad, = torch.autograd.grad(out[0].sum(), x)
        assert (grad[2].abs().max() > 0).item() == reaches  # a later source token
        assert (grad[4].abs().max() > 0).item() == (kind == "encoder")  # a target token
