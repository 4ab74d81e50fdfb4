"""One backbone, two heads: what a classifier pools away and a detector keeps.

The pooled head is that of He et al., https://arxiv.org/abs/1512.03385; the head per
cell with distances to the four sides is that of Tian et al.,
https://arxiv.org/abs/1904.01355, in its simplest form.
"""

from itertools import permutations

import numpy as np


# --8<-- [start:classify]
def classify(
    features: np.ndarray, weight: np.ndarray, bias: np.ndarray,
) -> np.ndarray:
    """Logits (K,) of the whole image: average over all cells, then a linear layer.

    Args:
        features: (C, H, W) of the backbone.
        weight: (K, C).
        bias: (K,).
    """
    return weight @ features.mean(axis=(1, 2)) + bias  # (C, H, W) -> (C,) -> (K,)
# --8<-- [end:classify]


# --8<-- [start:detect]
def score_map(
    features: np.ndarray, weight: np.ndarray, bias: np.ndarray,
) -> np.ndarray:
    """The same layer in each cell, a 1x1 convolution: (C, H, W) -> (K, H, W)."""
    return np.tensordot(weight, features, axes=1) + bias[:, None, None]


def decode_cells(distances: np.ndarray, stride: float) -> np.ndarray:
    """Boxes from each cell's distances to the four sides of its object.

    The center of cell (row, column) is x = (column + 0.5) * stride,
    y = (row + 0.5) * stride.

    Args:
        distances: (4, H, W): to the left, top, right and bottom side, in pixels.
        stride: Pixels per cell.

    Returns:
        (H, W, 4), each x1, y1, x2, y2 in pixels.
    """
    rows, columns = distances.shape[1:]
    y, x = (np.mgrid[:rows, :columns] + 0.5) * stride  # (H, W) each
    left, top, right, bottom = distances
    return np.stack([x - left, y - top, x + right, y + bottom], axis=-1)


def detect(
    features: np.ndarray, class_head: tuple[np.ndarray, np.ndarray],
    box_head: tuple[np.ndarray, np.ndarray], stride: float,
    threshold: float = 0.5,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All cells whose best class has a sigmoid score above ``threshold``.

    Args:
        features: (C, H, W) of the backbone.
        class_head: weight (K, C) and bias (K,).
        box_head: weight (4, C) and bias (4,) of the distances in pixels.
        stride: Pixels per cell.
        threshold: Lowest score to report.

    Returns:
        boxes (M, 4), labels (M,), scores (M,), in the order of the cells. M
        depends on the image and may be 0. Duplicates are not removed.
    """
    scores = 1 / (1 + np.exp(-score_map(features, *class_head)))  # (K, H, W)
    boxes = decode_cells(score_map(features, *box_head), stride)  # (H, W, 4)
    best, labels = scores.max(axis=0), scores.argmax(axis=0)
    found = best > threshold
    return boxes[found], labels[found], best[found]
# --8<-- [end:detect]


# --8<-- [start:set]
def set_loss(predicted: np.ndarray, true: np.ndarray) -> float:
    """L1 distance of two sets of boxes, (G, 4) each, under the best assignment.

    Tries all G! assignments, so G is small. Without boxes the loss is 0.

    Raises:
        ValueError: If the two shapes differ.
    """
    if predicted.shape != true.shape:
        raise ValueError(f"predicted and true must have one shape, "
                         f"got {predicted.shape}, {true.shape}")
    return min(float(np.abs(predicted[list(order)] - true).sum())
               for order in permutations(range(len(true))))
# --8<-- [end:set]


if __name__ == "__main__":
    # 192 x 128 pixels at stride 32. Channels: dog, cat, and four distances in pixels.
    features = np.zeros((6, 4, 6))
    features[:2] = -4.0
    features[:, 1, 1] = [4, -4, 40, 30, 24, 50]  # a dog around cell (1, 1)
    features[:, 2, 4] = [3, -4, 20, 40, 30, 40]  # another around cell (2, 4)
    class_head = np.eye(6)[:2], np.zeros(2)
    box_head = np.eye(6)[2:], np.zeros(4)
    print("classifier", classify(features, *class_head).round(3))
    print("detector", *detect(features, class_head, box_head, 32), sep="\n")
    moved = features[:, ::-1, ::-1]
    print("moved: classifier", classify(moved, *class_head).round(3))
    print("moved: detector", detect(moved, class_head, box_head, 32)[0], sep="\n")
    print("pixels", round(800 * 1333 / 224**2, 2), "outputs", f"{113_193 * 84:,}")
