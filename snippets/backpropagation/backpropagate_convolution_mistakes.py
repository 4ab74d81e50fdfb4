"""Convolution gradients that run and are wrong. One image, one channel, no padding.

The correct forms are in Dumoulin and Visin, *A guide to convolution arithmetic for deep
learning*, https://arxiv.org/abs/1603.07285, chapter 4.
"""

import numpy as np


# --8<-- [start:flip]
def grad_input_without_flip(grad_out, weight):
    """Wrong: correlates the padded gradient with the kernel as it is. Stride 1."""
    kernel_height, kernel_width = weight.shape
    spread = np.pad(grad_out, ((kernel_height - 1,) * 2, (kernel_width - 1,) * 2))
    patches = np.lib.stride_tricks.sliding_window_view(spread, weight.shape)
    return np.einsum("ijuv,uv->ij", patches, weight)  # must be weight[::-1, ::-1]
# --8<-- [end:flip]


# --8<-- [start:overwrite]
def grad_input_overwriting(grad_out, weight, size, stride):
    """Wrong: assigns where windows overlap, so the last output wins."""
    grad_x = np.zeros(size, dtype=grad_out.dtype)
    kernel_height, kernel_width = weight.shape
    for p, q in np.ndindex(*grad_out.shape):
        top, left = p * stride, q * stride
        stamp = grad_out[p, q] * weight
        # must be +=
        grad_x[top : top + kernel_height, left : left + kernel_width] = stamp
    return grad_x
# --8<-- [end:overwrite]


# --8<-- [start:lost]
def grad_input_without_lost_positions(grad_out, weight, stride):
    """Wrong: computes the input's size as if nothing were left over."""
    kernel_height, kernel_width = weight.shape
    # must be the input's own H and W
    height = stride * (grad_out.shape[0] - 1) + kernel_height
    width = stride * (grad_out.shape[1] - 1) + kernel_width
    grad_x = np.zeros((height, width), dtype=grad_out.dtype)
    for p, q in np.ndindex(*grad_out.shape):
        top, left = p * stride, q * stride
        stamp = grad_out[p, q] * weight
        grad_x[top : top + kernel_height, left : left + kernel_width] += stamp
    return grad_x
# --8<-- [end:lost]
