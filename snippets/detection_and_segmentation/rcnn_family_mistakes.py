"""Wrong code, on purpose: how the second stage learns the wrong boxes, or none."""

import numpy as np


# --8<-- [start:background]
def box_loss_with_background(offsets: np.ndarray, targets: np.ndarray) -> float:
    """WRONG: (S, 4), (S, 4). Background has no object to regress to."""
    distance = np.abs(offsets - targets)
    smooth_l1 = np.where(distance < 1, 0.5 * distance**2, distance - 0.5)
    return float(smooth_l1.sum() / len(offsets))
# --8<-- [end:background]


# --8<-- [start:columns]
def boxes_of_class(offsets: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """WRONG: (S, 4 * (K + 1)) -> (S, 4). Reads column c, not the c-th four."""
    columns = labels[:, None] + np.arange(4)
    return np.take_along_axis(offsets, columns, axis=1)
# --8<-- [end:columns]


# --8<-- [start:proposals]
def candidates(proposals: np.ndarray, objects: np.ndarray) -> np.ndarray:
    """WRONG: leaves the true boxes out of what the head is trained on."""
    return proposals
# --8<-- [end:proposals]
