"""Max and average pooling forward, the shifts they absorb, and which of them finds a signal.

The question is that of Boureau, Ponce and LeCun 2010, "A theoretical analysis of feature
pooling in visual recognition", ICML; the noise here is normal.
"""

import math

import numpy as np


# --8<-- [start:pool]
def windows(x: np.ndarray, kernel: int, stride: int) -> np.ndarray:
    """All windows that fit; rows and columns left over at the end are dropped.

    Args:
        x: Shape (N, C, H, W).
        kernel: Side of the window, >= 1.
        stride: Step in both directions, >= 1.

    Returns:
        A read-only view, (N, C, (H - kernel) // stride + 1, likewise for W, kernel,
        kernel).

    Raises:
        ValueError: If ``kernel`` or ``stride`` is below 1, or ``kernel`` is larger
            than the image.
    """
    if kernel < 1 or stride < 1:
        raise ValueError(f"kernel and stride must be >= 1, got {kernel}, {stride}")
    if kernel > min(x.shape[2:]):
        raise ValueError(f"kernel {kernel} does not fit x of {x.shape}")
    sliding = np.lib.stride_tricks.sliding_window_view
    return sliding(x, (kernel, kernel), axis=(2, 3))[:, :, ::stride, ::stride]


def max_pool2d(x: np.ndarray, kernel: int, stride: int) -> np.ndarray:
    """The largest pixel of each window, (N, C, H, W) -> (N, C, H_out, W_out).

    Args:
        x: Shape (N, C, H, W).
        kernel: Side of the window.
        stride: Step in both directions.

    >>> x = np.array([[[[1.0, 3, 2, 0], [4, 5, 0, 1], [9, 7, 8, 6], [0, 2, 3, 3]]]])
    >>> max_pool2d(x, 2, 2)[0, 0].tolist()
    [[5.0, 2.0], [9.0, 8.0]]
    """
    return windows(x, kernel, stride).max(axis=(4, 5))


def average_pool2d(x: np.ndarray, kernel: int, stride: int) -> np.ndarray:
    """The mean of each window, (N, C, H, W) -> (N, C, H_out, W_out).

    Args:
        x: Shape (N, C, H, W).
        kernel: Side of the window.
        stride: Step in both directions.
    """
    return windows(x, kernel, stride).mean(axis=(4, 5))
# --8<-- [end:pool]


# --8<-- [start:shift]
def absorbed(kernel: int, stride: int, shift: int) -> float:
    """Share of positions at which a lone peak can move without changing the output.

    The image is zero but for one pixel of 1, far from the border. Of all its
    positions relative to the windows (stride of them along each axis), the share
    from which moving it ``shift`` pixels to the right leaves max pooling's output
    exactly as it was.

    Args:
        kernel: Side of the window.
        stride: Step in both directions.
        shift: Pixels to the right, >= 0.

    Raises:
        ValueError: If ``kernel`` or ``stride`` is below 1 or ``shift`` below 0.
    """
    if min(kernel, stride) < 1 or shift < 0:
        raise ValueError(
            f"kernel, stride, shift are too small: {kernel}, {stride}, {shift}")
    margin = stride * math.ceil((kernel + shift) / stride)
    size = 2 * margin + stride + kernel + shift
    same = 0
    for row, column in np.ndindex(stride, stride):
        image = np.zeros((2, 1, size, size))
        image[0, 0, margin + row, margin + column] = 1.0
        image[1, 0, margin + row, margin + column + shift] = 1.0
        still, moved = max_pool2d(image, kernel, stride)
        same += np.array_equal(still, moved)
    return same / stride**2
# --8<-- [end:shift]


# --8<-- [start:detect]
def normal_cdf(t: np.ndarray) -> np.ndarray:
    """The standard normal distribution function of each entry."""
    erf = np.array([math.erf(v / math.sqrt(2)) for v in np.ravel(t)])
    return (1 + erf.reshape(np.shape(t))) / 2


def auc(how: str, cells: int, carrying: int, signal: float) -> float:
    """Probability that a window with the signal scores above one without it.

    Each cell holds independent standard normal noise. In a window with the signal,
    ``carrying`` of the cells have the mean ``signal``. 0.5 is chance, 1 perfect.

    Args:
        how: ``"average"``: the score is the mean of the cells. ``"max"``: their
            maximum. ``"stride"``: one fixed cell, which carries the signal with
            probability carrying / cells.
        cells: Number of cells in a window.
        carrying: How many of them carry the signal, 0 to cells.
        signal: Its strength in standard deviations of the noise.

    Raises:
        ValueError: If ``how`` is none of the three, ``cells`` is below 1, or
            ``carrying`` is not from 0 to ``cells``.
    """
    if cells < 1 or not 0 <= carrying <= cells:
        raise ValueError(f"carrying must be 0 to cells, got {carrying} of {cells}")
    if how == "average":
        # the difference has mean carrying * signal / cells, variance 2 / cells
        z = carrying * signal / math.sqrt(2 * cells)
        return float(normal_cdf(np.array(z)))
    if how == "stride":
        hit = float(normal_cdf(np.array(signal / math.sqrt(2))))
        return 0.5 + carrying / cells * (hit - 0.5)
    if how == "max":
        t = np.linspace(-9.0, 9.0 + abs(signal), 4001)
        without = normal_cdf(t) ** cells
        with_it = normal_cdf(t - signal) ** carrying
        with_it = with_it * normal_cdf(t) ** (cells - carrying)
        # integral of without, d with_it, by the trapezoidal rule
        return float(np.sum((without[1:] + without[:-1]) / 2 * np.diff(with_it)))
    raise ValueError(f"how must be average, max or stride, got {how!r}")
# --8<-- [end:detect]


if __name__ == "__main__":
    for kernel, stride in ((2, 2), (3, 3), (3, 2), (4, 4)):
        print(kernel, stride, [round(absorbed(kernel, stride, s), 3) for s in (0, 1, 2)])
    for cells in (4, 16):
        for how in ("max", "average", "stride"):
            print(cells, how, [round(auc(how, cells, k, 2.0), 3) for k in range(1, cells + 1)])
    for name, side in (("stride 1, then pooling", 56), ("stride 2", 28)):
        print(name, 9 * 64 * 64 * side**2)
