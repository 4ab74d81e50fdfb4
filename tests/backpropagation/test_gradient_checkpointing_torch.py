"""What PyTorch keeps, recomputes and restores, and the page's numbers for it."""

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint
from torch.utils.flop_counter import FlopCounterMode

from snippets.backpropagation.gradient_checkpointing_torch import Block, at_the_turn, kept_bytes, run


def chain(depth: int, features: int, dropout: float = 0.0) -> nn.ModuleList:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.ModuleList(Block(features, dropout) for _ in range(depth))


def test_the_page_s_activations():
    blocks, x = chain(36, 32), torch.randn(64, 32, requires_grad=True)
    params, unit = list(blocks.parameters()), 64 * 32 * 4
    whole = kept_bytes(lambda: run(blocks, x, None), params) / unit
    assert whole == 110.25
    table = {1: 38.0625, 2: 23.125, 3: 20.1875, 4: 20.25, 6: 23.375, 12: 38.75, 36: 110.25}
    for segment, expected in table.items():
        assert kept_bytes(lambda segment=segment: run(blocks, x, segment), params) / unit == 36 / segment
        found = kept_bytes(lambda segment=segment: at_the_turn(blocks, x, segment), params) / unit
        assert found == expected == 36 / segment - 1 + 3.0625 * segment
    assert kept_bytes(lambda: at_the_turn(blocks, x, None), params) / unit == whole
    assert torch.equal(at_the_turn(blocks, x, 3), run(blocks, x, None))
    assert whole / table[3] > 5.2


def test_a_block_adds_to_its_input_and_drops_nothing_unless_asked():
    block, x = Block(16), torch.randn(8, 16)
    expected = x + torch.tanh(block.linear(block.norm(x)))
    torch.testing.assert_close(block(x), expected)
    torch.testing.assert_close(run(nn.ModuleList([block]), x, 1), expected)


def test_gradients_are_equal_to_the_last_bit_with_dropout_too():
    blocks, x = chain(6, 16, dropout=0.5), torch.randn(8, 16)
    results = []
    for segment in (None, 1, 2, 6):
        leaf = x.clone().requires_grad_()
        with torch.random.fork_rng():
            torch.manual_seed(1)
            blocks.zero_grad()
            run(blocks, leaf, segment).pow(2).sum().backward()
        results.append([leaf.grad, *[p.grad.clone() for p in blocks.parameters()]])
    for other in results[1:]:
        assert all(torch.equal(a, b) for a, b in zip(results[0], other, strict=True))


@pytest.mark.filterwarnings("error")
def test_the_chain_has_gradients_though_its_input_needs_none():
    for segment in (None, 1, 2):
        assert run(chain(2, 16), torch.randn(8, 16), segment).requires_grad


def test_a_third_more_operations_when_everything_is_recomputed():
    blocks, x = chain(4, 16), torch.randn(8, 16, requires_grad=True)
    counts = []
    for segment in (None, 1):
        with FlopCounterMode(display=False) as counter:
            run(blocks, x, segment).sum().backward()
        counts.append(counter.get_total_flops())
    assert counts[0] == 3 * 4 * 2 * 8 * 16 * 16
    assert counts[1] / counts[0] == 4 / 3


def test_running_statistics_move_twice():
    plain, twice = nn.BatchNorm1d(3), nn.BatchNorm1d(3)
    x = torch.randn(8, 3, requires_grad=True) + 5
    plain(x).sum().backward(retain_graph=True)
    checkpoint(twice, x, use_reentrant=False).sum().backward()
    mean = x.mean(0).detach()
    torch.testing.assert_close(plain.running_mean, 0.1 * mean)
    torch.testing.assert_close(twice.running_mean, (1 - 0.9**2) * mean)


@pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad")
def test_the_reentrant_variant_loses_gradients_when_no_input_needs_one():
    linear, x = nn.Linear(3, 3), torch.randn(2, 3)
    assert not checkpoint(linear, x, use_reentrant=True).requires_grad
    assert checkpoint(linear, x, use_reentrant=False).requires_grad
