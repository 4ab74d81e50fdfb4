"""Unpoolings that run and are wrong. One image, one channel, 2x2 windows side by side.

What they should do is described at
https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html
"""

import numpy as np


# --8<-- [start:mask]
def unpool_by_equality(y, x):
    """Wrong: every pixel that equals its window's maximum gets the value."""
    windows = x.reshape(x.shape[0] // 2, 2, x.shape[1] // 2, 2)
    mask = windows == windows.max(axis=(1, 3), keepdims=True)  # ties: several
    return (mask * y[:, None, :, None]).reshape(x.shape)
# --8<-- [end:mask]


# --8<-- [start:local]
def unpool_with_window_offsets(y, x):
    """Wrong: the offset in the window is taken for the offset in the image."""
    h, w = y.shape
    windows = x.reshape(h, 2, w, 2).transpose(0, 2, 1, 3).reshape(h, w, 4)
    out = np.zeros(x.size)
    out[windows.argmax(axis=2).ravel()] = y.ravel()  # 0 to 3: the first pixels
    return out.reshape(x.shape)
# --8<-- [end:local]


# --8<-- [start:size]
def unpool_to_twice_the_size(y, indices):
    """Wrong: for an odd image the width is not twice the pooled one."""
    h, w = y.shape
    out = np.zeros(4 * h * w)
    out[indices.ravel()] = y.ravel()  # row * W + column was meant for another W
    return out.reshape(2 * h, 2 * w)
# --8<-- [end:size]
