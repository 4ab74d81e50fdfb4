"""Three ways to get a residual block wrong. All of it is wrong on purpose."""

import torch
from torch import Tensor, nn


# --8<-- [start:relu]
def block_with_relu_before_the_addition(x: Tensor, branch: nn.Module) -> Tensor:
    """Wrong: the branch can only add, so no block can lower a value."""
    return x + torch.relu(branch(x))
# --8<-- [end:relu]


# --8<-- [start:projection]
def shortcut_if_strided(in_channels: int, channels: int, stride: int) -> nn.Module:
    """Wrong: asks for the stride alone, but the width may change at stride 1."""
    if stride == 1:
        return nn.Identity()
    return nn.Sequential(nn.Conv2d(in_channels, channels, 1, stride, bias=False),
                         nn.BatchNorm2d(channels))
# --8<-- [end:projection]


# --8<-- [start:gamma]
def zero_every_gamma(block: nn.Module) -> None:
    """Wrong: with two zeros in one branch, each blocks the other's gradient."""
    for module in block.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.zeros_(module.weight)
# --8<-- [end:gamma]
