"""Three ways to get the later Inceptions wrong. All of it is wrong on purpose."""

import torch
from torch import Tensor, nn


# --8<-- [start:scale]
def scaled_sum(x: Tensor, branch: Tensor, scale: float) -> Tensor:
    """Wrong: scales the shortcut too, so the input fades from block to block."""
    return torch.relu(scale * (x + branch))
# --8<-- [end:scale]


# --8<-- [start:split]
def split_in_a_row(in_channels: int, channels: int) -> nn.Sequential:
    """Wrong: the 8x8 modules run 1x3 and 3x1 side by side, for twice the width."""
    return nn.Sequential(
        nn.Conv2d(in_channels, channels, (1, 3), padding=(0, 1)),
        nn.Conv2d(channels, channels, (3, 1), padding=(1, 0)))
# --8<-- [end:split]


# --8<-- [start:pool]
def average_with_zeros(x: Tensor) -> Tensor:
    """Wrong for weights from TensorFlow: the padding counts in the average."""
    return nn.functional.avg_pool2d(x, 3, stride=1, padding=1)
# --8<-- [end:pool]
