"""The region proposal network of Faster R-CNN: anchors, labels, minibatch, loss, proposals.

Ren, He, Girshick and Sun, *Faster R-CNN: Towards Real-Time Object Detection with
Region Proposal Networks*, https://arxiv.org/abs/1506.01497, sections 3.1 and 3.3.

Boxes are ``x1, y1, x2, y2`` in pixels of the resized image, continuous (no "+ 1").
"""

import numpy as np

POSITIVE, NEGATIVE, IGNORED = 1, 0, -1
LARGEST_LOG_SCALE = float(np.log(1000 / 16))  # a decoded side is at most 62.5 anchor sides


# --8<-- [start:anchors]
def make_anchors(
    map_height: int,
    map_width: int,
    stride: int = 16,
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
        raise ValueError(f"stride, scales and ratios must be positive: {stride}, {scales}, {ratios}")
    scale = np.repeat(np.asarray(scales, dtype=np.float64), len(ratios))  # (A,)
    root = np.sqrt(np.tile(np.asarray(ratios, dtype=np.float64), len(scales)))  # (A,)
    half = np.stack([scale / root, scale * root], axis=1) / 2  # (A, 2): half width, half height
    x = (np.arange(map_width) + 0.5) * stride
    y = (np.arange(map_height) + 0.5) * stride
    centers = np.stack(np.meshgrid(x, y), axis=-1)[:, :, None]  # (H, W, 1, 2)
    return np.concatenate([centers - half, centers + half], axis=-1).reshape(-1, 4)
# --8<-- [end:anchors]


# --8<-- [start:iou]
def box_iou(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of every box with every other: (N, 4), (M, 4) -> (N, M).

    Every box has a positive area.

    >>> box_iou(np.array([[0.0, 0, 4, 4]]), np.array([[0.0, 0, 2, 4], [4, 0, 8, 4]]))
    array([[0.5, 0. ]])
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
    anchors: np.ndarray,
    gt_boxes: np.ndarray,
    height: float,
    width: float,
    positive: float = 0.7,
    negative: float = 0.3,
) -> tuple[np.ndarray, np.ndarray]:
    """Label every anchor of one image 1 (object), 0 (background) or -1 (ignored).

    In this order, later rules win:
    below ``negative`` with every box is 0, everything else -1; the anchor or
    anchors with the highest IoU of a box are 1, ties within 1e-6 included, if
    that IoU is above 0; at least ``positive`` with some box is 1. Anchors that
    cross the image border are -1 and cannot be anyone's best anchor.
    Without boxes every anchor inside the image is 0.

    Args:
        anchors: (N, 4).
        gt_boxes: (G, 4) with positive areas; G = 0 has the shape (0, 4).
        height, width: Size of the image in pixels.

    Returns:
        labels (N,) int8, and the index (N,) int32 of the box with which each
        anchor overlaps most: the box a positive anchor regresses to (0 without boxes).
        Meaningful only where the label is 1.

    Raises:
        ValueError: If ``gt_boxes`` does not have the shape (G, 4).
    """
    if gt_boxes.ndim != 2 or gt_boxes.shape[1] != 4:
        raise ValueError(f"gt_boxes must have the shape (G, 4), got {gt_boxes.shape}")
    inside = (anchors[:, :2] >= 0).all(1) & (anchors[:, 2:] <= (width, height)).all(1)
    labels = np.full(len(anchors), IGNORED, dtype=np.int8)
    matched = np.zeros(len(anchors), dtype=np.int32)
    if len(gt_boxes) == 0:
        labels[inside] = NEGATIVE
        return labels, matched
    iou = box_iou(anchors, gt_boxes) * inside[:, None]  # (N, G)
    matched = iou.argmax(axis=1).astype(np.int32)
    best_of_anchor = iou.max(axis=1)  # (N,)
    best_of_box = iou.max(axis=0, initial=0.0)  # (G,)
    labels[best_of_anchor < negative] = NEGATIVE
    # Equal in exact arithmetic is not equal in floating point, hence the 1e-6. Without the
    # test for > 0 a box that no anchor touches would turn every anchor with IoU 0 positive.
    is_best = (iou > best_of_box - 1e-6) & (best_of_box > 0)
    labels[is_best.any(axis=1)] = POSITIVE
    labels[best_of_anchor >= positive] = POSITIVE
    labels[~inside] = IGNORED
    return labels, matched
# --8<-- [end:label]


# --8<-- [start:boxes]
def encode(anchors: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Offsets (tx, ty, tw, th) that lead from each anchor to its box, (N, 4), (N, 4) -> (N, 4).

    tx, ty: distance of the centers in anchor widths and heights.
    tw, th: natural logarithm of the ratio of the widths and of the heights.

    >>> encode(np.array([[136.0, 136, 264, 264]]), np.array([[136.0, 136, 296, 232]])).round(4)
    array([[ 0.125 , -0.125 ,  0.2231, -0.2877]])
    """
    size = anchors[:, 2:] - anchors[:, :2]  # (N, 2)
    shift = (boxes[:, :2] + boxes[:, 2:] - anchors[:, :2] - anchors[:, 2:]) / 2
    return np.concatenate([shift / size, np.log((boxes[:, 2:] - boxes[:, :2]) / size)], axis=1)


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
    labels: np.ndarray, rng: np.random.Generator, size: int = 256, max_positive: int = 128
) -> np.ndarray:
    """Keep a random minibatch of one image's anchors and ignore the rest.

    At most ``max_positive`` positives; negatives fill up to ``size``, as far as there
    are any. Both without replacement.

    Returns:
        A copy of labels (N,) in which every anchor outside the minibatch is -1.

    Raises:
        ValueError: If max_positive is negative or larger than size.
    """
    if not 0 <= max_positive <= size:
        raise ValueError(f"max_positive must be between 0 and size = {size}, got {max_positive}")
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
    logits: np.ndarray,
    offsets: np.ndarray,
    labels: np.ndarray,
    targets: np.ndarray,
    num_locations: int,
    weight: float = 10.0,
    beta: float = 1.0,
) -> tuple[float, float, np.ndarray, np.ndarray]:
    """Objectness and box loss of one minibatch, with gradients.

    Objectness: binary cross-entropy with a sigmoid, summed over labels 0 and 1,
    divided by their number (256 in a full minibatch). Box: smooth L1, 0.5 d * d / beta
    for abs(d) < beta and abs(d) - beta / 2 beyond, of d = offsets - targets, summed over
    the anchors with label 1, times weight / num_locations.

    Args:
        logits: (N,) objectness scores.
        offsets, targets: (N, 4) predicted offsets and ``encode(anchors, gt_boxes[matched])``.
        labels: (N,) from ``sample_labels``; -1 contributes nothing.
        num_locations: Cells of the feature map, about 2,400 in the paper.

    Returns:
        objectness loss, box loss, gradient of their sum with respect to logits (N,) and
        to offsets (N, 4). All zero if every label is -1.

    Raises:
        ValueError: If num_locations or beta is not positive.
    """
    if not (num_locations > 0 and beta > 0):
        raise ValueError(f"num_locations and beta must be positive: {num_locations}, {beta}")
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
    return float(objectness), float(scale * smooth_l1.sum()), grad_logits, grad_offsets
# --8<-- [end:loss]


# --8<-- [start:propose]
def propose(
    anchors: np.ndarray,
    logits: np.ndarray,
    offsets: np.ndarray,
    height: float,
    width: float,
    before_nms: int = 6000,
    after_nms: int = 300,
    max_iou: float = 0.7,
    min_size: float = 16.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Proposals of one image, best first.

    Decode all anchors, clip to the image, drop boxes with a side below ``min_size``,
    keep the ``before_nms`` highest scores, go through them in falling order and drop
    each box whose IoU with an already kept one is above ``max_iou``; stop at ``after_nms``.

    Returns:
        boxes (P, 4) and their logits (P,), P <= after_nms.
    """
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
    for name, rows, columns, h, w in [("40 x 60", 40, 60, 600, 1000), ("38 x 63", 38, 63, 600, 1000),
                                      ("37 x 62", 37, 62, 600, 1000), ("38 x 50", 38, 50, 600, 800)]:
        anchors = make_anchors(rows, columns)
        inside, _ = label_anchors(anchors, np.zeros((0, 4)), h, w)
        print(f"{w} x {h}, map {name}: {len(anchors):,} anchors, {(inside == 0).sum():,} inside")

    anchor, box = np.array([[136.0, 136, 264, 264]]), np.array([[136.0, 136, 296, 232]])
    print("IoU", box_iou(anchor, box).round(4), "offsets", encode(anchor, box).round(4))

    anchors, rng = make_anchors(38, 63), np.random.default_rng(0)
    for name, box in [("320 x 240", [340.0, 180, 660, 420]), ("64 x 64", [264.0, 264, 328, 328]),
                      ("8 x 8 in the corner", [0.0, 0, 8, 8])]:
        labels, _ = label_anchors(anchors, np.array([box]), 600, 1000)
        inside, _ = label_anchors(anchors, np.zeros((0, 4)), 600, 1000)
        best = box_iou(anchors[inside == 0], np.array([box])).max()
        sampled = sample_labels(labels, rng)
        print(f"{name}: best IoU {best:.3f}, {(labels == 1).sum():,} positive,",
              f"{(labels == 0).sum():,} negative, {((labels < 0) & (inside == 0)).sum():,} between,",
              f"minibatch {(sampled == 1).sum()} + {(sampled == 0).sum()}")
    print(f"10 / 2400 = 1 / {2400 / 10:.0f}; a head that says 0.5 pays {np.log(2):.4f}")
