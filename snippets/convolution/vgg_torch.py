"""VGG-11, 13, 16 and 19, with or without batch normalization, in torchvision's layout.

Simonyan and Zisserman, *Very Deep Convolutional Networks for Large-Scale Image
Recognition*, https://arxiv.org/abs/1409.1556, table 1, columns A, B, D and E.
"""

import torch
from torch import Tensor, nn

# --8<-- [start:vgg]
CONVOLUTIONS = {  # depth: 3x3 convolutions per stage; a max pooling ends each
    11: (1, 1, 2, 2, 2),
    13: (2, 2, 2, 2, 2),
    16: (2, 2, 3, 3, 3),
    19: (2, 2, 4, 4, 4),
}
WIDTHS = (64, 128, 256, 512, 512)  # channels per stage


class VGG(nn.Module):
    """Five stages of 3x3 convolutions and three linear layers.

    Args:
        depth: 11, 13, 16 or 19: convolutions plus linear layers.
        batch_norm: Normalize after each convolution (not in the paper).
        num_classes: Number of logits.
        hidden: Units of the two hidden linear layers.
        generator: Source of the initial weights.

    Raises:
        ValueError: If ``depth`` is not one of the four.
    """

    def __init__(self, depth: int, batch_norm: bool = False,
                 num_classes: int = 1000, hidden: int = 4096,
                 generator: torch.Generator | None = None):
        super().__init__()
        if depth not in CONVOLUTIONS:
            raise ValueError(f"depth must be 11, 13, 16 or 19, got {depth!r}")
        layers, in_channels = [], 3
        for count, channels in zip(CONVOLUTIONS[depth], WIDTHS, strict=True):
            for _ in range(count):
                layers.append(nn.Conv2d(in_channels, channels, 3, padding=1))
                if batch_norm:
                    layers.append(nn.BatchNorm2d(channels))
                layers.append(nn.ReLU())
                in_channels = channels
            layers.append(nn.MaxPool2d(2))  # halves height and width
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(7)  # the identity at 224 x 224
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, hidden), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(hidden, num_classes))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):  # He: the paper had no such rule
                nn.init.kaiming_normal_(module.weight, mode="fan_out",
                                        nonlinearity="relu", generator=generator)
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=0.01, generator=generator)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) -> (N, num_classes), for H and W of at least 32."""
        x = self.features(x)  # -> (N, 512, H / 32, W / 32)
        x = self.avgpool(x)  # -> (N, 512, 7, 7)
        return self.classifier(x.flatten(1))  # (N, 25088) -> (N, num_classes)
# --8<-- [end:vgg]


# --8<-- [start:dense]
@torch.no_grad()
def dense_logits(model: VGG, x: Tensor) -> Tensor:
    """Slide the classifier over a larger image, as the paper does at test time.

    A linear layer over a 7x7 map is a 7x7 convolution with the same numbers.

    Args:
        model: Used in its present mode: call ``model.eval()`` first.
        x: (N, 3, H, W), at least 224 x 224.

    Returns:
        (N, num_classes, H / 32 - 6, W / 32 - 6): logits per window.
    """
    x = model.features(x)
    first = model.classifier[0]
    for layer in model.classifier:
        if isinstance(layer, nn.Linear):
            size = 7 if layer is first else 1
            # (out, in * size * size) -> (out, in, size, size)
            kernel = layer.weight.unflatten(1, (-1, size, size))
            x = nn.functional.conv2d(x, kernel, layer.bias)
        else:
            x = layer(x)
    return x
# --8<-- [end:dense]


def cost_by_stage(depth: int, size: int = 224) -> list[dict[str, int]]:
    """Parameters, multiply-adds and outputs of the five stages and the three linear layers.

    Counts convolutions and linear layers for one ``size`` x ``size`` image, without
    batch normalization. ``outputs`` are the numbers that a layer hands on.
    """
    rows, in_channels = [], 3
    for count, channels in zip(CONVOLUTIONS[depth], WIDTHS, strict=True):
        row = {"parameters": 0, "multiply_adds": 0, "outputs": 0}
        for _ in range(count):
            weights = 9 * in_channels * channels
            row["parameters"] += weights + channels
            row["multiply_adds"] += weights * size**2
            row["outputs"] += channels * size**2
            in_channels = channels
        rows.append(row)
        size //= 2
    for inputs, outputs in ((512 * 7 * 7, 4096), (4096, 4096), (4096, 1000)):
        rows.append({"parameters": inputs * outputs + outputs, "multiply_adds": inputs * outputs,
                     "outputs": outputs})
    return rows


# --8<-- [start:receptive]
def receptive_field(depth: int) -> int:
    """Width in pixels of what one unit after the last pooling sees."""
    field, step = 1, 1  # step: pixels between neighbors of the present map
    for count in CONVOLUTIONS[depth]:
        field += count * 2 * step  # each 3x3 adds one neighbor on both sides
        field += step  # the 2x2 pooling adds one neighbor on one side
        step *= 2
    return field
# --8<-- [end:receptive]


if __name__ == "__main__":
    for depth in CONVOLUTIONS:
        rows = cost_by_stage(depth)
        total = {key: sum(row[key] for row in rows) for key in rows[0]}
        print(f"VGG-{depth}: {total['parameters']:,} parameters, "
              f"{total['multiply_adds'] / 1e9:.2f}e9 multiply-adds, {total['outputs']:,} outputs, "
              f"receptive field {receptive_field(depth)}")
    for name, row in zip(("stage 1", "stage 2", "stage 3", "stage 4", "stage 5", "linear 1", "linear 2",
                          "linear 3"), cost_by_stage(16), strict=True):
        print(f"VGG-16 {name}: " + ", ".join(f"{value:,} {key}" for key, value in row.items()))
