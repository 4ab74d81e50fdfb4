"""The region proposal network: anchors, labels, minibatch, loss, proposals.

Ren, He, Girshick and Sun, *Faster R-CNN: Towards Real-Time Object Detection with
Region Proposal Networks*, https://arxiv.org/abs/1506.01497, sections 3.1 and 3.3.

Boxes are ``x1, y1, x2, y2`` in pixels of the resized image, continuous (no "+ 1").
"""

import numpy as np

POSITIVE, NEGATIVE, IGNORED = 1, 0, -1
LARGEST_LOG_SCALE = float(np.log(1000 / 16))  # at most 62.5 anchor sides


# --8<-- [start:anchors]
def make_anchors(
    map_height: int, map_width: int, stride: int = 16,
    scales: tuple[float, ...] = (128.0, 256.0, 512.0),
    ratios: tuple[float, ...] = (0.5, 1.0, 2.0),
) -> np.ndarray:
    """Anchors of every feature-map cell, centered on the cell, in image pixels.

    An anchor of scale s and ratio r = height / width keeps the area s * s:
    width s / sqrt(r), height s * sqrt(r). The center of cell (row, column) is
    x = (column + 0.5) * stride, y = (row + 0.5) * stride.

    Returns:
        (map_height * map_width * A, 4) with A = len(scales) * len(ratios), float64.
        Order: rows, columns, then scales, then ratios.

    Raises:
        ValueError: If stride, a scale or a ratio is not positive.

    >>> make_anchors(1, 2, stride=16, scales=(32,), ratios=(1,))
    array([[-8., -8., 24., 24.],
           [ 8., -8., 40., 24.]])
    """
    if stride <= 0 or min(scales) <= 0 or min(ratios) <= 0:
        raise ValueError("stride, scales and ratios must be positive, "
                         f"got {stride}, {scales}, {ratios}")
    scale = np.repeat(np.array(scales, dtype=np.float64), len(ratios))  # (A,)
    root = np.sqrt(np.tile(np.array(ratios, dtype=np.float64), len(scales)))
    half = np.stack([scale / root, scale * root], axis=1) / 2  # (A, 2)
    x = (np.arange(map_width) + 0.5) * stride
    y = (np.arange(map_height) + 0.5) * stride
    centers = np.stack(np.meshgrid(x, y), axis=-1)[:, :, None]  # (H, W, 1, 2)
    return np.concatenate([centers - half, centers + half], axis=-1).reshape(-1, 4)
# --8<-- [end:anchors]


# --8<-- [start:iou]
def box_iou(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of each pair: (N, 4), (M, 4) -> (N, M).

    Every box has a positive area.

    >>> box_iou(np.array([[0.0, 0, 4, 4]]), np.array([[0.0, 0, 2, 4]]))
    array([[0.5]])
    """
    top_left = np.maximum(boxes[:, None, :2], others[None, :, :2])  # (N, M, 2)
    bottom_right = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    overlap = np.prod(np.maximum(bottom_right - top_left, 0.0), axis=2)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    other_area = np.prod(others[:, 2:] - others[:, :2], axis=1)
    return overlap / (area[:, None] + other_area[None] - overlap)
# --8<-- [end:iou]


# --8<-- [start:label]
def label_anchors(
    anchors: np.ndarray, gt_boxes: np.ndarray, height: float, width: float,
    positive: float = 0.7, negative: float = 0.3,
) -> tuple[np.ndarray, np.ndarray]:
    """Label every anchor of one image 1 (object), 0 (background) or -1 (ignored).

    The rules in their order, a later one overrules an earlier one:
    everything is -1; an IoU below ``negative`` with every box makes 0; the
    highest IoU of some box, ties included, makes 1 if it is above 0; an IoU of
    at least ``positive`` with some box makes 1; crossing the border makes -1.
    An anchor that crosses the border cannot be anyone's best anchor.

    Args:
        anchors: (N, 4).
        gt_boxes: (G, 4), the true boxes. Without any: shape (0, 4).
        height: Height of the image in pixels.
        width: Width of the image in pixels.
        positive: From this IoU on, an anchor is an object.
        negative: Below this IoU with every box, an anchor is background.

    Returns:
        labels (N,) int8, and for each anchor the box that it overlaps most, (N, 4):
        what a positive anchor regresses to. Without boxes: the anchor itself.

    Raises:
        ValueError: If ``gt_boxes`` does not have the shape (G, 4).
    """
    if gt_boxes.ndim != 2 or gt_boxes.shape[1] != 4:
        raise ValueError(f"gt_boxes must be (G, 4), got the shape {gt_boxes.shape}")
    inside = (anchors[:, :2] >= 0).all(axis=1)
    inside &= (anchors[:, 2:] <= (width, height)).all(axis=1)
    labels = np.full(len(anchors), IGNORED, dtype=np.int8)
    if len(gt_boxes) == 0:
        labels[inside] = NEGATIVE
        return labels, anchors.copy()
    iou = box_iou(anchors, gt_boxes) * inside[:, None]  # (N, G)
    best_of_anchor = iou.max(axis=1)  # (N,)
    best_of_box = iou.max(axis=0, initial=0.0)  # (G,)
    labels[best_of_anchor < negative] = NEGATIVE
    # Rounding splits ties, hence the 1e-6. It is relative and iou must be above 0:
    # else all anchors would tie for a box that none of them touches, or barely.
    is_best = (iou > 0) & (iou >= best_of_box * (1 - 1e-6))
    labels[is_best.any(axis=1)] = POSITIVE
    labels[best_of_anchor >= positive] = POSITIVE
    labels[~inside] = IGNORED
    return labels, gt_boxes[iou.argmax(axis=1)]
# --8<-- [end:label]


# --8<-- [start:boxes]
def encode(anchors: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Offsets (tx, ty, tw, th) from anchors to boxes: (N, 4), (N, 4) -> (N, 4).

    tx, ty: distance of the centers in anchor widths and heights.
    tw, th: natural logarithm of the ratio of the widths and of the heights.

    >>> anchor = np.array([[136.0, 136, 264, 264]])
    >>> encode(anchor, np.array([[136.0, 136, 296, 232]])).round(4)
    array([[ 0.125 , -0.125 ,  0.2231, -0.2877]])
    """
    size = anchors[:, 2:] - anchors[:, :2]  # (N, 2)
    box_size = boxes[:, 2:] - boxes[:, :2]
    shift = (boxes[:, :2] + boxes[:, 2:] - anchors[:, :2] - anchors[:, 2:]) / 2
    return np.concatenate([shift / size, np.log(box_size / size)], axis=1)


def decode(anchors: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Boxes (N, 4) from anchors and predicted offsets: the inverse of ``encode``.

    tw and th are limited to LARGEST_LOG_SCALE = log(1000 / 16) first, so that an
    untrained network cannot overflow the exponential.
    """
    size = anchors[:, 2:] - anchors[:, :2]  # (N, 2)
    center = (anchors[:, :2] + anchors[:, 2:]) / 2 + offsets[:, :2] * size
    half = np.exp(np.minimum(offsets[:, 2:], LARGEST_LOG_SCALE)) * size / 2
    return np.concatenate([center - half, center + half], axis=1)
# --8<-- [end:boxes]


# --8<-- [start:sample]
def sample_labels(
    labels: np.ndarray, rng: np.random.Generator,
    size: int = 256, max_positive: int = 128,
) -> np.ndarray:
    """Keep a random minibatch of one image's anchors and ignore the rest.

    At most ``max_positive`` positives; negatives fill up to ``size``, as far as
    there are any. Both without replacement.

    Returns:
        A copy of labels (N,) in which every anchor outside the minibatch is -1.

    Raises:
        ValueError: If max_positive is negative or larger than size.
    """
    if not 0 <= max_positive <= size:
        raise ValueError(f"max_positive must be in 0..{size}, got {max_positive}")
    positives = np.flatnonzero(labels == POSITIVE)
    negatives = np.flatnonzero(labels == NEGATIVE)
    num_positive = min(len(positives), max_positive)
    num_negative = min(len(negatives), size - num_positive)
    sampled = np.full_like(labels, IGNORED)
    sampled[rng.choice(positives, num_positive, replace=False)] = POSITIVE
    sampled[rng.choice(negatives, num_negative, replace=False)] = NEGATIVE
    return sampled
# --8<-- [end:sample]


# --8<-- [start:loss]
def rpn_loss(
    logits: np.ndarray, offsets: np.ndarray,
    labels: np.ndarray, targets: np.ndarray,
    num_locations: int, weight: float = 10.0, beta: float = 1.0,
) -> tuple[float, float, np.ndarray, np.ndarray]:
    """Objectness and box loss of one minibatch, with gradients.

    Objectness: binary cross-entropy with a sigmoid, averaged over labels 0 and 1
    (256 in a full minibatch). Box: smooth L1 of d = offsets - targets, that is
    0.5 d * d / beta if abs(d) < beta, else abs(d) - beta / 2; summed over the
    anchors with label 1, times weight / num_locations.

    Args:
        logits: (N,) objectness scores.
        offsets: (N, 4) predicted.
        targets: (N, 4) from ``encode``.
        labels: (N,) from ``sample_labels``; -1 contributes nothing.
        num_locations: Cells of the feature map, about 2,400 in the paper.
        weight: The paper's lambda.
        beta: Where smooth L1 turns from a parabola into a line.

    Returns:
        objectness loss, box loss, and the gradient of their sum with respect to
        logits (N,) and offsets (N, 4). All are zero if every label is -1.

    Raises:
        ValueError: If num_locations or beta is not positive.
    """
    if not (num_locations > 0 and beta > 0):
        raise ValueError("num_locations and beta must be positive, "
                         f"got {num_locations}, {beta}")
    kept = labels != IGNORED
    is_object = labels == POSITIVE
    num_kept = max(int(kept.sum()), 1)
    # log(1 + exp(x)) - x * label, written so that a large x cannot overflow
    softplus = np.maximum(logits, 0.0) + np.log1p(np.exp(-np.abs(logits)))
    objectness = np.where(kept, softplus - logits * is_object, 0.0).sum() / num_kept
    probs = 0.5 * (1 + np.tanh(logits / 2))  # the sigmoid, without overflow
    grad_logits = np.where(kept, probs - is_object, 0.0) / num_kept

    difference = np.where(is_object[:, None], offsets - targets, 0.0)
    distance = np.abs(difference)
    quadratic = 0.5 * difference**2 / beta
    smooth_l1 = np.where(distance < beta, quadratic, distance - beta / 2)
    scale = weight / num_locations
    grad_offsets = scale * np.clip(difference / beta, -1.0, 1.0)
    box = scale * smooth_l1.sum()
    return float(objectness), float(box), grad_logits, grad_offsets
# --8<-- [end:loss]


# --8<-- [start:propose]
def propose(
    anchors: np.ndarray, logits: np.ndarray, offsets: np.ndarray,
    height: float, width: float,
    before_nms: int = 6000, after_nms: int = 300,
    max_iou: float = 0.7, min_size: float = 16.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Proposals of one image, best first.

    Decode all anchors, clip to the image, drop boxes with a side below
    ``min_size`` pixels, keep the ``before_nms`` highest scores. Then repeat: keep
    the best box that is left, drop all whose IoU with it is above ``max_iou``;
    stop at ``after_nms``.

    Returns:
        boxes (P, 4) and their logits (P,), P <= after_nms.

    Raises:
        ValueError: If min_size is not positive.
    """
    if min_size <= 0:  # clipping can leave a box without area, whose IoU is 0 / 0
        raise ValueError(f"min_size must be positive, got {min_size}")
    limits = np.array([width, height, width, height], dtype=np.float64)
    boxes = np.clip(decode(anchors, offsets), 0.0, limits)
    large = np.flatnonzero((boxes[:, 2:] - boxes[:, :2] >= min_size).all(axis=1))
    order = large[np.argsort(-logits[large], kind="stable")[:before_nms]]
    kept = []
    while len(order) and len(kept) < after_nms:
        best, order = order[0], order[1:]
        kept.append(best)
        order = order[box_iou(boxes[order], boxes[[best]])[:, 0] <= max_iou]
    kept = np.array(kept, dtype=np.int32)
    return boxes[kept], logits[kept]
# --8<-- [end:propose]


if __name__ == "__main__":
    nothing = np.zeros((0, 4))
    for rows, columns, w in [(40, 60, 1000), (38, 63, 1000), (37, 62, 1000), (38, 50, 800)]:
        anchors = make_anchors(rows, columns)
        inside = label_anchors(anchors, nothing, 600, w)[0] == NEGATIVE
        print(f"{w} x 600, map {columns} x {rows}: {len(anchors):,}, inside {inside.sum():,}")

    anchor, box = np.array([[136.0, 136, 264, 264]]), np.array([[136.0, 136, 296, 232]])
    print("IoU", box_iou(anchor, box).round(4), "offsets", encode(anchor, box).round(4))

    anchors, rng = make_anchors(38, 63), np.random.default_rng(0)
    inside = label_anchors(anchors, nothing, 600, 1000)[0] == NEGATIVE
    for box in [[340.0, 180, 660, 420], [264.0, 264, 328, 328], [0.0, 0, 8, 8]]:
        labels, _ = label_anchors(anchors, np.array([box]), 600, 1000)
        best = box_iou(anchors[inside], np.array([box])).max()
        counts = [int((labels[inside] == value).sum()) for value in (1, -1, 0)]
        sampled = sample_labels(labels, rng)
        print(f"{box}: best IoU {best:.3f}, positive / between / negative {counts}, "
              f"minibatch {(sampled == 1).sum()} + {(sampled == 0).sum()}")
