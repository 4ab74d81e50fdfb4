"""YOLO: the grid of targets, the loss of version 1, and the boxes of versions 2 and 3.

Redmon, Divvala, Girshick and Farhadi, *You Only Look Once: Unified, Real-Time
Object Detection*, https://arxiv.org/abs/1506.02640, section 2. The boxes of
later versions: https://arxiv.org/abs/1612.08242 and https://arxiv.org/abs/1804.02767.

Boxes are ``x1, y1, x2, y2`` in pixels of the resized, square image. A prediction
has the shape (S, S, B * 5 + K): for each cell B times
``x, y, sqrt(w), sqrt(h), confidence``, then K class scores that the B boxes share.
x and y are fractions of the cell, w and h fractions of the image.
"""

import numpy as np


# --8<-- [start:encode]
def encode_grid(
    boxes: np.ndarray, labels: np.ndarray, image_size: float = 448.0,
    cells: int = 7, num_classes: int = 20,
) -> np.ndarray:
    """What each cell has to predict.

    An object belongs to the cell that holds its center; a center on the right
    or lower border of the image belongs to the last cell. A cell holds one
    object: the first that comes keeps it.

    Args:
        boxes: (G, 4), the true boxes.
        labels: (G,) integers below num_classes.
        image_size: Side of the image in pixels.
        cells: Cells per side S.
        num_classes: Classes K.

    Returns:
        (S, S, 5 + K), indexed by row and column: 1 for an object, x and y of
        its center within the cell, w and h as fractions of the image, one-hot
        class. Zeros where there is no object.

    Raises:
        ValueError: If boxes and labels differ in number, or a label is no class.
    """
    if len(boxes) != len(labels):
        raise ValueError(f"one label per box, got {len(labels)} for {len(boxes)}")
    if any(not 0 <= label < num_classes for label in labels):
        raise ValueError(f"labels must be 0 to {num_classes - 1}, got {labels}")
    targets = np.zeros((cells, cells, 5 + num_classes))
    for (x1, y1, x2, y2), label in zip(boxes, labels, strict=True):
        x = (x1 + x2) / 2 / image_size * cells  # in cells
        y = (y1 + y2) / 2 / image_size * cells
        column, row = min(int(x), cells - 1), min(int(y), cells - 1)
        if targets[row, column, 0] == 1:
            continue
        targets[row, column, :5] = (
            1, x - column, y - row, (x2 - x1) / image_size, (y2 - y1) / image_size)
        targets[row, column, 5 + label] = 1
    return targets
# --8<-- [end:encode]


# --8<-- [start:loss]
def iou_in_cell(predicted: np.ndarray, true: np.ndarray, cells: int) -> np.ndarray:
    """IoU of boxes in the same cell: (N, B, 4), (N, 1, 4) -> (N, B).

    Each box is x, y in fractions of the cell, w, h in fractions of the image.
    """
    low = np.maximum(predicted[..., :2] / cells - predicted[..., 2:] / 2,
                     true[..., :2] / cells - true[..., 2:] / 2)
    high = np.minimum(predicted[..., :2] / cells + predicted[..., 2:] / 2,
                      true[..., :2] / cells + true[..., 2:] / 2)
    overlap = np.prod(np.maximum(high - low, 0.0), axis=-1)
    area = np.prod(predicted[..., 2:], axis=-1) + np.prod(true[..., 2:], axis=-1)
    return overlap / (area - overlap)


def yolo_loss(
    predictions: np.ndarray, targets: np.ndarray, num_boxes: int = 2,
    coord_weight: float = 5.0, noobj_weight: float = 0.5,
) -> tuple[np.ndarray, np.ndarray]:
    """Sum of squares of one image in four parts, and its gradient.

    In each cell with an object, the box with the highest IoU is responsible for
    it (the first one, if equal). Its parts: x, y, sqrt(w), sqrt(h), weighted by
    coord_weight; confidence against that IoU, which counts as constant. All
    other boxes of the image: confidence against 0, weighted by noobj_weight.
    Each cell with an object: class scores against the one-hot class.

    Args:
        predictions: (S, S, B * 5 + K), raw outputs.
        targets: (S, S, 5 + K) from ``encode_grid``.
        num_boxes: Boxes B per cell.
        coord_weight: The paper's lambda_coord.
        noobj_weight: The paper's lambda_noobj.

    Returns:
        (4,): box, confidence of responsible boxes, confidence of the others,
        classes; and the gradient of their sum, (S, S, B * 5 + K).

    Raises:
        ValueError: If the two shapes do not fit.
    """
    cells, classes = len(predictions), targets.shape[-1] - 5
    if predictions.shape != (*targets.shape[:2], num_boxes * 5 + classes):
        raise ValueError(f"predictions {predictions.shape} do not fit targets "
                         f"{targets.shape} with {num_boxes} boxes per cell")
    boxes = predictions[..., : num_boxes * 5].reshape(cells, cells, num_boxes, 5)
    has_object = targets[..., 0] == 1  # (S, S)
    true = targets[has_object][:, None, 1:5]  # (N, 1, 4)
    predicted = boxes[has_object]  # (N, B, 5)
    sizes = np.concatenate([predicted[..., :2], predicted[..., 2:4] ** 2], axis=-1)
    iou = iou_in_cell(sizes, true, cells)  # (N, B)
    responsible = np.zeros((cells, cells, num_boxes), dtype=bool)
    responsible[has_object] = np.arange(num_boxes) == iou.argmax(axis=1)[:, None]

    wanted = np.zeros_like(boxes)
    wanted[has_object, :, :2] = true[..., :2]
    wanted[has_object, :, 2:4] = np.sqrt(true[..., 2:])
    wanted[has_object, :, 4] = iou
    wanted[~responsible, 4] = 0.0
    weight = np.zeros_like(boxes)
    weight[responsible, :4] = coord_weight
    weight[..., 4] = np.where(responsible, 1.0, noobj_weight)
    difference = boxes - wanted
    squares = weight * difference**2
    class_difference = (predictions[..., num_boxes * 5:] - targets[..., 5:])
    class_difference = class_difference * has_object[..., None]

    losses = np.array([
        squares[..., :4].sum(), squares[responsible, 4].sum(),
        squares[~responsible, 4].sum(), (class_difference**2).sum()])
    grad_boxes = (2 * weight * difference).reshape(cells, cells, -1)
    return losses, np.concatenate([grad_boxes, 2 * class_difference], axis=-1)
# --8<-- [end:loss]


# --8<-- [start:decode]
def decode_grid(
    predictions: np.ndarray, image_size: float = 448.0, num_boxes: int = 2,
) -> tuple[np.ndarray, np.ndarray]:
    """Boxes (S * S * B, 4) in pixels and scores (S * S * B, K) of one prediction.

    A box's score for a class is its confidence times the cell's class score.
    Order: rows, columns, boxes. Suppression comes afterwards.
    """
    cells = len(predictions)
    boxes = predictions[..., : num_boxes * 5].reshape(cells, cells, num_boxes, 5)
    row, column = np.mgrid[:cells, :cells]
    corner = np.stack([column, row], axis=-1)[:, :, None]  # (S, S, 1, 2)
    center = (corner + boxes[..., :2]) / cells * image_size
    half = boxes[..., 2:4] ** 2 * image_size / 2
    classes = predictions[:, :, None, num_boxes * 5:]  # (S, S, 1, K)
    scores = boxes[..., 4:] * classes  # (S, S, B, K)
    corners = np.concatenate([center - half, center + half], axis=-1)
    return corners.reshape(-1, 4), scores.reshape(-1, scores.shape[-1])
# --8<-- [end:decode]


# --8<-- [start:anchors]
def decode_anchors(
    offsets: np.ndarray, priors: np.ndarray, stride: float = 32.0,
) -> np.ndarray:
    """The boxes of versions 2 and 3, from raw outputs tx, ty, tw, th.

    center = (corner of the cell, in cells, + sigmoid(t)) * stride,
    size = prior * exp(t).

    Args:
        offsets: (H, W, A, 4).
        priors: (A, 2), width and height of each prior in pixels.
        stride: Pixels per cell.

    Returns:
        (H * W * A, 4) in pixels. Order: rows, columns, priors.
    """
    row, column = np.mgrid[: offsets.shape[0], : offsets.shape[1]]
    corner = np.stack([column, row], axis=-1)[:, :, None]  # (H, W, 1, 2)
    sigmoid = 0.5 * (1 + np.tanh(offsets[..., :2] / 2))
    center = (corner + sigmoid) * stride
    half = priors * np.exp(offsets[..., 2:]) / 2
    return np.concatenate([center - half, center + half], axis=-1).reshape(-1, 4)
# --8<-- [end:anchors]


if __name__ == "__main__":
    print("outputs", 7 * 7 * 30, "boxes", 7 * 7 * 2, "v3 at 416:", 3 * (13**2 + 26**2 + 52**2),
          "v8 at 640:", 80**2 + 40**2 + 20**2)
    grid = encode_grid(np.array([[100.0, 120, 260, 360]]), np.array([11]))
    row, column = np.argwhere(grid[..., 0])[0]
    print("cell", row, column, "target", grid[row, column, 1:5].round(4),
          "roots", np.sqrt(grid[row, column, 3:5]).round(3))
    for w in (0.1, 0.8):
        root, log = (np.sqrt(w + 0.1) - np.sqrt(w)) ** 2, np.log((w + 0.1) / w) ** 2
        print(f"w = {w}, off by 0.1: plain {0.01:.4f}, root {root:.4f}, log {log:.4f}")
    predictions = np.full((7, 7, 30), 0.5)
    predictions[row, column, :5] = [0.7, 0.8, 0.6, 0.7, 0.5]
    for weight in (1.0, 0.5):
        losses, grad = yolo_loss(predictions, grid, noobj_weight=weight)
        others = np.abs(grad[..., [4, 9]]).sum() - abs(grad[row, column, 4])
        print(f"noobj {weight}: losses {losses.round(3)}, gradient of confidence: "
              f"object {grad[row, column, 4]:.3f}, others {others:.1f}")
    for n in (49, 169):
        for k in (5, 10, 20):
            print(f"{k} objects in {n} cells: {k - n * (1 - (1 - 1 / n) ** k):.2f} lost on average")
