"""SSD: default boxes, matching, encoding, hard negative mining and the loss.

Liu, Anguelov, Erhan, Szegedy, Reed, Fu and Berg, *SSD: Single Shot MultiBox
Detector*, https://arxiv.org/abs/1512.02325, section 2. Sizes, variances and the
greedy matching are those of the released code, branch ``ssd`` of
https://github.com/weiliu89/caffe.

Boxes are ``x1, y1, x2, y2`` in pixels of the resized, square image.
"""

import numpy as np

# Of SSD300 on PASCAL VOC: cells per side, side of the small square, wide ratios.
MAPS = (38, 19, 10, 5, 3, 1)
SIZES = (30.0, 60.0, 111.0, 162.0, 213.0, 264.0, 315.0)  # one more than maps
RATIOS = ((2,), (2, 3), (2, 3), (2, 3), (2,), (2,))
VARIANCES = np.array([0.1, 0.1, 0.2, 0.2])


# --8<-- [start:default_boxes]
def default_boxes(
    image_size: float = 300.0, maps: tuple[int, ...] = MAPS,
    sizes: tuple[float, ...] = SIZES,
    ratios: tuple[tuple[float, ...], ...] = RATIOS,
) -> np.ndarray:
    """Default boxes of all feature maps, not clipped to the image.

    Each cell of map k gets, in this order, a square of side sizes[k], a square
    of side sqrt(sizes[k] * sizes[k + 1]), and for each ratio r of ratios[k] a
    wide box (width sizes[k] * sqrt(r), height sizes[k] / sqrt(r)) and the same
    box upright. The center of cell (row, column) of a map with f cells per side
    is x = (column + 0.5) / f, y = (row + 0.5) / f, times the image's size.

    Returns:
        (N, 4) float64. Order: maps, rows, columns, shapes.

    Raises:
        ValueError: If sizes is not one longer than maps, or ratios not as long.
    """
    if len(sizes) != len(maps) + 1 or len(ratios) != len(maps):
        raise ValueError(f"{len(maps)} maps need {len(maps) + 1} sizes and "
                         f"{len(maps)} ratios, got {len(sizes)}, {len(ratios)}")
    boxes = []
    for k, cells in enumerate(maps):
        side, between = sizes[k], np.sqrt(sizes[k] * sizes[k + 1])
        shapes = [(side, side), (between, between)]
        for ratio in ratios[k]:
            long, short = side * np.sqrt(ratio), side / np.sqrt(ratio)
            shapes += [(long, short), (short, long)]
        half = np.array(shapes, dtype=np.float64) / 2  # (A, 2)
        steps = (np.arange(cells) + 0.5) / cells * image_size
        centers = np.stack(np.meshgrid(steps, steps), axis=-1)[:, :, None]
        boxes.append(np.concatenate([centers - half, centers + half], axis=-1)
                     .reshape(-1, 4))  # (f, f, A, 4) -> (f * f * A, 4)
    return np.concatenate(boxes)
# --8<-- [end:default_boxes]


# --8<-- [start:match]
def box_iou(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of each pair: (N, 4), (M, 4) -> (N, M)."""
    top_left = np.maximum(boxes[:, None, :2], others[None, :, :2])
    bottom_right = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    overlap = np.prod(np.maximum(bottom_right - top_left, 0.0), axis=2)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    other_area = np.prod(others[:, 2:] - others[:, :2], axis=1)
    return overlap / (area[:, None] + other_area[None] - overlap)


def match(
    defaults: np.ndarray, gt_boxes: np.ndarray, threshold: float = 0.5,
) -> np.ndarray:
    """Which true box each default box has to predict, -1 for background.

    First every true box gets a default box of its own, greedily: take the pair
    with the highest IoU of all, set both aside, repeat while that IoU is above
    0. Then each remaining default box takes the true box that it overlaps most,
    if that IoU is above ``threshold``.

    Args:
        defaults: (N, 4).
        gt_boxes: (G, 4), the true boxes; (0, 4) without any.
        threshold: The paper has 0.5.

    Returns:
        (N,) int64, indices into gt_boxes or -1.
    """
    matched = np.full(len(defaults), -1, dtype=np.int64)
    if len(gt_boxes) == 0:
        return matched
    iou = box_iou(defaults, gt_boxes)  # (N, G)
    close = iou.max(axis=1) > threshold
    matched[close] = iou.argmax(axis=1)[close]
    left = iou.copy()
    for _ in range(len(gt_boxes)):
        box, gt = np.unravel_index(left.argmax(), left.shape)
        if left[box, gt] <= 0:
            break
        matched[box] = gt
        left[box, :] = 0
        left[:, gt] = 0
    return matched
# --8<-- [end:match]


# --8<-- [start:encode]
def encode(defaults: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Offsets from default boxes to boxes: (N, 4), (N, 4) -> (N, 4).

    The distance of the centers in widths and heights of the default box, and
    the natural logarithm of the ratio of the sizes; then divided by VARIANCES.
    """
    size = defaults[:, 2:] - defaults[:, :2]  # (N, 2)
    box_size = boxes[:, 2:] - boxes[:, :2]
    shift = (boxes[:, :2] + boxes[:, 2:] - defaults[:, :2] - defaults[:, 2:]) / 2
    offsets = np.concatenate([shift / size, np.log(box_size / size)], axis=1)
    return offsets / VARIANCES


def decode(defaults: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Boxes (N, 4) from default boxes and offsets: the inverse of ``encode``."""
    shift = offsets * VARIANCES
    size = defaults[:, 2:] - defaults[:, :2]
    center = (defaults[:, :2] + defaults[:, 2:]) / 2 + shift[:, :2] * size
    half = np.exp(shift[:, 2:]) * size / 2
    return np.concatenate([center - half, center + half], axis=1)
# --8<-- [end:encode]


# --8<-- [start:mine]
def mine(losses: np.ndarray, positive: np.ndarray, ratio: int = 3) -> np.ndarray:
    """Hard negative mining in one image: the negatives with the highest loss.

    Args:
        losses: (N,) classification loss of each default box.
        positive: (N,) bool, the matched ones; they are never returned.
        ratio: Negatives per positive, at most; fewer if there are fewer.

    Returns:
        (N,) bool, the negatives to keep. Without a positive there are none.
    """
    count = min(ratio * int(positive.sum()), int((~positive).sum()))
    order = np.argsort(np.where(positive, np.inf, -losses), kind="stable")
    kept = np.zeros(len(losses), dtype=bool)
    kept[order[:count]] = True
    return kept
# --8<-- [end:mine]


# --8<-- [start:loss]
def multibox_loss(
    logits: np.ndarray, offsets: np.ndarray,
    labels: np.ndarray, targets: np.ndarray, ratio: int = 3,
) -> tuple[float, float, np.ndarray, np.ndarray]:
    """Both terms of one image, divided by the number P of positives.

    Classification: softmax cross-entropy, summed over the positives and the
    mined negatives. Box: smooth L1 of d = offsets - targets, that is 0.5 d * d
    if abs(d) < 1, else abs(d) - 0.5, summed over the positives. If P is 0,
    losses and gradients are 0, as in the paper.

    Args:
        logits: (N, K + 1), class 0 is background.
        offsets: (N, 4) predicted.
        labels: (N,) integers, 0 for background.
        targets: (N, 4) from ``encode``; rows of background are not read.
        ratio: Mined negatives per positive.

    Returns:
        classification loss, box loss, gradient of their sum with respect to
        logits and to offsets. The choice of negatives counts as constant.

    Raises:
        ValueError: If the four arrays do not have one row per default box.
    """
    if (offsets.shape != targets.shape or labels.ndim != 1
            or not len(logits) == len(offsets) == len(labels)):
        raise ValueError(f"one row per box, got logits {logits.shape}, labels "
                         f"{labels.shape}, offsets {offsets.shape}, "
                         f"targets {targets.shape}")
    positive = labels > 0
    num_positive = max(int(positive.sum()), 1)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(labels))
    losses = -log_probs[rows, labels]  # (N,)
    kept = positive | mine(losses, positive, ratio)
    grad_logits = np.exp(log_probs)
    grad_logits[rows, labels] -= 1.0
    grad_logits = np.where(kept[:, None], grad_logits, 0.0) / num_positive

    difference = np.where(positive[:, None], offsets - targets, 0.0)
    distance = np.abs(difference)
    smooth_l1 = np.where(distance < 1, 0.5 * difference**2, distance - 0.5)
    grad_offsets = np.clip(difference, -1.0, 1.0) / num_positive
    classification = losses[kept].sum() / num_positive
    return (float(classification), float(smooth_l1.sum() / num_positive),
            grad_logits, grad_offsets)
# --8<-- [end:loss]


if __name__ == "__main__":
    boxes = default_boxes()
    counts = [f * f * (2 + 2 * len(r)) for f, r in zip(MAPS, RATIOS, strict=True)]
    print(f"SSD300: {counts} = {len(boxes):,} default boxes, {len(boxes) * 25:,} outputs")
    inside = ((boxes[:, :2] >= 0) & (boxes[:, 2:] <= 300)).all(axis=1)
    print(f"inside the image: {inside.sum():,}")
    scene = {"dog 150 x 110": [70.0, 120, 220, 230], "ball 20 x 20": [240.0, 200, 260, 220],
             "speck 8 x 8": [20.0, 20, 28, 28]}
    for name, box in scene.items():
        iou = box_iou(boxes, np.array([box]))
        matched = match(boxes, np.array([box]))
        where = np.searchsorted(np.cumsum(counts), np.flatnonzero(matched == 0), side="right")
        print(f"{name}: best IoU {iou.max():.3f}, {(matched == 0).sum()} positives "
              f"on maps {[MAPS[k] for k in np.unique(where)]}")
    matched = match(boxes, np.array(list(scene.values())))
    labels = np.where(matched >= 0, 1, 0)
    zeros = np.zeros((len(boxes), 21))
    loss = multibox_loss(zeros, np.zeros((len(boxes), 4)), labels, np.zeros((len(boxes), 4)))[0]
    everything = len(boxes) * np.log(21) / labels.sum()
    print(f"together {labels.sum()} positives, {3 * labels.sum()} mined of {(labels == 0).sum():,}; "
          f"untrained loss {loss:.2f} mined, {everything:.0f} with all")
    offset = encode(np.array([[100.0, 100, 200, 200]]), np.array([[110.0, 100, 230, 180]]))
    print("offsets", offset.round(3))
