"""Sizes, costs and receptive fields of a stack of convolutions and poolings.

Sizes: Dumoulin and Visin, https://arxiv.org/abs/1603.07285. Receptive fields: Araujo, Norris
and Sim, https://doi.org/10.23915/distill.00021. Effective ones: Luo, Li, Urtasun and Zemel,
https://arxiv.org/abs/1701.04128.
"""

import numpy as np

Layer = tuple[int, int, int, int]  # kernel, stride, padding, dilation


# --8<-- [start:size]
def output_size(
    size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """Positions along one axis: (size + 2 padding - reach) // stride + 1.

    The reach of the kernel is dilation * (kernel - 1) + 1 pixels.

    Raises:
        ValueError: If kernel, stride or dilation is below 1, the padding negative,
            or the kernel reaches beyond the padded input.

    >>> output_size(224, kernel=7, stride=2, padding=3)
    112
    """
    if min(kernel, stride, dilation) < 1 or padding < 0:
        raise ValueError(f"need kernel, stride, dilation >= 1, padding >= 0, "
                         f"got {kernel}, {stride}, {dilation}, {padding}")
    left = size + 2 * padding - (dilation * (kernel - 1) + 1)
    if left < 0:
        raise ValueError(f"kernel {kernel} with dilation {dilation} is wider than "
                         f"size {size} with padding {padding}")
    return left // stride + 1


def layer_cost(
    in_channels: int, channels: int, kernel: int, out_size: int,
    groups: int = 1, bias: bool = True,
) -> tuple[int, int]:
    """Parameters and multiply-adds of a square convolution.

    Args:
        in_channels: Channels of the input.
        channels: Channels of the output.
        kernel: Height and width of the kernel.
        out_size: Height and width of the *output*.
        groups: Each output channel reads in_channels / groups channels.
        bias: Whether there is one bias per output channel. It adds a parameter and
            no multiply-add.

    Raises:
        ValueError: If ``groups`` does not divide both channel numbers.

    >>> layer_cost(3, 64, 3, 224)
    (1792, 86704128)
    """
    if in_channels % groups or channels % groups:
        raise ValueError(f"groups {groups} must divide {in_channels}, {channels}")
    weights = channels * (in_channels // groups) * kernel * kernel
    return weights + channels * bias, weights * out_size * out_size
# --8<-- [end:size]


# --8<-- [start:trace]
def trace(layers: list[Layer]) -> list[tuple[int, int, float]]:
    """Receptive field, jump and start after each layer, along one axis.

    The jump is the distance in the input between two neighboring outputs. The start
    is the center of the first output's field, where pixel i has its center at i.
    Before the first layer they are 1, 1 and 0.

    Args:
        layers: Kernel, stride, padding and dilation of each layer in order.

    >>> trace([(3, 1, 0, 1), (3, 2, 0, 1), (3, 1, 0, 2)])
    [(3, 1, 1.0), (5, 2, 2.0), (13, 2, 6.0)]
    """
    field, jump, start, rows = 1, 1, 0.0, []
    for kernel, stride, padding, dilation in layers:
        gap = dilation * (kernel - 1)  # from the first to the last tap
        field += gap * jump
        start += (gap / 2 - padding) * jump
        jump *= stride
        rows.append((field, jump, start))
    return rows


def pixels_seen(layers: list[Layer], index: int) -> tuple[int, int]:
    """First and last input pixel in the field of output ``index``.

    Numbers below 0 or beyond the image are padding.

    >>> pixels_seen([(3, 1, 1, 1), (3, 2, 1, 1)], 2)
    (2, 6)
    """
    field, jump, start = trace(layers)[-1]
    first = int(start + index * jump - (field - 1) / 2)
    return first, first + field - 1
# --8<-- [end:trace]


# --8<-- [start:paths]
def paths(layers: list[Layer]) -> np.ndarray:
    """In how many ways each pixel of the field reaches the output, along one axis.

    From the last layer back: put stride - 1 zeros between the entries, then add
    one copy per tap, ``dilation`` apart. Every path counts 1, so this is the
    gradient of the output when all weights are 1.

    Returns:
        Shape (receptive field,), float64. Zeros are pixels that are never read.

    >>> paths([(3, 1, 0, 1), (3, 1, 0, 1)]).tolist()
    [1.0, 2.0, 3.0, 2.0, 1.0]
    """
    counts = np.ones(1)
    for kernel, stride, _, dilation in reversed(layers):
        spread_out = np.zeros(stride * (len(counts) - 1) + 1)
        spread_out[::stride] = counts
        taps = np.zeros(dilation * (kernel - 1) + 1)
        taps[::dilation] = 1.0
        counts = np.convolve(spread_out, taps)
    return counts


def spread(layers: list[Layer]) -> float:
    """Standard deviation in pixels of a path drawn at random, from the sizes alone.

    Each layer adds an independent, uniform choice of a tap. With the jump before
    the layer, taps are dilation * jump pixels apart, and the variance of the choice
    is (dilation * jump) ** 2 * (kernel ** 2 - 1) / 12. Variances add.
    """
    jumps = [1] + [jump for _, jump, _ in trace(layers)]
    return float(np.sqrt(sum(
        (dilation * jump) ** 2 * (kernel**2 - 1) / 12
        for (kernel, _, _, dilation), jump in zip(layers, jumps[:-1], strict=True)
    )))


def central_pixels(layers: list[Layer], share: float = 0.95) -> int:
    """Width of the smallest centered window that holds ``share`` of all paths.

    Raises:
        ValueError: If ``share`` is not in (0, 1].
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be in (0, 1], got {share}")
    counts = paths(layers)
    for cut in range((len(counts) - 1) // 2, 0, -1):  # pixels dropped on each side
        if counts[cut:-cut].sum() >= share * counts.sum():
            return len(counts) - 2 * cut
    return len(counts)
# --8<-- [end:paths]


# --8<-- [start:networks]
CONV, POOL = (3, 1, 1, 1), (2, 2, 0, 1)
VGG16 = [CONV] * 2 + [POOL] + [CONV] * 2 + [POOL] + ([CONV] * 3 + [POOL]) * 3

# ResNet-50 without its 1x1 convolutions at stride 1, which change nothing here
STEM = [(7, 2, 3, 1), (3, 2, 1, 1), *[CONV] * 3]
STRIDED_1X1, STRIDED_3X3 = (1, 2, 0, 1), (3, 2, 1, 1)
RESNET50_PAPER = STEM + [layer for blocks in (4, 6, 3)
                         for layer in [STRIDED_1X1] + [CONV] * blocks]
RESNET50_TORCHVISION = STEM + [layer for blocks in (4, 6, 3)
                               for layer in [STRIDED_3X3] + [CONV] * (blocks - 1)]
# --8<-- [end:networks]


if __name__ == "__main__":
    for name, layers in {"VGG-16, pool5": VGG16, "ResNet-50, paper": RESNET50_PAPER,
                         "ResNet-50, torchvision": RESNET50_TORCHVISION,
                         "20 layers of 3": [CONV] * 20, "80 layers of 3": [CONV] * 80,
                         "dilation 1, 2, 4, 8": [(3, 1, 0, d) for d in (1, 2, 4, 8)],
                         "dilation 2, 2, 2": [(3, 1, 0, 2)] * 3}.items():
        field, jump, start = trace(layers)[-1]
        print(f"{name}: field {field}, jump {jump}, start {start}, spread "
              f"{spread(layers):.2f}, 95 percent of the paths in {central_pixels(layers)}, "
              f"{int((paths(layers) == 0).sum())} pixels unread")
    small = [(3, 1, 0, 1), (3, 2, 0, 1), (3, 1, 0, 2)]
    print("example", trace(small), pixels_seen(small, 0), pixels_seen(small, 1), paths(small))
