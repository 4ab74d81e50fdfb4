"""ResNet-18, 34, 50, 101 and 152, with the parameter names of torchvision's public weights.

He, Zhang, Ren and Sun, *Deep Residual Learning for Image Recognition*,
https://arxiv.org/abs/1512.03385, table 1 and figures 2, 3 and 5.
"""

import torch
from torch import Tensor, nn


# --8<-- [start:basic]
class BasicBlock(nn.Module):
    """ReLU(F(x) + shortcut(x)), F is two 3x3 convolutions: ResNet-18 and 34."""

    expansion = 1  # output channels per channel of the 3x3 convolutions

    def __init__(self, in_channels: int, channels: int, stride: int = 1):
        super().__init__()
        # no bias: batch normalization subtracts the mean, its beta is the bias
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride,
                               padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = shortcut(in_channels, channels * self.expansion, stride)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, channels, H / stride, W / stride)."""
        residual = torch.relu(self.bn1(self.conv1(x)))
        residual = self.bn2(self.conv2(residual))  # no ReLU: F may be negative
        identity = x if self.downsample is None else self.downsample(x)
        return torch.relu(residual + identity)


def shortcut(in_channels: int, channels: int, stride: int) -> nn.Module | None:
    """None for the identity, a 1x1 projection where the shape changes."""
    if stride == 1 and in_channels == channels:
        return None
    return nn.Sequential(nn.Conv2d(in_channels, channels, 1, stride, bias=False),
                         nn.BatchNorm2d(channels))
# --8<-- [end:basic]


# --8<-- [start:bottleneck]
class Bottleneck(nn.Module):
    """ReLU(F(x) + shortcut(x)), F is 1x1 down, 3x3, 1x1 up: ResNet-50, 101, 152."""

    expansion = 4

    def __init__(self, in_channels: int, channels: int, stride: int = 1):
        super().__init__()
        out_channels = channels * self.expansion
        self.conv1 = nn.Conv2d(in_channels, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        # The paper strides in conv1, which skips 3 of 4 positions; this is "v1.5".
        self.conv2 = nn.Conv2d(channels, channels, 3, stride,
                               padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, out_channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out_channels)
        self.downsample = shortcut(in_channels, out_channels, stride)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, 4 * channels, H / stride, W / stride)."""
        residual = torch.relu(self.bn1(self.conv1(x)))
        residual = torch.relu(self.bn2(self.conv2(residual)))
        residual = self.bn3(self.conv3(residual))
        identity = x if self.downsample is None else self.downsample(x)
        return torch.relu(residual + identity)
# --8<-- [end:bottleneck]


# --8<-- [start:resnet]
BLOCKS = {  # depth: (block, blocks per stage)
    18: (BasicBlock, (2, 2, 2, 2)),
    34: (BasicBlock, (3, 4, 6, 3)),
    50: (Bottleneck, (3, 4, 6, 3)),
    101: (Bottleneck, (3, 4, 23, 3)),
    152: (Bottleneck, (3, 8, 36, 3)),
}


class ResNet(nn.Module):
    """Stem, four stages of residual blocks, global average pooling, linear layer.

    Args:
        depth: 18, 34, 50, 101 or 152: convolutions of the main path plus the
            linear layer.
        num_classes: Number of logits.
        zero_gamma: Start the last batch-norm scale of every block at 0, so that it
            begins as ReLU(shortcut(x)). https://arxiv.org/abs/1706.02677, 5.1
        generator: Source of the convolutions' initial weights.

    Raises:
        ValueError: If ``depth`` is not one of the five.
    """

    def __init__(self, depth: int, num_classes: int = 1000,
                 zero_gamma: bool = False,
                 generator: torch.Generator | None = None):
        super().__init__()
        if depth not in BLOCKS:
            raise ValueError(f"depth must be one of {sorted(BLOCKS)}, got {depth}")
        block, counts = BLOCKS[depth]
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        # layer1 keeps the resolution: max pooling has halved it already
        self.layer1 = stage(block, 64, 64, counts[0], stride=1)
        self.layer2 = stage(block, 64 * block.expansion, 128, counts[1], stride=2)
        self.layer3 = stage(block, 128 * block.expansion, 256, counts[2], stride=2)
        self.layer4 = stage(block, 256 * block.expansion, 512, counts[3], stride=2)
        self.fc = nn.Linear(512 * block.expansion, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):  # He: variance 2 / fan, for ReLU
                nn.init.kaiming_normal_(module.weight, mode="fan_out",
                                        nonlinearity="relu", generator=generator)
            elif zero_gamma and isinstance(module, BasicBlock):
                nn.init.zeros_(module.bn2.weight)
            elif zero_gamma and isinstance(module, Bottleneck):
                nn.init.zeros_(module.bn3.weight)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) -> (N, num_classes). Shapes below for H = W = 224."""
        x = torch.relu(self.bn1(self.conv1(x)))  # -> (N, 64, 112, 112)
        x = self.layer1(self.maxpool(x))  # -> (N, 64 * expansion, 56, 56)
        x = self.layer2(x)  # -> (N, 128 * expansion, 28, 28)
        x = self.layer3(x)  # -> (N, 256 * expansion, 14, 14)
        x = self.layer4(x)  # -> (N, 512 * expansion, 7, 7)
        x = x.mean(dim=(2, 3))  # -> (N, 512 * expansion)
        return self.fc(x)


def stage(block: type, in_channels: int, channels: int, count: int,
          stride: int) -> nn.Sequential:
    """``count`` blocks; only the first one changes resolution and width."""
    first = block(in_channels, channels, stride)
    rest = [block(channels * block.expansion, channels) for _ in range(count - 1)]
    return nn.Sequential(first, *rest)
# --8<-- [end:resnet]


@torch.no_grad()
def multiply_adds(model: nn.Module, size: int = 224) -> int:
    """Multiply-adds of all convolutions and linear layers for one ``size`` x ``size`` image."""
    total = 0

    def count(module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        nonlocal total
        per_output = module.weight[0].numel()  # C_in * K * K, or the linear layer's inputs
        total += output.numel() * per_output

    layers = [m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    modes = {module: module.training for module in model.modules()}
    model.eval()(next(model.parameters()).new_zeros(1, 3, size, size))
    for module, mode in modes.items():
        module.training = mode
    for hook in hooks:
        hook.remove()
    return total


def stride_in_first_convolution(model: ResNet) -> ResNet:
    """Move each bottleneck's stride from conv2 to conv1, as in the paper. Changes ``model``."""
    for module in model.modules():
        if isinstance(module, Bottleneck) and module.conv2.stride != (1, 1):
            module.conv1.stride, module.conv2.stride = module.conv2.stride, (1, 1)
    return model


if __name__ == "__main__":
    for depth in BLOCKS:
        with torch.device("meta"):  # shapes without memory or arithmetic
            model = ResNet(depth)
        parameters = sum(p.numel() for p in model.parameters())
        v15 = multiply_adds(model)
        v1 = multiply_adds(stride_in_first_convolution(model))
        print(f"ResNet-{depth}: {parameters:,} parameters, "
              f"{v15 / 1e9:.2f}e9 multiply-adds, {v1 / 1e9:.2f}e9 with the paper's stride")
