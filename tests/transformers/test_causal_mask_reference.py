"""The same masks and weights from PyTorch, and what PyTorch does with an empty row."""

import math

import numpy as np
import pytest
import torch
from torch.nn.attention.bias import causal_lower_right

from snippets.transformers.causal_mask import causal_mask, leak, masked_softmax, padding_mask

sdpa = torch.nn.functional.scaled_dot_product_attention


def draw(*shape, seed=0):
    return torch.tensor(np.random.default_rng(seed).standard_normal(shape))


def test_weights_match_masked_fill_and_softmax():
    for seed in range(4):
        scores = draw(2, 3, 5, seed=seed) * 4
        mask = causal_mask(3, 5) & padding_mask(np.array([4, 3]), 5)
        expected = scores.masked_fill(~torch.tensor(mask), -math.inf).softmax(-1)
        np.testing.assert_allclose(masked_softmax(scores.numpy(), mask), expected.numpy(), atol=1e-14)


def test_torch_s_is_causal_counts_from_the_first_key():
    q, k, v = draw(1, 1, 2, 4), draw(1, 1, 5, 4, seed=1), draw(1, 1, 5, 4, seed=2)
    first = sdpa(q, k, v, is_causal=True)
    torch.testing.assert_close(first[..., 0, :], v[..., 0, :])  # the first query sees one key only
    ours = sdpa(q, k, v, attn_mask=torch.tensor(causal_mask(2, 5)))
    torch.testing.assert_close(sdpa(q, k, v, attn_mask=causal_lower_right(2, 5)), ours)
    assert (ours - first).abs().max() > 0.1


def test_an_empty_row_is_zero_in_one_function_and_nan_in_another():
    x = draw(1, 3, 4)
    mask = causal_mask(3) & padding_mask(np.array([2]), 3, "left")[0]
    assert not sdpa(x, x, x, attn_mask=torch.tensor(mask))[0, 0].any()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        layer = torch.nn.MultiheadAttention(4, 2, batch_first=True, dtype=torch.float64)
    hidden = torch.tensor(~mask)  # here True is hidden
    assert layer(x, x, x, attn_mask=hidden)[0][0, 0].isnan().all()  # need_weights=True, the default
    torch.testing.assert_close(layer(x, x, x, attn_mask=hidden, need_weights=False)[0][0, 0],
                               layer.out_proj.bias)


def test_one_nan_row_that_the_loss_ignores_spoils_every_gradient():
    x = draw(3, 4).requires_grad_()
    mask = torch.tensor(causal_mask(3))
    mask[0] = False
    out = (x @ x.T).masked_fill(~mask, -math.inf).softmax(-1) @ x
    assert out[1:].isfinite().all()
    out[1:].sum().backward()
    assert x.grad.isnan().all()


def test_nan_reaches_every_value_and_with_an_added_mask_every_key():
    mask = torch.tensor(causal_mask(3))
    mask[0] = False
    for added in (False, True):
        q, k, v = (draw(3, 4, seed=seed).requires_grad_() for seed in range(3))
        scores = q @ k.T
        if added:
            scores = scores + torch.zeros(3, 3, dtype=torch.float64).masked_fill(~mask, -math.inf)
        else:
            scores = scores.masked_fill(~mask, -math.inf)
        (scores.softmax(-1) @ v)[1:].sum().backward()
        assert v.grad.isnan().all()
        assert k.grad.isnan().all() if added else k.grad.isfinite().all()
        assert q.grad[1:].isfinite().all()


def test_float16_has_no_minus_a_billion():
    assert torch.finfo(torch.float16).max == 65504
    with pytest.raises(RuntimeError, match="overflow"):
        torch.zeros(2, dtype=torch.float16).masked_fill(torch.tensor([True, False]), -1e9)
    assert torch.tensor(-1e9).half().item() == -math.inf
    low = torch.tensor(torch.finfo(torch.float16).min, dtype=torch.float16)
    assert (low + low).item() == -math.inf and (low - 16).item() == -math.inf
    assert math.isfinite(torch.tensor(-1e9).bfloat16().item())


def test_the_share_that_is_hidden():
    assert abs((1 - causal_mask(1024).mean()) - 1023 / 2048) < 1e-12


def test_nothing_leaks_from_an_empty_batch():
    assert leak(lambda x: x, np.zeros((0, 5, 3)), np.random.default_rng(0)) == 0
