"""Three ways to get GoogLeNet wrong. All of it is wrong on purpose."""

import torch
from torch import Tensor, nn


# --8<-- [start:padding]
def branches_without_padding(x: Tensor, three: Tensor, five: Tensor) -> Tensor:
    """Wrong: each kernel shrinks the map by another amount."""
    outputs = [nn.functional.conv2d(x, three), nn.functional.conv2d(x, five)]
    return torch.cat(outputs, dim=1)
# --8<-- [end:padding]


# --8<-- [start:naive]
def naive_channels(in_channels: int, one: int, three: int, five: int) -> int:
    """Wrong for a deep stack: the pooling hands on every input channel."""
    return one + three + five + in_channels
# --8<-- [end:naive]


# --8<-- [start:heads]
def classify(model: nn.Module, x: Tensor) -> Tensor:
    """Wrong: averages in the heads that were only meant to train."""
    logits, early, late = model.train()(x)
    return (logits + 0.3 * early + 0.3 * late).argmax(dim=1)
# --8<-- [end:heads]
