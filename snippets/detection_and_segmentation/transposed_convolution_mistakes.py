"""What people take a transposed convolution for.

What it is: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html
"""

import numpy as np


# --8<-- [start:inverse]
def undo(matrix, y):
    """Wrong as "deconvolution": the transpose of a matrix is not its inverse."""
    return matrix.T @ y


def least_squares(matrix, y):
    """Right, if x is wanted back: the shortest x that explains y."""
    return np.linalg.pinv(matrix) @ y
# --8<-- [end:inverse]


# --8<-- [start:flip]
def by_zeros_and_convolution(y, kernel, stride):
    """Wrong: zeros between the inputs are right, but the kernel must be flipped."""
    spread = np.zeros((len(y) - 1) * stride + 1)
    spread[::stride] = y
    padded = np.pad(spread, len(kernel) - 1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(kernel))
    return windows @ kernel  # must be kernel[::-1]
# --8<-- [end:flip]


# --8<-- [start:crop]
def output_size(size, kernel, stride, padding):
    """Wrong: padding enlarges a convolution's output, but cuts this one's."""
    return (size - 1) * stride + kernel + 2 * padding  # must be - 2 * padding
# --8<-- [end:crop]
