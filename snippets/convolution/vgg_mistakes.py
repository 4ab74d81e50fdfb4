"""Three ways to get VGG wrong. All of it is wrong on purpose."""

import torch
from torch import Tensor, nn


# --8<-- [start:linear]
def stack_without_relu(channels: int) -> nn.Sequential:
    """Wrong: three convolutions in a row are one linear 7x7 convolution."""
    return nn.Sequential(nn.Conv2d(channels, channels, 3),
                         nn.Conv2d(channels, channels, 3),
                         nn.Conv2d(channels, channels, 3))
# --8<-- [end:linear]


# --8<-- [start:kernel]
def kernel_from_linear(weight: Tensor) -> Tensor:
    """Wrong: flatten(1) of (N, 512, 7, 7) puts channels first, not last."""
    kernel = weight.view(-1, 7, 7, 512)
    return kernel.permute(0, 3, 1, 2)
# --8<-- [end:kernel]


# --8<-- [start:init]
def initialize_with_one_deviation(model: nn.Module,
                                  generator: torch.Generator) -> None:
    """Wrong at depth: 0.01 for every layer, whatever the number of its inputs."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.normal_(module.weight, std=0.01, generator=generator)
            nn.init.zeros_(module.bias)
# --8<-- [end:init]
