"""Cheaper attention, wrong in two ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:mask]
def window_by_mask(q, k, window):
    """WRONG as a saving: the right scores, but all T * T of them are computed."""
    scores = q @ k.T
    distance = np.arange(len(q))[:, None] - np.arange(len(k))
    return np.where((distance >= 0) & (distance < window), scores, -np.inf)
# --8<-- [end:mask]


# --8<-- [start:future]
def linear_attention_of_everything(q, k, v):
    """WRONG in a decoder: one sum over all positions, the later ones included."""
    state, total = k.T @ v, k.sum(axis=0)  # right: running sums up to t
    return (q @ state) / (q @ total)[:, None]
# --8<-- [end:future]
