"""Wrong: slots without a fixed meaning, one mode for two peaks, IoU alone as the loss."""

import numpy as np


# --8<-- [start:slots]
def wrong_best_slots(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """What squared error teaches when either object may stand in either slot.

    Two boxes (4,) of one class, in an order that is a coin flip: each slot is
    taught ``first`` half of the time and ``second`` the other half.
    """
    mean = (first + second) / 2
    return np.stack([mean, mean])  # both slots predict the box in between
# --8<-- [end:slots]


# --8<-- [start:plain]
def wrong_iou_loss(box: np.ndarray, target: np.ndarray) -> float:
    """1 - IoU: flat, and without a gradient, wherever the boxes do not touch."""
    sides = np.minimum(box[2:], target[2:]) - np.maximum(box[:2], target[:2])
    overlap = np.prod(np.maximum(sides, 0.0))
    union = np.prod(box[2:] - box[:2]) + np.prod(target[2:] - target[:2]) - overlap
    return float(1 - overlap / union)
# --8<-- [end:plain]


# --8<-- [start:corners]
def wrong_corners(raw: np.ndarray, size: float) -> np.ndarray:
    """Four free corners: nothing keeps x1 below x2, so the area can be negative."""
    return size * 0.5 * (1 + np.tanh(raw / 2))
# --8<-- [end:corners]
