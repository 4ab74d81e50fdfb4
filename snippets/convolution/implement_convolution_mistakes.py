"""Four ways to get a convolution wrong. All of it is wrong on purpose."""

import numpy as np


# --8<-- [start:reshape]
def im2col_without_transpose(seen: np.ndarray) -> np.ndarray:
    """Wrong: right shape, but a row mixes positions and channels."""
    n, c, height, width, k_h, k_w = seen.shape
    return seen.reshape(n, height * width, c * k_h * k_w)
# --8<-- [end:reshape]


# --8<-- [start:size]
def output_size_without_reach(
    size: int, taps: int, stride: int, padding: int
) -> int:
    """Wrong with dilation: counts the taps, not the pixels they reach over."""
    return (size + 2 * padding - taps) // stride + 1
# --8<-- [end:size]


# --8<-- [start:flip]
def conv1d(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Wrong as a layer's forward pass: np.convolve flips the kernel."""
    return np.convolve(x, kernel, mode="valid")
# --8<-- [end:flip]


# --8<-- [start:group]
def first_channel_of_group(o: int, c_in: int, groups: int) -> int:
    """Wrong: takes the output channel for its group."""
    return o * (c_in // groups)
# --8<-- [end:group]
