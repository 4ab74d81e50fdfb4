"""Fixed slots: one box per class, its loss, and the soft-argmax that reads a position off a map.

Generalized IoU: Rezatofighi et al., https://arxiv.org/abs/1902.09630. Soft-argmax as a
regression head: Sun et al., *Integral Human Pose Regression*, https://arxiv.org/abs/1711.08229.

Boxes are ``x1, y1, x2, y2`` in pixels, continuous (no "+ 1"); slot k belongs to class k.
"""

import numpy as np


# --8<-- [start:decode]
def decode_slots(raw: np.ndarray, height: float, width: float) -> np.ndarray:
    """Boxes from the raw outputs of a network: (N, K, 4) -> (N, K, 4) in pixels.

    A sigmoid turns the four numbers of a slot into center x, center y, width and
    height as shares of the image. All zeros is a box in the middle, half as wide
    and half as high as the image.

    Raises:
        ValueError: If the last axis of raw does not hold four numbers.

    >>> decode_slots(np.zeros((1, 1, 4)), height=40, width=80)
    array([[[20., 10., 60., 30.]]])
    """
    if raw.shape[-1] != 4:
        raise ValueError(f"raw must end with 4 numbers, got the shape {raw.shape}")
    share = 0.5 * (1 + np.tanh(raw / 2))  # the sigmoid, without overflow
    center, size = share[..., :2], share[..., 2:]
    corners = np.concatenate([center - size / 2, center + size / 2], axis=-1)
    return corners * np.array([width, height, width, height], dtype=np.float64)
# --8<-- [end:decode]


# --8<-- [start:giou]
def paired_giou(
    boxes: np.ndarray, targets: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """IoU and generalized IoU of each box with its own target: (..., 4) twice.

    Generalized IoU is IoU - (hull - union) / hull, where hull is the area of the
    smallest box around both. It is 1 for equal boxes and tends to -1 with distance.

    Returns:
        IoU (...) and generalized IoU (...). Every box has a positive area.

    >>> iou, giou = paired_giou(np.array([0.0, 0, 2, 2]), np.array([2.0, 0, 4, 2]))
    >>> float(iou), float(giou)
    (0.0, 0.0)
    """
    top_left = np.maximum(boxes[..., :2], targets[..., :2])
    bottom_right = np.minimum(boxes[..., 2:], targets[..., 2:])
    overlap = np.prod(np.maximum(bottom_right - top_left, 0.0), axis=-1)
    areas = [np.prod(b[..., 2:] - b[..., :2], axis=-1) for b in (boxes, targets)]
    union = areas[0] + areas[1] - overlap
    outer = np.maximum(boxes[..., 2:], targets[..., 2:])
    hull = np.prod(outer - np.minimum(boxes[..., :2], targets[..., :2]), axis=-1)
    iou = overlap / union
    return iou, iou - (hull - union) / hull
# --8<-- [end:giou]


# --8<-- [start:loss]
def slot_loss(
    boxes: np.ndarray, targets: np.ndarray, height: float, width: float
) -> float:
    """L1 distance in shares of the image plus 1 - generalized IoU, mean over slots.

    Slot k is compared with target k and with no other: nothing is matched. The L1
    distance of a slot is the sum over its four coordinates, x divided by the width
    of the image and y by its height.

    Args:
        boxes: (N, K, 4) in pixels.
        targets: (N, K, 4) in pixels, one box for each class of each image.
        height: Height of the image in pixels.
        width: Width of the image in pixels.

    Raises:
        ValueError: If boxes and targets differ in shape.
    """
    if boxes.shape != targets.shape:
        raise ValueError(f"targets must have the shape {boxes.shape} of boxes, "
                         f"got {targets.shape}")
    scale = np.array([width, height, width, height], dtype=np.float64)
    distance = (np.abs(boxes - targets) / scale).sum(axis=-1)  # (N, K)
    return float((distance + 1 - paired_giou(boxes, targets)[1]).mean())
# --8<-- [end:loss]


# --8<-- [start:soft_argmax]
def soft_argmax(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Expected position under the softmax of each map.

    Args:
        logits: (N, K, H, W), one map per slot.

    Returns:
        positions (N, K, 2), x then y, in cells: the middle of the first cell is
        (0.5, 0.5); and probs (N, K, H, W), which sum to 1 over each map.

    >>> soft_argmax(np.zeros((1, 1, 4, 6)))[0].round(6)
    array([[[3., 2.]]])
    """
    probs = np.exp(logits - logits.max(axis=(2, 3), keepdims=True))
    probs /= probs.sum(axis=(2, 3), keepdims=True)
    x = (probs.sum(axis=2) * (np.arange(logits.shape[3]) + 0.5)).sum(axis=2)
    y = (probs.sum(axis=3) * (np.arange(logits.shape[2]) + 0.5)).sum(axis=2)
    return np.stack([x, y], axis=-1), probs


def soft_argmax_backward(logits: np.ndarray, grad: np.ndarray) -> np.ndarray:
    """Gradient of the logits from that of the positions: (N, K, 2) -> (N, K, H, W).

    The derivative of the expected x in cell i is probs_i * (x_i - expected x).
    """
    positions, probs = soft_argmax(logits)
    dx = np.arange(logits.shape[3]) + 0.5 - positions[..., 0, None]  # (N, K, W)
    dy = np.arange(logits.shape[2]) + 0.5 - positions[..., 1, None]  # (N, K, H)
    along_x = grad[..., 0, None] * dx
    along_y = grad[..., 1, None] * dy
    return probs * (along_y[..., :, None] + along_x[..., None, :])
# --8<-- [end:soft_argmax]


if __name__ == "__main__":
    for side in (10.0, 40.0):
        target = np.array([0.0, 0, side, side])
        for shift in (4.0, 20.0):
            iou, giou = paired_giou(target + np.array([shift, 0, shift, 0]), target)
            print(f"{side:.0f} px box moved by {shift:.0f}: IoU {iou:.3f}, GIoU {giou:.3f}")
    row = np.zeros((1, 1, 1, 8))
    row[..., 1] = row[..., 6] = 5.0  # two equal peaks, in cells 1 and 6
    print("two peaks:", soft_argmax(row)[0][0, 0, 0])
    for height in (2.0, 5.0, 10.0):
        peak = np.zeros((1, 1, 12, 12))
        peak[..., 2, 2] = height
        print(f"peak of {height:.0f} at 2.5 among 144 cells:", soft_argmax(peak)[0][0, 0].round(3))
