"""The 1x1 convolution: one dense layer on the channels of every pixel.

Lin, Chen and Yan, *Network In Network*, https://arxiv.org/abs/1312.4400. Reductions before
larger kernels: Szegedy et al., https://arxiv.org/abs/1409.4842, table 1.
"""

import numpy as np


# --8<-- [start:conv]
def conv1x1(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: int = 1
) -> np.ndarray:
    """Multiply the channels of each pixel by one matrix.

    Args:
        x: Maps, shape (N, C_in, H, W).
        weight: Shape (C_out, C_in).
        bias: Shape (C_out,).
        stride: Keep every ``stride``-th row and column, from the first on.

    Returns:
        Shape (N, C_out, ceil(H / stride), ceil(W / stride)).

    Raises:
        ValueError: If ``weight`` does not have one column per channel of ``x``.
    """
    if weight.shape[1] != x.shape[1]:
        raise ValueError(f"weight {weight.shape} against {x.shape[1]} channels")
    kept = x[:, :, ::stride, ::stride]
    pixels = kept.transpose(0, 2, 3, 1)  # (N, C, H, W) -> (N, H, W, C)
    out = pixels @ weight.T + bias  # a dense layer, the same for all N * H * W rows
    return out.transpose(0, 3, 1, 2)  # (N, H, W, C) -> (N, C, H, W)
# --8<-- [end:conv]


# --8<-- [start:reduce]
def multiply_adds(channels: list[int], kernels: list[int]) -> int:
    """Multiply-adds per position of a chain of convolutions at stride 1.

    Args:
        channels: Channels before, between and after the layers.
        kernels: Kernel size of each layer, one fewer than ``channels``.

    Raises:
        ValueError: If the lengths do not fit.

    >>> multiply_adds([192, 32], [5]), multiply_adds([192, 16, 32], [1, 5])
    (153600, 15872)
    """
    pairs = zip(channels[:-1], channels[1:], kernels, strict=True)
    return sum(c_in * c_out * kernel * kernel for c_in, c_out, kernel in pairs)


def break_even(c_in: int, c_out: int, kernel: int) -> float:
    """Reduced channels at which a 1x1 in front of the kernel saves nothing.

    Below it the chain c_in -> r -> c_out, with kernels 1 and ``kernel``, needs
    fewer multiply-adds than c_in -> c_out directly.
    """
    direct = kernel * kernel * c_in * c_out
    return direct / (c_in + kernel * kernel * c_out)
# --8<-- [end:reduce]


# --8<-- [start:rank]
def best_reduction(x: np.ndarray, channels: int) -> np.ndarray:
    """The 1x1 weights that lose least: principal directions of the pixels.

    Args:
        x: Maps, shape (N, C, H, W).
        channels: How many to keep, at most C.

    Returns:
        Orthonormal rows, shape (channels, C): reduce with them, expand with their
        transpose. No linear pair loses less of the sum of squares.

    Raises:
        ValueError: If more channels are to be kept than there are.
    """
    if channels > x.shape[1]:
        raise ValueError(f"channels {channels} exceeds the {x.shape[1]} of x")
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])  # (N * H * W, C)
    pixels = pixels.astype(np.float64)  # squares of 8-bit pixels would wrap around
    _, vectors = np.linalg.eigh(pixels.T @ pixels)  # eigenvalues ascend
    return vectors[:, ::-1][:, :channels].T


def lost(x: np.ndarray, weight: np.ndarray) -> float:
    """Share of the sum of squares that reducing and expanding again loses.

    Args:
        x: Maps, shape (N, C, H, W).
        weight: Orthonormal rows, shape (channels, C).
    """
    x = x.astype(np.float64)  # squares of 8-bit pixels would wrap around
    reduced = conv1x1(x, weight, np.zeros(len(weight)))
    restored = conv1x1(reduced, weight.T, np.zeros(x.shape[1]))
    return float(((x - restored) ** 2).sum() / (x**2).sum())
# --8<-- [end:rank]


# --8<-- [start:head]
def class_maps(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A classifier as a 1x1 convolution: scores per class and position, and logits.

    Args:
        x: Last feature maps, shape (N, C, H, W).
        weight: Of the linear layer that follows global average pooling, (K, C).
        bias: Its bias, shape (K,).

    Returns:
        Maps, shape (N, K, H, W), and their means over the positions, (N, K): the
        logits that pooling first would give, because both steps are linear.
    """
    maps = conv1x1(x, weight, bias)
    return maps, maps.mean(axis=(2, 3))
# --8<-- [end:head]


if __name__ == "__main__":
    for title, channels, kernels in (("5x5 directly", [192, 32], [5]),
                                     ("reduced to 16", [192, 16, 32], [1, 5])):
        print(f"{title}: {multiply_adds(channels, kernels) * 28 * 28:,} multiply-adds")
    print(f"break even at {break_even(192, 32, 5):.1f} channels")
    rng = np.random.default_rng(0)
    x = conv1x1(rng.normal(size=(1, 8, 16, 16)), rng.normal(size=(64, 8)), np.zeros(64))
    noisy = x + 0.5 * rng.normal(size=x.shape)
    for channels in (4, 8, 16):
        print(f"{channels} of 64 channels kept: {lost(x, best_reduction(x, channels)):.3f} lost, "
              f"{lost(noisy, best_reduction(noisy, channels)):.3f} with noise")
