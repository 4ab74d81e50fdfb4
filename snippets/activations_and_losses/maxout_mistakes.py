"""Maxout, wrong in four ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:everyone]
def backward_to_all_pieces(grad_out, x, weight):
    """WRONG: the losers get the gradient too, without a part in the output."""
    pieces = weight.shape[2]
    grad_pieces = np.repeat(grad_out[:, :, None], pieces, axis=2)  # (N, H, P)
    return np.einsum("nd,nhp->dhp", x, grad_pieces)
# --8<-- [end:everyone]


# --8<-- [start:groups]
def max_over_the_wrong_groups(flat, units, pieces):
    """WRONG if unit 0's pieces come first: it pairs pieces of different units."""
    # Right: flat.reshape(-1, units, pieces).max(axis=2)
    return flat.reshape(-1, pieces, units).max(axis=1)
# --8<-- [end:groups]


# --8<-- [start:init]
def he_init_for_pieces(fan_in, units, pieces, rng):
    """WRONG: 2 / D compensates for ReLU's zeros. A maximum has none."""
    return rng.standard_normal((fan_in, units, pieces)) * np.sqrt(2.0 / fan_in)
# --8<-- [end:init]


# --8<-- [start:dropout]
def dropout_before_the_max(pieces, p, rng):
    """WRONG: a dropped piece is 0, and 0 beats every negative piece."""
    keep = rng.random(pieces.shape) >= p
    return (pieces * keep / (1 - p)).max(axis=2)  # right: drop the layer's inputs
# --8<-- [end:dropout]
