"""Pooling passes that run and are wrong. One image, one channel.

What they should do is described at
https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
"""

import numpy as np


# --8<-- [start:mask]
def grad_by_equality(grad_out, out, x, kernel, stride):
    """Wrong: every pixel that equals the maximum gets the whole gradient."""
    grad_x = np.zeros_like(x)
    for p, q in np.ndindex(*grad_out.shape):
        rows = slice(p * stride, p * stride + kernel)
        columns = slice(q * stride, q * stride + kernel)
        won = x[rows, columns] == out[p, q]  # must be one pixel
        grad_x[rows, columns] += won * grad_out[p, q]
    return grad_x
# --8<-- [end:mask]


# --8<-- [start:zeros]
def max_pool_padded_with_zeros(x, kernel, stride, padding):
    """Wrong: a zero of the padding beats negative pixels."""
    padded = np.pad(x, padding)  # must be padded with -inf
    height = (padded.shape[0] - kernel) // stride + 1
    width = (padded.shape[1] - kernel) // stride + 1
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel))
    return windows[::stride, ::stride].max(axis=(2, 3))[:height, :width]
# --8<-- [end:zeros]


# --8<-- [start:assign]
def grad_assigned(grad_out, x, kernel, stride):
    """Wrong: a pixel that wins twice keeps only the last gradient."""
    grad_x = np.zeros_like(x)
    for p, q in np.ndindex(*grad_out.shape):
        top, left = p * stride, q * stride
        window = x[top : top + kernel, left : left + kernel]
        u, v = np.unravel_index(window.argmax(), window.shape)
        grad_x[p * stride + u, q * stride + v] = grad_out[p, q]  # must be +=
    return grad_x
# --8<-- [end:assign]
