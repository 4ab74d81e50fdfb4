"""Cross-attention and masks against PyTorch's scaled_dot_product_attention."""

import numpy as np
import torch

from snippets.transformers.encoder_vs_decoder import cross_attention, mask_tokens, visible


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


class Draws:
    """A source of randomness that gives the numbers it was given."""

    def __init__(self, *rows):
        self.rows = list(rows)

    def random(self, shape):
        return np.array(self.rows.pop(0)).reshape(shape)

    def integers(self, low, high, shape):
        return np.full(shape, 7)


def test_draws_at_the_limits_count_above_them_so_the_shares_are_exact():
    chosen, kind = [0.15, 0.1, 0.1, 0.1, 0.0], [0.0, 0.8, 0.9, 0.79, 0.89]
    inputs, targets = mask_tokens(np.arange(1, 6), 50, 10, Draws(chosen, kind))
    assert inputs.tolist() == [1, 7, 3, 50, 7]
    assert targets.tolist() == [-100, 2, 3, 4, 5]
