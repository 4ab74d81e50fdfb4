"""Blocks, wrong in four ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:shortcut]
def block_that_adds_to_the_norm(x, norm, branch):
    """WRONG: the stream itself is normalized, so nothing passes untouched."""
    x = norm(x)
    return x + branch(x)  # right: x + branch(norm(x))
# --8<-- [end:shortcut]


# --8<-- [start:axes]
def norm_over_the_sequence(x, eps=1e-5):
    """WRONG: (N, T, D). Statistics over positions too let the future leak."""
    mean = x.mean(axis=(1, 2), keepdims=True)  # right: axis=-1
    variance = x.var(axis=(1, 2), keepdims=True)
    return (x - mean) / np.sqrt(variance + eps)
# --8<-- [end:axes]


# --8<-- [start:half]
def rms_norm_in_half(x, eps=1e-5):
    """WRONG: float16. x**2 overflows from 256 on, and x / inf is 0."""
    x = x.astype(np.float16)  # right: np.float32, and back at the end
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps)
# --8<-- [end:half]


# --8<-- [start:sample]
def norm_by_the_sample_deviation(x, eps=1e-5):
    """WRONG: divides by D - 1, and adds eps outside the root."""
    centered = x - x.mean(axis=-1, keepdims=True)
    return centered / (x.std(axis=-1, ddof=1, keepdims=True) + eps)
# --8<-- [end:sample]
