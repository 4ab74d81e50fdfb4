"""Wrong code, on purpose: overlaps and suppressions that go wrong without an error."""

import numpy as np

from snippets.detection_and_segmentation.iou_and_nms import box_iou, nms


# --8<-- [start:clamp]
def iou_without_clamp(a: np.ndarray, b: np.ndarray) -> float:
    """WRONG: (4,), (4,) -> IoU. Two negative sides multiply to an area."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (areas - width * height)
# --8<-- [end:clamp]


# --8<-- [start:plus_one]
def iou_plus_one(a: np.ndarray, b: np.ndarray) -> float:
    """WRONG for coordinates in 0..1: the "+ 1" is larger than the whole image."""
    width = max(min(a[2], b[2]) - max(a[0], b[0]) + 1, 0)
    height = max(min(a[3], b[3]) - max(a[1], b[1]) + 1, 0)
    areas = sum((c[2] - c[0] + 1) * (c[3] - c[1] + 1) for c in (a, b))
    return width * height / (areas - width * height)
# --8<-- [end:plus_one]


# --8<-- [start:at_once]
def nms_at_once(
    boxes: np.ndarray, scores: np.ndarray, max_iou: float
) -> np.ndarray:
    """WRONG: one matrix, no loop. A suppressed box goes on suppressing."""
    order = np.argsort(-scores, kind="stable")
    # Rows are the better boxes, columns the worse ones.
    iou = np.triu(box_iou(boxes[order], boxes[order]), k=1)
    return order[(iou <= max_iou).all(axis=0)]
# --8<-- [end:at_once]


# --8<-- [start:offset]
def nms_with_offsets(
    boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray, max_iou: float
) -> np.ndarray:
    """WRONG below 0: move each class to a region of its own."""
    step = boxes.max() + 1
    return nms(boxes + (classes * step)[:, None], scores, max_iou)
# --8<-- [end:offset]
