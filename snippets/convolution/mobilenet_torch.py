"""MobileNet v1, v2 and v3-Large; parameters in the order of timm's and torchvision's weights.

v1: https://arxiv.org/abs/1704.04861, table 1. v2: https://arxiv.org/abs/1801.04381, table 2.
v3: https://arxiv.org/abs/1905.02244, table 1.
"""

from functools import partial

import torch
from torch import Tensor, nn


# --8<-- [start:separable]
def conv_bn(in_channels: int, channels: int, kernel: int, stride: int = 1,
            groups: int = 1, activation: type | None = nn.ReLU6,
            norm: type = nn.BatchNorm2d) -> nn.Sequential:
    """Convolution without bias, batch normalization, and the activation if any."""
    conv = nn.Conv2d(in_channels, channels, kernel, stride, padding=kernel // 2,
                     groups=groups, bias=False)
    last = [] if activation is None else [activation()]
    return nn.Sequential(conv, norm(channels), *last)


def separable(in_channels: int, channels: int, stride: int = 1) -> nn.Sequential:
    """v1's layer: one 3x3 filter per channel, then a 1x1 convolution mixes them."""
    return nn.Sequential(
        conv_bn(in_channels, in_channels, 3, stride, groups=in_channels),
        conv_bn(in_channels, channels, 1),
    )
# --8<-- [end:separable]


# --8<-- [start:inverted]
class InvertedResidual(nn.Module):
    """v2's block: 1x1 up, depthwise, 1x1 down without activation, shortcut.

    v3 adds squeeze-and-excitation, 5x5 kernels and hard-swish.
    """

    def __init__(self, in_channels: int, hidden: int, channels: int,
                 stride: int = 1, kernel: int = 3, squeeze: bool = False,
                 activation: type = nn.ReLU6, norm: type = nn.BatchNorm2d):
        super().__init__()
        part = partial(conv_bn, activation=activation, norm=norm)
        layers = []
        if hidden != in_channels:  # v2's first block does not expand
            layers.append(part(in_channels, hidden, 1))
        layers.append(part(hidden, hidden, kernel, stride, groups=hidden))
        if squeeze:
            layers.append(SqueezeExcitation(hidden))
        # Linear: a ReLU here would destroy information in the few channels.
        layers.append(conv_bn(hidden, channels, 1, activation=None, norm=norm))
        self.branch = nn.Sequential(*layers)
        self.residual = stride == 1 and in_channels == channels

    def forward(self, x: Tensor) -> Tensor:
        """(N, in_channels, H, W) -> (N, channels, H / stride, W / stride)."""
        y = self.branch(x)
        return x + y if self.residual else y  # joins the thin ends


class SqueezeExcitation(nn.Module):
    """Scale each channel by a gate computed from all channels' means."""

    def __init__(self, channels: int):
        super().__init__()
        squeezed = divisible(channels / 4)
        self.fc1 = nn.Conv2d(channels, squeezed, 1)
        self.fc2 = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, H, W)."""
        mean = x.mean(dim=(2, 3), keepdim=True)  # -> (N, C, 1, 1)
        gate = self.fc2(torch.relu(self.fc1(mean)))
        return x * nn.functional.hardsigmoid(gate)


def divisible(channels: float) -> int:
    """The nearest multiple of 8, or the next one if that loses over 10 percent."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * channels else rounded + 8
# --8<-- [end:inverted]


# --8<-- [start:networks]
class MobileNet(nn.Module):
    """Feature layers, global average pooling, classifier.

    Args:
        features: (N, 3, H, W) -> (N, C, H / 32, W / 32).
        classifier: (N, C) -> (N, num_classes).
    """

    def __init__(self, features: list[nn.Module], classifier: nn.Module):
        super().__init__()
        self.features = nn.Sequential(*features)
        self.classifier = classifier

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) -> (N, num_classes)."""
        return self.classifier(self.features(x).mean(dim=(2, 3)))


V1 = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2),  # channels, stride
      *[(512, 1)] * 5, (1024, 2), (1024, 1)]  # the paper's last "s2" is a misprint


def mobilenet_v1(num_classes: int = 1000, width: float = 1.0,
                 layer=separable) -> MobileNet:
    """``layer=conv_standard`` gives the paper's comparison without separation."""
    channels = int(32 * width)
    features = [conv_bn(3, channels, 3, stride=2)]
    for out, stride in V1:
        features.append(layer(channels, int(out * width), stride=stride))
        channels = int(out * width)
    return MobileNet(features, nn.Linear(channels, num_classes))


def conv_standard(in_channels: int, channels: int,
                  stride: int = 1) -> nn.Sequential:
    """A standard 3x3 convolution in place of the separable layer."""
    return conv_bn(in_channels, channels, 3, stride)


V2 = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2),  # expansion, channels,
      (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]  # count, stride


def mobilenet_v2(num_classes: int = 1000) -> MobileNet:
    """17 inverted residuals; channels 16 to 320 between them, 1,280 at the end."""
    channels, features = 32, [conv_bn(3, 32, 3, stride=2)]
    for expansion, out, count, stride in V2:
        for index in range(count):
            features.append(InvertedResidual(channels, expansion * channels, out,
                                             stride if index == 0 else 1))
            channels = out
    features.append(conv_bn(channels, 1280, 1))
    head = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, num_classes))
    return MobileNet(features, head)


V3_LARGE = [  # kernel, hidden, channels, squeeze, activation, stride
    (3, 16, 16, False, nn.ReLU, 1), (3, 64, 24, False, nn.ReLU, 2),
    (3, 72, 24, False, nn.ReLU, 1), (5, 72, 40, True, nn.ReLU, 2),
    *[(5, 120, 40, True, nn.ReLU, 1)] * 2, (3, 240, 80, False, nn.Hardswish, 2),
    (3, 200, 80, False, nn.Hardswish, 1),
    *[(3, 184, 80, False, nn.Hardswish, 1)] * 2,
    (3, 480, 112, True, nn.Hardswish, 1), (3, 672, 112, True, nn.Hardswish, 1),
    (5, 672, 160, True, nn.Hardswish, 2),
    *[(5, 960, 160, True, nn.Hardswish, 1)] * 2,
]


def mobilenet_v3_large(num_classes: int = 1000) -> MobileNet:
    """15 blocks found by search; the last 1x1 to 1,280 comes after the pooling."""
    norm = partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
    part = partial(conv_bn, activation=nn.Hardswish, norm=norm)
    channels, features = 16, [part(3, 16, 3, stride=2)]
    for kernel, hidden, out, squeeze, activation, stride in V3_LARGE:
        features.append(InvertedResidual(channels, hidden, out, stride, kernel,
                                         squeeze, activation, norm))
        channels = out
    features.append(part(channels, 960, 1))
    head = nn.Sequential(nn.Linear(960, 1280), nn.Hardswish(), nn.Dropout(0.2),
                         nn.Linear(1280, num_classes))
    return MobileNet(features, head)
# --8<-- [end:networks]


# --8<-- [start:load]
def load_by_order(model: nn.Module, state: dict[str, Tensor]) -> None:
    """Copy public weights whose tensors have this model's order and shapes.

    Raises:
        ValueError: If number or shapes differ, with the first pair that does.
    """
    own = model.state_dict()
    if len(own) != len(state):
        raise ValueError(f"state has {len(state)} tensors, the model {len(own)}")
    pairs = zip(own.items(), state.items(), strict=True)
    for (name, tensor), (theirs, value) in pairs:
        if tensor.shape != value.shape:
            raise ValueError(f"state[{theirs!r}] {tuple(value.shape)} against "
                             f"{name} {tuple(tensor.shape)}")
    model.load_state_dict(dict(zip(own, state.values(), strict=True)))
# --8<-- [end:load]


@torch.no_grad()
def multiply_adds(model: nn.Module, size: int = 224) -> dict[str, int]:
    """Multiply-adds of each convolution and linear layer for one image, by name."""
    counts = {}

    def hook(name: str, module: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        # per output number: C_in / groups * K * K, or the inputs of the linear layer
        counts[name] = output.numel() * module.weight[0].numel()

    hooks = [module.register_forward_hook(partial(hook, name))
             for name, module in model.named_modules()
             if isinstance(module, (nn.Conv2d, nn.Linear))]
    modes = {module: module.training for module in model.modules()}
    model.eval()(next(model.parameters()).new_zeros(1, 3, size, size))
    for module, mode in modes.items():
        module.training = mode
    for handle in hooks:
        handle.remove()
    return counts


if __name__ == "__main__":
    models = {"v1": mobilenet_v1, "v1 with standard convolutions":
              partial(mobilenet_v1, layer=conv_standard), "v1, width 0.5":
              partial(mobilenet_v1, width=0.5), "v2": mobilenet_v2,
              "v3-Large": mobilenet_v3_large}
    for name, build in models.items():
        with torch.device("meta"):  # shapes without memory or arithmetic
            model = build()
        counts = multiply_adds(model)
        print(f"{name}: {sum(p.numel() for p in model.parameters()):,} parameters, "
              f"{sum(counts.values()):,} multiply-adds")
