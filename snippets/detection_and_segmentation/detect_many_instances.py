"""Dense detection: targets for every cell, focal loss, suppression, mean average precision.

Focal loss: Lin et al., https://arxiv.org/abs/1708.02002. Distances to the four sides as box
targets: Tian et al., *FCOS*, https://arxiv.org/abs/1904.01355. Average precision follows the
COCO evaluation: 101 recall levels, IoU thresholds 0.50, 0.55, ..., 0.95.

Boxes are ``x1, y1, x2, y2`` in pixels, continuous (no "+ 1"). A cell is a square of
``stride`` pixels; its center is at (column + 0.5, row + 0.5) * stride.
"""

import numpy as np

COCO_THRESHOLDS = tuple(round(0.5 + 0.05 * i, 2) for i in range(10))


# --8<-- [start:assign]
def assign(
    boxes: np.ndarray, labels: np.ndarray, num_classes: int,
    rows: int, columns: int, stride: int, shrink: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Class and box targets for every cell of one image.

    A box owns the cell that its center falls into, and each cell whose center lies
    inside the box after its sides were multiplied by ``shrink``. A cell that more
    boxes claim goes to the smallest of them in area, the first one of equals.

    Args:
        boxes: (M, 4) with centers inside the map; M may be 0.
        labels: (M,) integers, 0 <= label < num_classes.
        num_classes: K.
        rows: H, rows of the map.
        columns: W, columns of the map.
        stride: Pixels of a cell's side.
        shrink: 0 makes one cell positive for each box, 0.5 the middle of the box.

    Returns:
        classes (K, H, W) float64, 1 at the label of a cell's owner and 0 elsewhere;
        owner (H, W) int32, the index of the box, or -1 for background.

    Raises:
        ValueError: If shrink is not in 0..1.
    """
    if not 0 <= shrink <= 1:
        raise ValueError(f"shrink must be in 0..1, got {shrink}")
    owner = np.full((rows, columns), -1, dtype=np.int32)
    x = (np.arange(columns) + 0.5) * stride
    y = (np.arange(rows) + 0.5) * stride
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    for index in np.argsort(areas, kind="stable")[::-1]:  # the smallest comes last
        center = (boxes[index, :2] + boxes[index, 2:]) / 2
        half = shrink * (boxes[index, 2:] - boxes[index, :2]) / 2
        inside_x = np.abs(x - center[0]) < half[0]
        inside_y = np.abs(y - center[1]) < half[1]
        owner[inside_y[:, None] & inside_x] = index
        owner[int(center[1] // stride), int(center[0] // stride)] = index
    classes = np.zeros((num_classes, rows, columns))
    row, column = np.nonzero(owner >= 0)
    classes[labels[owner[row, column]], row, column] = 1.0
    return classes, owner
# --8<-- [end:assign]


# --8<-- [start:focal]
def focal_loss(
    logits: np.ndarray, targets: np.ndarray, gamma: float = 2.0, alpha: float = 0.25
) -> tuple[np.ndarray, np.ndarray]:
    """Focal loss of each logit and its gradient, in any shape.

    With p = sigmoid(logit): -alpha (1 - p)^gamma log p where the target is 1, and
    -(1 - alpha) p^gamma log(1 - p) where it is 0. With gamma 0 and alpha 0.5 it is
    half the binary cross-entropy. Not averaged: divide the sum by the positives.

    >>> float(focal_loss(np.zeros(1), np.zeros(1), gamma=0, alpha=0)[0][0].round(4))
    0.6931
    """
    sign = np.where(targets == 1, 1.0, -1.0)
    weight = np.where(targets == 1, alpha, 1 - alpha)
    z = sign * logits  # the larger, the better the answer
    log_right = np.minimum(z, 0.0) - np.log1p(np.exp(-np.abs(z)))  # log p_t
    right = np.exp(log_right)
    wrong = 0.5 * (1 - np.tanh(z / 2))  # 1 - p_t, accurate near 0 too
    loss = -weight * wrong**gamma * log_right
    grad = weight * sign * wrong**gamma * (gamma * right * log_right - wrong)
    return loss, grad
# --8<-- [end:focal]


# --8<-- [start:nms]
def box_iou(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union of each pair: (N, 4), (M, 4) -> (N, M)."""
    top_left = np.maximum(boxes[:, None, :2], others[None, :, :2])  # (N, M, 2)
    bottom_right = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    overlap = np.prod(np.maximum(bottom_right - top_left, 0.0), axis=2)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    other_area = np.prod(others[:, 2:] - others[:, :2], axis=1)
    return overlap / (area[:, None] + other_area[None] - overlap)


def suppress(
    boxes: np.ndarray, scores: np.ndarray, labels: np.ndarray, max_iou: float = 0.5
) -> np.ndarray:
    """Indices of the detections that survive non-maximum suppression, best first.

    Repeat: keep the highest score that is left, drop the others *of its class*
    whose IoU with it is above ``max_iou``. Equal scores keep their order.
    """
    order = np.argsort(-scores, kind="stable")
    kept = []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        overlap = box_iou(boxes[order], boxes[[best]])[:, 0]
        order = order[(overlap <= max_iou) | (labels[order] != labels[best])]
    return np.array(kept, dtype=np.int32)
# --8<-- [end:nms]


# --8<-- [start:ap]
def average_precision(
    scores: np.ndarray, hits: np.ndarray, num_truths: int
) -> float:
    """Mean, over the recalls 0, 0.01, ..., 1, of the best precision from there on.

    At a recall that is never reached the precision is 0.

    Args:
        scores: (N,) of all detections of one class, over all images.
        hits: (N,) bool, whether each one found an object that was still free.
        num_truths: Objects of the class over all images, at least 1.
    """
    hits = hits[np.argsort(-scores, kind="stable")]
    found = np.cumsum(hits, dtype=np.int32)
    precision = found / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]  # at this rank or later
    rank = np.searchsorted(found / num_truths, np.linspace(0, 1, 101))
    return float(np.append(best, 0.0)[rank].mean())


def mean_average_precision(
    detections: list, truths: list, num_classes: int,
    thresholds: tuple[float, ...] = COCO_THRESHOLDS,
) -> float:
    """Average precision, averaged over the thresholds and the classes that occur.

    In each image, from the highest score down, a detection takes the object of its
    class that it overlaps most among those still free; it is a hit if that IoU is
    at least the threshold. A second detection of the same object is a miss.

    Args:
        detections: For each image (boxes (N, 4), scores (N,), labels (N,)).
        truths: For each image (boxes (M, 4), labels (M,)).
        num_classes: K.
        thresholds: IoU from which on a detection counts.

    Raises:
        ValueError: If truths holds no object of any class, or detections and truths
            differ in length.
    """
    precisions = []
    for label in range(num_classes):
        num_truths = sum(int((labels == label).sum()) for _, labels in truths)
        if num_truths == 0:
            continue  # undefined for a class without objects
        scores, hits = [np.zeros(0)], [np.zeros((len(thresholds), 0), dtype=bool)]
        for (boxes, score, found), (true_boxes, true_labels) in zip(
            detections, truths, strict=True
        ):
            order = np.flatnonzero(found == label)
            order = order[np.argsort(-score[order], kind="stable")]
            iou = box_iou(boxes[order], true_boxes[true_labels == label])
            scores.append(score[order])
            hits.append(np.stack([_match(iou, t) for t in thresholds]))
        score = np.concatenate(scores)
        for hit in np.concatenate(hits, axis=1):
            precisions.append(average_precision(score, hit, num_truths))
    if not precisions:
        raise ValueError(f"truths must hold objects, got {len(truths)} without")
    return float(np.mean(precisions))


def _match(iou: np.ndarray, threshold: float) -> np.ndarray:
    """Hits of one image and class: (N, M) IoU, best score first -> (N,) bool."""
    iou = iou.copy()
    hits = np.zeros(len(iou), dtype=bool)
    for row in range(len(iou) if iou.shape[1] else 0):
        best = iou[row].argmax()
        if iou[row, best] >= threshold:
            hits[row] = True
            iou[:, best] = -1.0  # taken
    return hits
# --8<-- [end:ap]


if __name__ == "__main__":
    # 16 x 16 cells, 3 classes, 4 objects, one positive cell each
    targets = np.zeros(3 * 16 * 16)
    targets[:4] = 1
    for name, prior in [("p = 0.5", 0.0), ("p = 0.01", -np.log(99))]:
        logits = np.full(targets.shape, prior)
        for kind, gamma, alpha in [("cross-entropy", 0.0, 0.5), ("focal", 2.0, 0.25)]:
            scale = 2 if gamma == 0 else 1
            loss, grad = focal_loss(logits, targets, gamma, alpha)
            print(f"{name}, {kind}: loss of 4 positives {scale * loss[:4].sum():.2f}, of "
                  f"{len(loss) - 4} negatives {scale * loss[4:].sum():.2f}, gradients "
                  f"{scale * grad[:4].sum():.2f} and {scale * grad[4:].sum():.2f}")

    truth = [(np.array([[0.0, 0, 10, 10], [20, 0, 30, 10]]), np.array([0, 0]))]
    found = np.array([[0.0, 0, 10, 10], [0, 0, 10, 8], [20, 0, 30, 6]])
    for scores in ([0.9, 0.8, 0.7], [0.9, 0.6, 0.7]):
        detection = [(found, np.array(scores), np.array([0, 0, 0]))]
        print(scores, [round(mean_average_precision(detection, truth, 1, (t,)), 4)
                       for t in (0.5, 0.75)])
