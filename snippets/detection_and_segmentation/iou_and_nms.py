"""Intersection over union, its generalized form, and three kinds of non-maximum suppression.

GIoU: Rezatofighi et al., https://arxiv.org/abs/1902.09630.
Soft-NMS: Bodla et al., https://arxiv.org/abs/1704.04503.

Boxes are ``x1, y1, x2, y2`` in continuous pixels (no "+ 1"), unless said otherwise.
"""

import numpy as np


# --8<-- [start:corners]
def to_corners(boxes: np.ndarray, encoding: str) -> np.ndarray:
    """Corner boxes (N, 4) from another encoding.

    Args:
        boxes: (N, 4).
        encoding: "xywh" for left, top, width, height (COCO's files), or "cxcywh"
            for center x, center y, width, height (YOLO's and DETR's).

    Raises:
        ValueError: If encoding is neither.

    >>> to_corners(np.array([[10.0, 20, 4, 6]]), "cxcywh")
    array([[ 8., 17., 12., 23.]])
    """
    if encoding not in ("xywh", "cxcywh"):
        raise ValueError(f"encoding must be 'xywh' or 'cxcywh', got {encoding!r}")
    first, size = boxes[:, :2], boxes[:, 2:]  # (N, 2) each
    top_left = first if encoding == "xywh" else first - size / 2
    return np.concatenate([top_left, top_left + size], axis=1)
# --8<-- [end:corners]


# --8<-- [start:iou]
def box_iou(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of each pair: (N, 4), (M, 4) -> (N, M).

    Two boxes whose union has no area (both are points or lines) get 0.

    >>> box_iou(np.array([[0.0, 0, 4, 4]]), np.array([[0, 0, 2, 4], [5, 5, 9, 9]]))
    array([[0.5, 0. ]])
    """
    top_left = np.maximum(boxes[:, None, :2], others[None, :, :2])  # (N, M, 2)
    bottom_right = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    # Disjoint boxes have a negative side; without the 0, two would give an area.
    overlap = np.prod(np.maximum(bottom_right - top_left, 0.0), axis=2)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    other_area = np.prod(others[:, 2:] - others[:, :2], axis=1)
    union = area[:, None] + other_area[None] - overlap
    return np.where(union > 0, overlap / np.where(union > 0, union, 1.0), 0.0)
# --8<-- [end:iou]


# --8<-- [start:giou]
def generalized_iou(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """GIoU of each pair: (N, 4), (M, 4) -> (N, M), above -1 and at most 1.

    IoU minus the empty share of the smallest box that encloses both:
    IoU - (hull - union) / hull. Every box has a positive area.

    >>> generalized_iou(np.array([[0.0, 0, 2, 2]]), np.array([[6.0, 0, 8, 2]]))
    array([[-0.5]])
    """
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)[:, None]
    other_area = np.prod(others[:, 2:] - others[:, :2], axis=1)[None]
    iou = box_iou(boxes, others)
    union = (area + other_area) / (1 + iou)  # iou * union = area + other - union
    top_left = np.minimum(boxes[:, None, :2], others[None, :, :2])
    bottom_right = np.maximum(boxes[:, None, 2:], others[None, :, 2:])
    hull = np.prod(bottom_right - top_left, axis=2)
    return iou - (hull - union) / hull
# --8<-- [end:giou]


# --8<-- [start:nms]
def nms(boxes: np.ndarray, scores: np.ndarray, max_iou: float = 0.5) -> np.ndarray:
    """Greedy non-maximum suppression: indices of the boxes to keep, best first.

    Keep the best box that is left, drop every other whose IoU with it is *above*
    ``max_iou``, repeat. Of equal scores the earlier box comes first.

    Args:
        boxes: (N, 4).
        scores: (N,).
        max_iou: Two kept boxes overlap at most this much.

    Returns:
        (K,) int32, K <= N.

    Raises:
        ValueError: If max_iou is outside 0..1.
    """
    if not 0 <= max_iou <= 1:
        raise ValueError(f"max_iou must be in 0..1, got {max_iou}")
    order = np.argsort(-scores, kind="stable")
    kept = []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        order = order[box_iou(boxes[order], boxes[[best]])[:, 0] <= max_iou]
    return np.array(kept, dtype=np.int32)


def nms_per_class(
    boxes: np.ndarray, scores: np.ndarray, classes: np.ndarray, max_iou: float = 0.5
) -> np.ndarray:
    """``nms`` within each class: classes never suppress each other.

    Args:
        boxes: (N, 4).
        scores: (N,).
        classes: (N,) integers.
        max_iou: As in ``nms``.

    Returns:
        (K,) int32 of all classes together, best score first.
    """
    kept = [np.zeros(0, dtype=np.int32)]
    for label in np.unique(classes):
        index = np.flatnonzero(classes == label)
        kept.append(index[nms(boxes[index], scores[index], max_iou)])
    kept = np.concatenate(kept).astype(np.int32)
    return kept[np.argsort(-scores[kept], kind="stable")]
# --8<-- [end:nms]


# --8<-- [start:soft]
def soft_nms(
    boxes: np.ndarray, scores: np.ndarray,
    sigma: float = 0.5, min_score: float = 0.001,
) -> tuple[np.ndarray, np.ndarray]:
    """Soft-NMS with the Gaussian penalty: scores fall, boxes stay.

    Take the box whose *current* score is highest, multiply the score of every
    box that is left by exp(-IoU^2 / sigma), drop those now below ``min_score``,
    repeat. A box below ``min_score`` from the beginning is dropped, too.

    Args:
        boxes: (N, 4).
        scores: (N,), not negative.
        sigma: Small suppresses hard; with a huge one all scores stay.
        min_score: Boxes below it are gone.

    Returns:
        indices (K,) int32 in the order they were taken, and their scores (K,).

    Raises:
        ValueError: If sigma is not positive.
    """
    if not sigma > 0:
        raise ValueError(f"sigma must be positive, got {sigma}")
    scores = scores.astype(np.float64)  # a copy: the caller's scores stay
    left = np.flatnonzero(scores >= min_score)
    kept = []
    while len(left):
        best = left[np.argmax(scores[left])]
        kept.append(best)
        left = left[left != best]
        iou = box_iou(boxes[left], boxes[[best]])[:, 0]
        scores[left] *= np.exp(-iou**2 / sigma)
        left = left[scores[left] >= min_score]
    kept = np.array(kept, dtype=np.int32)
    return kept, scores[kept]
# --8<-- [end:soft]


# A, its duplicate, B next to it, B's duplicate: two objects, four detections.
BOXES = np.array([[0.0, 0, 10, 10], [1, 0, 11, 10], [4, 0, 14, 10], [5, 0, 15, 10]])
SCORES = np.array([0.9, 0.7, 0.8, 0.6])

if __name__ == "__main__":
    print(box_iou(BOXES, BOXES).round(3))
    for threshold in (0.3, 0.5, 0.85):
        print(threshold, nms(BOXES, SCORES, threshold))
    print("soft", *(values.round(3) for values in soft_nms(BOXES, SCORES)))
    for side in (16, 32, 128):
        box = np.array([[0.0, 0, side, side]])
        print(f"{side}: shifted by 4 in x and y, IoU {box_iou(box, box + 4)[0, 0]:.3f}")
    box = np.array([[0.0, 0, 2, 2]])
    for gap in (0, 2, 8, 98):
        other = box + np.array([2 + gap, 0, 2 + gap, 0])
        print(f"gap {gap}: IoU {box_iou(box, other)[0, 0]:.2f}, "
              f"GIoU {generalized_iou(box, other)[0, 0]:.3f}")
    inner, outer = np.array([[4.0, 4, 6, 6], [0, 0, 2, 2]]), np.array([[0.0, 0, 10, 10]])
    print("inside", box_iou(inner, outer).ravel(), generalized_iou(inner, outer).ravel())
