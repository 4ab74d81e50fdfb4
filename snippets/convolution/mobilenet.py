"""What a layer costs: multiply-adds, weights, and the numbers that must be moved for them.

Howard et al., *MobileNets*, https://arxiv.org/abs/1704.04861, section 3.1, and Sandler et
al., *MobileNetV2*, https://arxiv.org/abs/1801.04381, section 3. The ratio of arithmetic to
traffic is the horizontal axis of the roofline model, https://doi.org/10.1145/1498765.1498785
"""

import math

import numpy as np


# --8<-- [start:cost]
def convolution_cost(
    in_channels: int, channels: int, kernel: int, size: int, groups: int = 1
) -> np.ndarray:
    """Multiply-adds, weights and numbers moved of a convolution with equal padding.

    Input and output both have ``size`` x ``size`` positions, the stride is 1, there
    is no bias. Each output number takes kernel * kernel * in_channels / groups
    multiply-adds. Moved at least once: the input, the weights, the output.

    Args:
        in_channels: Channels of the input, divisible by ``groups``.
        channels: Channels of the output, divisible by ``groups``.
        kernel: Height and width of the kernel.
        size: Height and width of the feature map.
        groups: 1 for a standard convolution, ``in_channels`` for a depthwise one.

    Returns:
        Three numbers, shape (3,), float64: multiply-adds, weights, numbers moved.

    Raises:
        ValueError: If ``groups`` does not divide both channel numbers.

    >>> convolution_cost(64, 128, 3, 56).tolist()
    [231211008.0, 73728.0, 675840.0]
    """
    if in_channels % groups or channels % groups:
        raise ValueError(f"groups {groups} must divide {in_channels}, {channels}")
    weights = kernel * kernel * (in_channels // groups) * channels
    moved = (in_channels + channels) * size * size + weights
    return np.array([weights * size * size, weights, moved], dtype=np.float64)


def separable_cost(
    in_channels: int, channels: int, kernel: int, size: int
) -> np.ndarray:
    """The same three numbers for a depthwise and then a 1x1 convolution.

    The depthwise one keeps ``in_channels``. What lies between the two is written
    and read again, so the costs add up.
    """
    groups = in_channels
    return (convolution_cost(in_channels, in_channels, kernel, size, groups)
            + convolution_cost(in_channels, channels, 1, size))


def inverted_residual_cost(
    channels: int, expansion: int, kernel: int, size: int
) -> np.ndarray:
    """The same three numbers for 1x1 up, depthwise, 1x1 down, without the addition.

    Both ends have ``channels``, the middle ``expansion * channels``.
    """
    hidden = expansion * channels
    return (convolution_cost(channels, hidden, 1, size)
            + separable_cost(hidden, channels, kernel, size))


def intensity(cost: np.ndarray, bytes_per_number: int = 4) -> float:
    """Arithmetic intensity: multiply-adds per byte moved, of a cost from above."""
    return float(cost[0] / (cost[2] * bytes_per_number))
# --8<-- [end:cost]


# --8<-- [start:compose]
def compose(depthwise: np.ndarray, pointwise: np.ndarray) -> np.ndarray:
    """The kernel of the one standard convolution that does what the two layers do.

    Without an activation between them, the two are a standard convolution with
    ``weight[o, c, u, v] = pointwise[o, c] * depthwise[c, u, v]``.

    Args:
        depthwise: One filter per input channel, shape (C_in, K, K).
        pointwise: Weights of the 1x1 convolution, shape (C_out, C_in).

    Returns:
        Shape (C_out, C_in, K, K).
    """
    return pointwise[:, :, None, None] * depthwise[None]
# --8<-- [end:compose]


# --8<-- [start:survives]
def survives(dimensions: int, units: int) -> float:
    """Probability that ReLU(W x) still determines x, for random directions W.

    x has ``dimensions`` numbers, W has ``units`` rows drawn from a normal
    distribution. Each row is active (positive) with probability 1/2, independently.
    Active rows hand on their linear equation, the others only a zero: x follows if
    at least ``dimensions`` of the ``units`` rows are active. 0 if there are fewer
    units than dimensions.

    >>> survives(2, 3)
    0.5
    """
    ways = sum(math.comb(units, active) for active in range(dimensions, units + 1))
    return ways / 2**units
# --8<-- [end:survives]


if __name__ == "__main__":
    layers = {
        "standard": convolution_cost(512, 512, 3, 14),
        "depthwise": convolution_cost(512, 512, 3, 14, 512),
        "pointwise": convolution_cost(512, 512, 1, 14),
        "separable": separable_cost(512, 512, 3, 14),
        "inverted, 64 to 384 to 64": inverted_residual_cost(64, 6, 3, 14),
        "standard, 64 to 64": convolution_cost(64, 64, 3, 14),
        "standard, 384 to 384": convolution_cost(384, 384, 3, 14),
    }
    for name, cost in layers.items():
        print(f"{name}: {cost[0]:,.0f} multiply-adds, {cost[1]:,.0f} weights, "
              f"{cost[2] * 4 / 1e6:.2f} MB, {intensity(cost):.1f} per byte")
    for channels in (4, 16, 24):
        print(f"ReLU on {channels}: {survives(channels, channels):.2g}, "
              f"on {6 * channels}: {survives(channels, 6 * channels):.10f}")
