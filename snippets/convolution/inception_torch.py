"""GoogLeNet with its auxiliary heads, in the layout of torchvision's public weights.

Szegedy et al., *Going Deeper with Convolutions*, https://arxiv.org/abs/1409.4842,
table 1 and figures 2 and 3.
"""

import torch
from torch import Tensor, nn


# --8<-- [start:module]
class ConvBN(nn.Module):
    """Convolution that keeps the size, batch normalization, ReLU."""

    def __init__(self, in_channels: int, channels: int, kernel: int,
                 stride: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, channels, kernel, stride,
                              padding=kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(channels, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) -> (N, channels, H / stride, W / stride)."""
        return torch.relu(self.bn(self.conv(x)))


class Inception(nn.Module):
    """Four branches over the same input, joined along the channels.

    Args:
        in_channels: Channels of the input.
        one: Channels of the 1x1 branch.
        three: Channels of the 3x3 branch: after its 1x1, at its end.
        five: The same for the 5x5 branch.
        pool: Channels to which the 1x1 after the max pooling projects.
        large: 5 as in the paper, or 3 as in the public weights.
    """

    def __init__(self, in_channels: int, one: int, three: tuple[int, int],
                 five: tuple[int, int], pool: int, large: int = 5):
        super().__init__()
        self.branch1 = ConvBN(in_channels, one, 1)
        self.branch2 = nn.Sequential(ConvBN(in_channels, three[0], 1),
                                     ConvBN(three[0], three[1], 3))
        self.branch3 = nn.Sequential(ConvBN(in_channels, five[0], 1),
                                     ConvBN(five[0], five[1], large))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1),
                                     ConvBN(in_channels, pool, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, one + three[1] + five[1] + pool, H, W)."""
        branches = (self.branch1, self.branch2, self.branch3, self.branch4)
        return torch.cat([branch(x) for branch in branches], dim=1)
# --8<-- [end:module]


# --8<-- [start:head]
class AuxiliaryHead(nn.Module):
    """A small classifier on a 14x14 map, for training only."""

    def __init__(self, in_channels: int, num_classes: int):
        super().__init__()
        self.conv = ConvBN(in_channels, 128, 1)
        self.fc1 = nn.Linear(128 * 4 * 4, 1024)
        self.fc2 = nn.Linear(1024, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) -> (N, num_classes)."""
        # the paper pools 5x5 windows with stride 3: 14 -> 4 as well
        x = nn.functional.adaptive_avg_pool2d(x, 4)
        x = self.conv(x).flatten(1)  # -> (N, 2048)
        x = torch.relu(self.fc1(x))  # -> (N, 1024)
        return self.fc2(nn.functional.dropout(x, 0.7, self.training))


def training_loss(logits: Tensor, early: Tensor, late: Tensor,
                  targets: Tensor) -> Tensor:
    """Cross-entropy of the main head plus 0.3 times that of each auxiliary one."""
    loss = nn.functional.cross_entropy
    heads = loss(early, targets) + loss(late, targets)
    return loss(logits, targets) + 0.3 * heads
# --8<-- [end:head]


# --8<-- [start:network]
MODULES = {  # table 1: input, 1x1, (reduce, 3x3), (reduce, 5x5), pool projection
    "3a": (192, 64, (96, 128), (16, 32), 32),
    "3b": (256, 128, (128, 192), (32, 96), 64),
    "4a": (480, 192, (96, 208), (16, 48), 64),
    "4b": (512, 160, (112, 224), (24, 64), 64),
    "4c": (512, 128, (128, 256), (24, 64), 64),
    "4d": (512, 112, (144, 288), (32, 64), 64),
    "4e": (528, 256, (160, 320), (32, 128), 128),
    "5a": (832, 256, (160, 320), (32, 128), 128),
    "5b": (832, 384, (192, 384), (48, 128), 128),
}


class GoogLeNet(nn.Module):
    """Stem, nine Inception modules, average pooling, one linear layer.

    Args:
        num_classes: Number of logits of each head.
        auxiliary: Build the two heads for training.
        large: Kernel of the third branch: 5 as in the paper, 3 to load the
            public weights.
    """

    def __init__(self, num_classes: int = 1000, auxiliary: bool = True,
                 large: int = 5):
        super().__init__()
        self.conv1 = ConvBN(3, 64, 7, stride=2)
        self.conv2 = ConvBN(64, 64, 1)
        self.conv3 = ConvBN(64, 192, 3)
        for name, sizes in MODULES.items():
            setattr(self, f"inception{name}", Inception(*sizes, large))
        self.aux1 = AuxiliaryHead(512, num_classes) if auxiliary else None
        self.aux2 = AuxiliaryHead(528, num_classes) if auxiliary else None
        self.dropout = nn.Dropout(0.2)  # 0.4 in the paper
        self.fc = nn.Linear(1024, num_classes)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor, Tensor]:
        """(N, 3, H, W) -> (N, num_classes); in training also both heads' logits."""
        x = pool(self.conv1(x))  # 224 -> 112 -> 56 pixels
        x = pool(self.conv3(self.conv2(x)))  # -> (N, 192, 28, 28)
        early = late = None
        for name in MODULES:
            x = self.get_submodule(f"inception{name}")(x)
            if self.training and self.aux1 is not None:
                early = self.aux1(x) if name == "4a" else early
                late = self.aux2(x) if name == "4d" else late
            if name in ("3b", "4e"):
                # 28 -> 14, 14 -> 7 pixels; the paper's windows are both 3x3
                x = pool(x, 3 if name == "3b" else 2)
        x = x.mean(dim=(2, 3))  # (N, 1024, 7, 7) -> (N, 1024)
        logits = self.fc(self.dropout(x))
        return logits if early is None else (logits, early, late)


def pool(x: Tensor, size: int = 3) -> Tensor:
    """Max pooling with stride 2; an odd row or column at the end counts too."""
    return nn.functional.max_pool2d(x, size, stride=2, ceil_mode=True)
# --8<-- [end:network]


def module_weights(name: str, reduce: bool = True) -> int:
    """Convolution weights of a module of ``MODULES``, with or without the 1x1 reductions."""
    inputs, one, (three_in, three), (five_in, five), pool_out = MODULES[name]
    if not reduce:
        return inputs * (one + 9 * three + 25 * five)
    return inputs * (one + three_in + five_in + pool_out) + 9 * three_in * three + 25 * five_in * five


def module_channels(name: str, reduce: bool = True) -> int:
    """Output channels of a module; without a projection the pooling hands on all of its input."""
    inputs, one, (_, three), (_, five), pool_out = MODULES[name]
    return one + three + five + (pool_out if reduce else inputs)


if __name__ == "__main__":
    for name, pixels in zip(MODULES, [28] * 2 + [14] * 5 + [7] * 2, strict=True):
        weights, naive = module_weights(name), module_weights(name, reduce=False)
        print(f"{name}: {weights:,} weights ({weights / 1024:.0f}K), "
              f"{weights * pixels**2 / 1e6:.0f}M multiply-adds, {module_channels(name)} channels; naive "
              f"{naive:,} weights, {module_channels(name, reduce=False)} channels")
    for large in (5, 3):
        for auxiliary in (False, True):
            with torch.device("meta"):  # shapes without memory
                model = GoogLeNet(auxiliary=auxiliary, large=large)
            count = sum(p.numel() for p in model.parameters())
            print(f"third branch {large}x{large}, auxiliary {auxiliary}: {count:,} parameters")
