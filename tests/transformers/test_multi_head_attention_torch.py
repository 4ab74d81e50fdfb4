"""The module agrees with torch.nn.MultiheadAttention, with and without the causal mask."""

import pytest
import torch

from snippets.transformers.multi_head_attention_torch import MultiHeadAttention


def test_it_computes_what_torch_s_layer_computes():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        theirs = torch.nn.MultiheadAttention(6, 3, batch_first=True, dtype=torch.float64)
        x = torch.randn(2, 5, 6, dtype=torch.float64)
    for causal in (False, True):
        ours = MultiHeadAttention(6, 3, causal).double()
        ours.load_state_dict({"qkv.weight": theirs.in_proj_weight, "qkv.bias": theirs.in_proj_bias,
                              "out.weight": theirs.out_proj.weight, "out.bias": theirs.out_proj.bias})
        hidden = torch.ones(5, 5, dtype=torch.bool).triu(1) if causal else None
        torch.testing.assert_close(ours(x), theirs(x, x, x, attn_mask=hidden)[0])
    assert not MultiHeadAttention(6, 3).causal


def test_heads_that_do_not_divide_are_named():
    with pytest.raises(ValueError, match="num_heads must divide 6, got 4"):
        MultiHeadAttention(6, 4)


def test_view_fails_after_the_transpose():
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        torch.zeros(2, 3, 5, 2).transpose(1, 2).view(2, 5, 6)
