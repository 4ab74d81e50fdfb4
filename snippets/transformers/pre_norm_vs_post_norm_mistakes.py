"""Norms, wrong in two ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:last]
def pre_norm_without_the_last(x, branches, norm):
    """WRONG: the output layer reads a stream that has grown with depth."""
    for branch in branches:
        x = x + branch(norm(x))
    return x  # right: norm(x)
# --8<-- [end:last]


# --8<-- [start:positions]
def qk_norm_over_positions(x, eps=1e-6):
    """WRONG: (T, D). Each channel is normalized over the sequence: a leak."""
    return x / np.sqrt((x**2).mean(axis=-2, keepdims=True) + eps)  # right: axis=-1
# --8<-- [end:positions]
