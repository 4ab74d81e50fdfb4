"""How a segmentation is scored, and how far a stack of (dilated) convolutions sees.

Intersection over union as in Long et al., https://arxiv.org/abs/1411.4038, section 5;
dilated convolution: https://arxiv.org/abs/1511.07122 and https://arxiv.org/abs/1706.05587.
"""

import numpy as np


# --8<-- [start:metrics]
def confusion_matrix(
    targets: np.ndarray,
    predictions: np.ndarray,
    num_classes: int,
    ignore: int = 255,
) -> np.ndarray:
    """Count the pixels of each pair (true class, predicted class).

    Matrices of several batches add up; take the IoU of the sum.

    Args:
        targets: True classes, integers, any shape; ``ignore`` marks pixels without.
        predictions: Predicted classes, integers, the same shape.
        num_classes: K.
        ignore: Value of the targets that does not count.

    Returns:
        Shape (K, K), int64: rows are true classes, columns predicted ones.

    Raises:
        ValueError: If the shapes differ, a dtype is not an integer one (scores
            instead of classes), or a counted class is not in 0 to K - 1.
    """
    if targets.shape != predictions.shape:
        raise ValueError(
            f"predictions must be {targets.shape}, got {predictions.shape}"
        )
    for name, values in (("targets", targets), ("predictions", predictions)):
        if values.dtype.kind not in "biu":
            raise ValueError(f"{name} must be integers, got {values.dtype}")
    counted = targets != ignore
    true = targets[counted].astype(np.int64)
    found = predictions[counted].astype(np.int64)
    for name, values in (("targets", true), ("predictions", found)):
        if values.size and not 0 <= values.min() <= values.max() < num_classes:
            seen = f"{values.min()} to {values.max()}"
            raise ValueError(f"{name} must be 0 to {num_classes - 1}, got {seen}")
    pairs = np.bincount(true * num_classes + found, minlength=num_classes**2)
    return pairs.astype(np.int64).reshape(num_classes, num_classes)


def iou_per_class(confusion: np.ndarray) -> np.ndarray:
    """IoU of each class: correct / (true + predicted - correct).

    Args:
        confusion: From ``confusion_matrix``, (K, K).

    Returns:
        Shape (K,), float64; NaN for a class that is neither true nor predicted.
    """
    correct = np.diag(confusion)
    union = confusion.sum(axis=1) + confusion.sum(axis=0) - correct
    return np.where(union > 0, correct / np.maximum(union, 1), np.nan)


def mean_iou(confusion: np.ndarray) -> float:
    """The mean of ``iou_per_class`` over the classes that are not NaN.

    Args:
        confusion: From ``confusion_matrix``, (K, K).

    Raises:
        ValueError: If ``confusion`` counts no pixel.
    """
    if not confusion.any():
        raise ValueError("confusion counts no pixel")
    return float(np.nanmean(iou_per_class(confusion)))


def pixel_accuracy(confusion: np.ndarray) -> float:
    """Share of the counted pixels whose class is right.

    Args:
        confusion: From ``confusion_matrix``, (K, K), not all zero.
    """
    return float(np.trace(confusion) / confusion.sum())
# --8<-- [end:metrics]


# --8<-- [start:field]
def receptive_field(layers: list[tuple[int, int, int]]) -> int:
    """How many pixels of one row an output sees.

    1 plus, for each layer, (kernel - 1) * dilation * the strides before it.

    Args:
        layers: (kernel, stride, dilation) of each layer, the first one first.
    """
    size, jump = 1, 1  # jump: pixels of the image between two neighbors of the map
    for kernel, stride, dilation in layers:
        size += (kernel - 1) * dilation * jump
        jump *= stride
    return size


def taps_inside(size: int, rate: int) -> float:
    """How many of a dilated 3x3 kernel's nine weights meet the map, on average.

    The rest falls into the padding, which keeps the size of the map. In one
    dimension the two outer taps miss it at min(rate, size) positions each.

    Args:
        size: Height and width of the map, >= 1.
        rate: Dilation, >= 1.
    """
    return (3 - 2 * min(rate, size) / size) ** 2
# --8<-- [end:field]


if __name__ == "__main__":
    targets = np.zeros((10, 10), dtype=np.int64)
    targets[:2, :5] = 1  # 10 of 100 pixels
    nothing = confusion_matrix(targets, np.zeros_like(targets), 2)
    print("all background: accuracy", pixel_accuracy(nothing), "mean IoU", mean_iou(nothing))
    for width in (10, 3, 1):
        strip = np.zeros((10, 40), dtype=np.int64)
        strip[:, 5 : 5 + width] = 1
        off = confusion_matrix(strip, np.roll(strip, 1, axis=1), 2)
        print(f"{width} pixels wide, off by one: IoU {iou_per_class(off)[1]:.3f}")
    print("three 3x3:", receptive_field([(3, 1, 1)] * 3),
          "with dilation 1, 2, 4:", receptive_field([(3, 1, 1), (3, 1, 2), (3, 1, 4)]))
    print("taps on a 65x65 map:", {r: round(taps_inside(65, r), 2) for r in (1, 12, 24, 36, 65)})
