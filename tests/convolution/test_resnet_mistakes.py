"""The wrong blocks fail as the page says."""

import pytest
import torch
from torch import nn

from snippets.convolution.resnet_mistakes import (
    block_with_relu_before_the_addition,
    shortcut_if_strided,
    zero_every_gamma,
)
from snippets.convolution.resnet_torch import BasicBlock, shortcut


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_with_relu_before_the_addition_no_value_ever_falls():
    x = torch.randn(2, 3, 5, 7, generator=generator(0))
    start, right = x, x
    for seed in range(20):
        branch = nn.Conv2d(3, 3, 3, padding=1)
        nn.init.normal_(branch.weight, std=0.2, generator=generator(seed))
        nn.init.zeros_(branch.bias)
        after = block_with_relu_before_the_addition(x, branch)
        assert (after >= x).all()
        x = after
        right = torch.relu(right + branch(right))
    assert x.mean() > start.mean()
    assert (right < start).any()  # the right order can lower a value


def test_asking_for_the_stride_alone_breaks_the_first_bottleneck():
    x = torch.zeros(2, 64, 7, 5)
    branch = torch.zeros(2, 256, 7, 5)
    with pytest.raises(RuntimeError, match="size of tensor"):
        branch + shortcut_if_strided(64, 256, 1)(x)
    assert (branch + shortcut(64, 256, 1)(x)).shape == (2, 256, 7, 5)
    # ResNet-18 never shows the mistake: there, width changes only together with the stride
    assert isinstance(shortcut_if_strided(64, 64, 1), nn.Identity)
    assert shortcut_if_strided(64, 128, 2)(x).shape == (2, 128, 4, 3)


def train(block: nn.Module, steps: int) -> None:
    optimizer = torch.optim.SGD(block.parameters(), lr=0.1, momentum=0.9)
    x = torch.rand(5, 4, 3, 7, generator=generator(1))
    target = torch.rand(5, 4, 3, 7, generator=generator(2))
    for _ in range(steps):
        optimizer.zero_grad()
        ((block(x) - target) ** 2).mean().backward()
        optimizer.step()


def test_two_zero_scales_in_a_branch_never_leave_zero():
    wrong, right = BasicBlock(4, 4), BasicBlock(4, 4)
    zero_every_gamma(wrong)
    nn.init.zeros_(right.bn2.weight)
    before = wrong.conv1.weight.clone()
    train(wrong, 20)
    train(right, 20)
    assert (wrong.bn1.weight == 0).all() and (wrong.bn2.weight == 0).all()
    assert torch.equal(wrong.conv1.weight, before)
    assert (right.bn2.weight != 0).all()
    # only the last shift still moves: the branch is one constant per channel
    branch = wrong.bn2(wrong.conv2(torch.relu(wrong.bn1(wrong.conv1(torch.rand(2, 4, 3, 7))))))
    assert torch.equal(branch, wrong.bn2.bias.view(1, 4, 1, 1).expand(2, 4, 3, 7))
    assert (wrong.bn2.bias != 0).all()
