"""Normalization along the wrong axes, or in too small a type.

tests/optimization/test_layer_normalization_mistakes.py shows how each one fails.
"""

import numpy as np
import torch


# --8<-- [start:half]
def rms_norm_in_half(x, weight, eps=1e-6):
    """WRONG in float16: 300**2 is above 65,504, the root is inf, the output 0."""
    square = (x**2).mean(axis=-1, keepdims=True)
    return x / np.sqrt(square + x.dtype.type(eps)) * weight
# --8<-- [end:half]


# --8<-- [start:one_group]
def channel_layer_norm(channels: int) -> torch.nn.Module:
    """WRONG for one statistic per pixel: one group also averages over H and W."""
    return torch.nn.GroupNorm(1, channels)
# --8<-- [end:one_group]
