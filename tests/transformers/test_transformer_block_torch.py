"""The decoder block: its count, its causality, and the parts it is made of."""

import torch

from snippets.transformers.transformer_block_torch import Block


def make(width=6, heads=3, hidden=16):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        block = Block(width, heads, hidden).double()
        for norm in (block.norm1, block.norm2):  # different gains, so that neither stands for the other
            torch.nn.init.normal_(norm.weight)
        return block, torch.randn(2, 5, width, dtype=torch.float64)


def test_three_matrices_of_8_thirds_d_are_as_many_parameters_as_two_of_4_d():
    block, _ = make(width=6, heads=3, hidden=16)
    assert sum(p.numel() for p in block.parameters()) == 12 * 6**2 + 2 * 6


def test_no_output_depends_on_a_later_input():
    block, x = make()
    jacobian = torch.autograd.functional.jacobian(lambda x: block(x[None])[0], x[0])  # (T, D, T, D)
    size = jacobian.abs().amax((1, 3))
    assert not size.triu(1).any() and (size.tril() > 0).sum() == 15


def test_it_is_attention_and_a_gated_mlp_added_to_the_stream():
    block, x = make()
    eps = torch.finfo(x.dtype).eps
    normed = x / (x.square().mean(-1, keepdim=True) + eps).sqrt() * block.norm1.weight
    q, k, v = (one.unflatten(-1, (3, 2)).transpose(1, 2)
               for one in (normed @ block.qkv.weight.mT).chunk(3, -1))
    scores = (q @ k.mT / 2**0.5).masked_fill(torch.ones(5, 5, dtype=torch.bool).triu(1), -torch.inf)
    middle = x + (scores.softmax(-1) @ v).transpose(1, 2).flatten(2) @ block.out.weight.mT
    normed = middle / (middle.square().mean(-1, keepdim=True) + eps).sqrt() * block.norm2.weight
    gate, up = (normed @ block.gate_up.weight.mT).chunk(2, -1)
    torch.testing.assert_close(block(x), middle + (gate * gate.sigmoid() * up) @ block.down.weight.mT)
