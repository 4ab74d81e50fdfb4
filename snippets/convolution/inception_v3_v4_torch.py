"""Inception v3, v4 and Inception-ResNet v2 from one set of building blocks.

Szegedy et al., *Rethinking the Inception Architecture*, https://arxiv.org/abs/1512.00567,
and *Inception-v4, Inception-ResNet*, https://arxiv.org/abs/1602.07261. Sizes and order of
the weights are those of torchvision (v3) and timm (v4, ResNet v2).
"""

import torch
from torch import Tensor, nn


# --8<-- [start:parts]
class ConvBN(nn.Sequential):
    """Convolution, batch normalization, ReLU; keeps the size unless told otherwise.

    Args:
        in_channels: Channels of the input.
        channels: Channels of the output.
        kernel: Height and width, or one number for both.
        stride: With 2 there is no padding: 35 -> 17, 17 -> 8.
        same: Pad so that stride 1 keeps the size.
    """

    def __init__(self, in_channels: int, channels: int,
                 kernel: int | tuple[int, int], stride: int = 1, same: bool = True):
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        same = same and stride == 1
        padding = (height // 2, width // 2) if same else 0
        super().__init__(nn.Conv2d(in_channels, channels, (height, width), stride,
                                   padding, bias=False),
                         nn.BatchNorm2d(channels, eps=0.001), nn.ReLU())


class Branches(nn.ModuleList):
    """Several modules over the same input, joined along the channels."""

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, sum of the branches' channels, H', W')."""
        return torch.cat([branch(x) for branch in self], dim=1)


def chain(in_channels: int, *layers: tuple) -> nn.Sequential:
    """ConvBN after ConvBN; a layer is (channels, kernel[, stride[, same]])."""
    modules = []
    for layer in layers:
        modules.append(ConvBN(in_channels, *layer))
        in_channels = layer[0]
    return nn.Sequential(*modules)


def split(in_channels: int, channels: int) -> Branches:
    """1x3 and 3x1 *side by side*: a wider output, not a factored 3x3."""
    return Branches([ConvBN(in_channels, channels, (1, 3)),
                     ConvBN(in_channels, channels, (3, 1))])


def pooled(in_channels: int, channels: int,
           count_zeros: bool = False) -> nn.Sequential:
    """3x3 average pooling at stride 1, then a 1x1 projection."""
    pooling = nn.AvgPool2d(3, 1, padding=1, count_include_pad=count_zeros)
    return nn.Sequential(pooling, ConvBN(in_channels, channels, 1))
# --8<-- [end:parts]


# --8<-- [start:v3]
def v3_a(c: int, pool: int) -> Branches:
    """On 35 x 35: 5x5 is kept, one branch has two 3x3."""
    return Branches([chain(c, (64, 1)), chain(c, (48, 1), (64, 5)),
                     chain(c, (64, 1), (96, 3), (96, 3)), pooled(c, pool, True)])


def v3_b(c: int, mid: int) -> Branches:
    """On 17 x 17: 7x7 as 1x7 and 7x1, with ``mid`` channels between."""
    return Branches([
        chain(c, (192, 1)),
        chain(c, (mid, 1), (mid, (1, 7)), (192, (7, 1))),
        chain(c, (mid, 1), (mid, (7, 1)), (mid, (1, 7)), (mid, (7, 1)),
              (192, (1, 7))),
        pooled(c, 192, True)])


def v3_c(c: int) -> Branches:
    """On 8 x 8: two branches split at their end for a wide output."""
    return Branches([chain(c, (320, 1)),
                     chain(c, (384, 1)).append(split(384, 384)),
                     chain(c, (448, 1), (384, 3)).append(split(384, 384)),
                     pooled(c, 192, True)])


def v3_reduce_a(c: int) -> Branches:
    """35 -> 17 pixels: convolutions beside pooling."""
    return Branches([chain(c, (384, 3, 2)), chain(c, (64, 1), (96, 3), (96, 3, 2)),
                     nn.MaxPool2d(3, 2)])


def v3_reduce_b(c: int) -> Branches:
    """17 -> 8 pixels."""
    return Branches([chain(c, (192, 1), (320, 3, 2)),
                     chain(c, (192, 1), (192, (1, 7)), (192, (7, 1)), (192, 3, 2)),
                     nn.MaxPool2d(3, 2)])


def stem_v3() -> nn.Sequential:
    """299 x 299 -> 35 x 35 with 192 channels; Inception-ResNet v2 has the same."""
    return nn.Sequential(ConvBN(3, 32, 3, 2), ConvBN(32, 32, 3, same=False),
                         ConvBN(32, 64, 3), nn.MaxPool2d(3, 2),
                         ConvBN(64, 80, 1), ConvBN(80, 192, 3, same=False),
                         nn.MaxPool2d(3, 2))


class InceptionV3(nn.Module):
    """Inception v3 with its one auxiliary head, which answers in training only."""

    def __init__(self, num_classes: int = 1000):
        super().__init__()
        self.early = nn.Sequential(
            stem_v3(), v3_a(192, 32), v3_a(256, 64), v3_a(288, 64),
            v3_reduce_a(288), v3_b(768, 128), v3_b(768, 160), v3_b(768, 160),
            v3_b(768, 192))
        self.head = nn.Sequential(  # 17 -> 5 -> 1
            nn.AvgPool2d(5, 3), ConvBN(768, 128, 1),
            ConvBN(128, 768, 5, same=False),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(768, num_classes))
        self.late = nn.Sequential(v3_reduce_b(768), v3_c(1280), v3_c(2048))
        self.classifier = classifier(2048, num_classes, dropout=0.5)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """(N, 3, 299, 299) -> (N, num_classes); in training also the head's."""
        x = self.early(x)  # -> (N, 768, 17, 17)
        logits = self.classifier(self.late(x))  # (N, 2048, 8, 8) -> logits
        return (logits, self.head(x)) if self.training else logits


def classifier(channels: int, num_classes: int, dropout: float) -> nn.Sequential:
    """Global average pooling, dropout, one linear layer."""
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Dropout(dropout), nn.Linear(channels, num_classes))
# --8<-- [end:v3]


# --8<-- [start:v4]
def v4_a() -> Branches:
    """On 35 x 35: v3's module with 3x3 in place of 5x5."""
    return Branches([chain(384, (96, 1)), chain(384, (64, 1), (96, 3)),
                     chain(384, (64, 1), (96, 3), (96, 3)), pooled(384, 96)])


def v4_b() -> Branches:
    """On 17 x 17: as in v3, wider."""
    return Branches([
        chain(1024, (384, 1)),
        chain(1024, (192, 1), (224, (1, 7)), (256, (7, 1))),
        chain(1024, (192, 1), (192, (7, 1)), (224, (1, 7)), (224, (7, 1)),
              (256, (1, 7))),
        pooled(1024, 128)])


def v4_c() -> Branches:
    """On 8 x 8: as in v3, with 3x1 and 1x3 before one of the splits."""
    return Branches([
        chain(1536, (256, 1)),
        chain(1536, (384, 1)).append(split(384, 256)),
        chain(1536, (384, 1), (448, (3, 1)), (512, (1, 3))).append(split(512, 256)),
        pooled(1536, 256)])


def inception_v4(num_classes: int = 1000) -> nn.Sequential:
    """Inception v4: a branching stem, then 4 A, 7 B and 3 C, all alike."""
    stem = nn.Sequential(
        ConvBN(3, 32, 3, 2), ConvBN(32, 32, 3, same=False),
        ConvBN(32, 64, 3),
        Branches([nn.MaxPool2d(3, 2), ConvBN(64, 96, 3, 2)]),
        Branches([chain(160, (64, 1), (96, 3, 1, False)),
                  chain(160, (64, 1), (64, (1, 7)), (64, (7, 1)),
                        (96, 3, 1, False))]),
        Branches([ConvBN(192, 192, 3, 2), nn.MaxPool2d(3, 2)]))  # -> 35 x 35, 384
    reduce_a = Branches([chain(384, (384, 3, 2)),
                         chain(384, (192, 1), (224, 3), (256, 3, 2)),
                         nn.MaxPool2d(3, 2)])
    reduce_b = Branches([chain(1024, (192, 1), (192, 3, 2)),
                         chain(1024, (256, 1), (256, (1, 7)), (320, (7, 1)),
                               (320, 3, 2)),
                         nn.MaxPool2d(3, 2)])
    return nn.Sequential(stem, *[v4_a() for _ in range(4)], reduce_a,
                         *[v4_b() for _ in range(7)], reduce_b,
                         *[v4_c() for _ in range(3)],
                         classifier(1536, num_classes, dropout=0.2))
# --8<-- [end:v4]


# --8<-- [start:residual]
class Residual(nn.Module):
    """ReLU(x + scale * F(x)): F joins branches and expands them with a 1x1."""

    def __init__(self, channels: int, branches: Branches, joined: int,
                 scale: float, relu: bool = True):
        super().__init__()
        self.branches = branches
        self.expand = nn.Conv2d(joined, channels, 1)  # linear: no BN, no ReLU
        self.scale, self.relu = scale, relu

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) -> the same shape."""
        x = x + self.scale * self.expand(self.branches(x))
        return torch.relu(x) if self.relu else x


def residual_a() -> Residual:
    """On 35 x 35."""
    branches = [chain(320, (32, 1)), chain(320, (32, 1), (32, 3)),
                chain(320, (32, 1), (48, 3), (64, 3))]
    return Residual(320, Branches(branches), 128, scale=0.17)


def residual_b() -> Residual:
    """On 17 x 17."""
    branches = [chain(1088, (192, 1)),
                chain(1088, (128, 1), (160, (1, 7)), (192, (7, 1)))]
    return Residual(1088, Branches(branches), 384, scale=0.10)


def residual_c(scale: float = 0.20, relu: bool = True) -> Residual:
    """On 8 x 8: here 1x3 and 3x1 stand in a row."""
    branches = [chain(2080, (192, 1)),
                chain(2080, (192, 1), (224, (1, 3)), (256, (3, 1)))]
    return Residual(2080, Branches(branches), 448, scale, relu)


def inception_resnet_v2(num_classes: int = 1000) -> nn.Sequential:
    """Inception-ResNet v2 as released: 10 A, 20 B and 10 C."""
    widen = Branches([chain(192, (96, 1)), chain(192, (48, 1), (64, 5)),
                      chain(192, (64, 1), (96, 3), (96, 3)), pooled(192, 64)])
    reduce_a = Branches([chain(320, (384, 3, 2)),
                         chain(320, (256, 1), (256, 3), (384, 3, 2)),
                         nn.MaxPool2d(3, 2)])
    reduce_b = Branches([chain(1088, (256, 1), (384, 3, 2)),
                         chain(1088, (256, 1), (288, 3, 2)),
                         chain(1088, (256, 1), (288, 3), (320, 3, 2)),
                         nn.MaxPool2d(3, 2)])
    return nn.Sequential(stem_v3(), widen,
                         *[residual_a() for _ in range(10)], reduce_a,
                         *[residual_b() for _ in range(20)], reduce_b,
                         *[residual_c() for _ in range(9)],
                         residual_c(1.0, relu=False),
                         ConvBN(2080, 1536, 1),
                         classifier(1536, num_classes, dropout=0.2))
# --8<-- [end:residual]


@torch.no_grad()
def multiply_adds(model: nn.Module, *shape: int) -> int:
    """Multiply-adds of all convolutions and linear layers for one input of that shape."""
    total = 0

    def count(module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        nonlocal total
        total += output.numel() * module.weight[0].numel()

    hooks = [layer.register_forward_hook(count) for layer in model.modules()
             if isinstance(layer, (nn.Conv2d, nn.Linear))]
    training = model.training
    model.eval()(next(model.parameters()).new_zeros(1, *shape))
    model.train(training)
    for hook in hooks:
        hook.remove()
    return total


if __name__ == "__main__":
    with torch.device("meta"):  # shapes without memory
        networks = {"v3": InceptionV3(), "v4": inception_v4(), "ResNet v2": inception_resnet_v2()}
        modules = {"v3 A": (v3_a(288, 64), 288, 35), "v4 A": (v4_a(), 384, 35),
                   "residual A": (residual_a(), 320, 35), "v3 B": (v3_b(768, 192), 768, 17),
                   "v4 B": (v4_b(), 1024, 17), "residual B": (residual_b(), 1088, 17),
                   "v3 C": (v3_c(2048), 2048, 8), "v4 C": (v4_c(), 1536, 8),
                   "residual C": (residual_c(), 2080, 8)}
    for name, model in networks.items():
        parameters = sum(p.numel() for p in model.parameters())
        adds = multiply_adds(model, 3, 299, 299)
        print(f"{name}: {parameters:,} parameters, {adds / 1e9:.2f}e9 multiply-adds")
    print(f"head of v3: {sum(p.numel() for p in networks['v3'].head.parameters()):,}")
    for name, (module, channels, size) in modules.items():
        parameters = sum(p.numel() for p in module.parameters())
        adds = multiply_adds(module, channels, size, size)
        print(f"{name}: {parameters:,} parameters, {adds:,} multiply-adds")
