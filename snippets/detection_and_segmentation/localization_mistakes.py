"""Ways to read a place out of a map that run and are wrong. One map, (H, W).

Soft-argmax is described in section 4.1 of https://arxiv.org/abs/1504.00702.
"""

import numpy as np


# --8<-- [start:corner]
def best_cell_corner(scores, stride):
    """Wrong: the cell's first pixel is taken for its middle."""
    row, column = np.unravel_index(scores.argmax(), scores.shape)
    return np.array([column * stride, row * stride])  # must be + (stride - 1) / 2
# --8<-- [end:corner]


# --8<-- [start:swap]
def best_cell_swapped(scores, stride):
    """Wrong: arrays are indexed (row, column), points are (x, y)."""
    place = np.unravel_index(scores.argmax(), scores.shape)
    return np.array(place) * stride + (stride - 1) / 2  # must be reversed
# --8<-- [end:swap]


# --8<-- [start:linear]
def center_of_mass(scores, stride):
    """Wrong: scores are weights only after a softmax, they can be negative."""
    rows, columns = np.indices(scores.shape)
    weights = scores / scores.sum()  # must be the softmax
    x, y = (weights * columns).sum(), (weights * rows).sum()
    return np.array([x, y]) * stride + (stride - 1) / 2
# --8<-- [end:linear]
