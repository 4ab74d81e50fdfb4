"""Wrong code, on purpose: what goes wrong when an RPN is trained."""

import numpy as np


# --8<-- [start:ignored]
def labels_without_ignored(iou: np.ndarray) -> np.ndarray:
    """WRONG: (N, G) -> (N,). Whatever is not an object becomes background."""
    return (iou.max(axis=1) >= 0.7).astype(np.int8)
# --8<-- [end:ignored]


# --8<-- [start:threshold]
def labels_by_threshold(iou: np.ndarray) -> np.ndarray:
    """WRONG: (N, G) -> (N,). A box without an IoU of 0.7 is never learned."""
    best = iou.max(axis=1)
    return np.where(best >= 0.7, 1, np.where(best < 0.3, 0, -1)).astype(np.int8)
# --8<-- [end:threshold]


# --8<-- [start:ties]
def best_anchors(iou: np.ndarray) -> np.ndarray:
    """WRONG: (N, G) -> (N,). For an untouched box all anchors tie at IoU 0."""
    return (iou == iou.max(axis=0)).any(axis=1)
# --8<-- [end:ties]


# --8<-- [start:pixels]
def encode_in_pixels(anchors: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """WRONG: (N, 4), (N, 4) -> (N, 4). Large anchors pay more for one error."""
    return boxes - anchors
# --8<-- [end:pixels]


# --8<-- [start:flatten]
def flatten_without_transpose(offsets: np.ndarray) -> np.ndarray:
    """WRONG: (4 * A, H, W) -> (H * W * A, 4). Right shape, mixed rows."""
    return offsets.reshape(-1, 4)
# --8<-- [end:flatten]
