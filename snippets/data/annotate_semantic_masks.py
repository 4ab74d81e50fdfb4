"""Agreement of two semantic label maps: over all pixels, per class, and at the boundary.

Cheng et al., *Boundary IoU: Improving Object-Centric Image Segmentation Evaluation*, CVPR 2021,
https://arxiv.org/abs/2103.16562.
"""

import numpy as np


# --8<-- [start:agreement]
def confusion(first: np.ndarray, second: np.ndarray, num_classes: int,
              void: int = 255) -> np.ndarray:
    """Count pixels by the two annotators' classes, leaving out void.

    Args:
        first: Classes of the first annotator, (H, W), each below ``num_classes``
            or ``void``.
        second: Classes of the second, (H, W).
        num_classes: Number of classes K.
        void: The value of a pixel that must not count; void for one is enough.

    Returns:
        Shape (K, K), int64: row is the first annotator's class, column the
        second's.

    Raises:
        ValueError: If the shapes differ or a class is outside the range.
    """
    first, second = np.asarray(first), np.asarray(second)
    if first.shape != second.shape:
        raise ValueError(f"second must be {first.shape}, got {second.shape}")
    counted = (first != void) & (second != void)
    a, b = first[counted].astype(np.int64), second[counted].astype(np.int64)
    for name, classes in (("first", a), ("second", b)):
        if classes.size and not 0 <= classes.min() <= classes.max() < num_classes:
            raise ValueError(f"{name} has classes outside 0 to {num_classes - 1}: "
                             f"{classes.min()} to {classes.max()}")
    # bincount takes the platform's integers, which have 32 bits in a browser.
    pairs = (a * num_classes + b).astype(np.intp)
    counts = np.bincount(pairs, minlength=num_classes**2).astype(np.int64)
    return counts.reshape(num_classes, num_classes)


def pixel_agreement(counts: np.ndarray) -> float:
    """Fraction of the counted pixels that both gave the same class.

    Args:
        counts: From ``confusion``, (K, K).

    Returns:
        From 0 to 1, ``nan`` if nothing was counted.
    """
    total = counts.sum()
    return float(np.trace(counts) / total) if total else float("nan")


def class_iou(counts: np.ndarray) -> np.ndarray:
    """Intersection over union of each class between the two annotators.

    Args:
        counts: From ``confusion``, (K, K).

    Returns:
        Shape (K,), ``nan`` for a class that neither used.
    """
    both = np.diag(counts).astype(np.float64)
    either = counts.sum(axis=0) + counts.sum(axis=1) - np.diag(counts)
    return np.where(either > 0, both / np.maximum(either, 1), np.nan)
# --8<-- [end:agreement]


# --8<-- [start:boundary]
def erode(mask: np.ndarray, steps: int) -> np.ndarray:
    """Take ``steps`` layers of pixels off a mask.

    A layer is every pixel with one of its eight neighbors outside the mask or
    outside the image.

    Args:
        mask: Shape (H, W), bool, or numbers of which 0 is outside.
        steps: Layers to remove, 0 or more.

    Returns:
        Shape (H, W), bool.
    """
    mask = np.asarray(mask, dtype=bool)
    for _ in range(steps):
        height, width = mask.shape
        padded = np.pad(mask, 1)  # (H + 2, W + 2), False around the image
        shifted = [padded[y:y + height, x:x + width]
                   for y in range(3) for x in range(3)]
        mask = np.logical_and.reduce(shifted)
    return mask


def boundary_iou(first: np.ndarray, second: np.ndarray, width: int) -> float:
    """IoU of the two inner bands along the outlines of two masks.

    A mask's band is its pixels within ``width`` layers of its outline: the mask
    without ``erode(mask, width)``.

    Args:
        first: One annotator's mask of a class or object, (H, W), bool.
        second: The other's, (H, W), bool.
        width: Width of the band in pixels, at least 1.

    Returns:
        From 0 to 1, ``nan`` if both masks are empty.

    Raises:
        ValueError: If the shapes differ or the width is below 1.
    """
    first, second = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    if first.shape != second.shape:
        raise ValueError(f"second must be {first.shape}, got {second.shape}")
    if width < 1:
        raise ValueError(f"width must be at least 1, got {width}")
    band = first & ~erode(first, width)
    other_band = second & ~erode(second, width)
    union = np.sum(band | other_band)
    return float(np.sum(band & other_band) / union) if union else float("nan")


def away_from_boundary(labels: np.ndarray, width: int) -> np.ndarray:
    """Mark pixels with one label in the whole neighborhood, ``width`` around.

    Counting only pixels that are so marked in both maps tells a wrong class from
    a slightly different outline. The edge of the image is no boundary here.

    Args:
        labels: Shape (H, W), integers; void counts as a label.
        width: Pixels to each side, 0 or more.

    Returns:
        Shape (H, W), bool.
    """
    labels = np.asarray(labels)
    height, columns = labels.shape
    inside = np.ones(labels.shape, dtype=bool)
    padded = np.pad(labels, width, mode="edge")  # (H + 2 width, W + 2 width)
    for y in range(2 * width + 1):
        for x in range(2 * width + 1):
            inside &= padded[y:y + height, x:x + columns] == labels
    return inside
# --8<-- [end:boundary]


if __name__ == "__main__":
    for side in (20, 100):
        insides = [np.abs(np.arange(140) - 69.5) < s / 2 for s in (side, side + 4)]
        small, large = [inside[:, None] & inside[None, :] for inside in insides]
        iou = class_iou(confusion(small, large, 2))[1]
        print(f"outline 2 px further out, side {side}: IoU {iou:.3f}, "
              f"boundary IoU {boundary_iou(small, large, 5):.3f}")
    # A scene of 40 x 60: floor 0, wall 1, box 2. The second annotator draws the box one pixel
    # larger, calls a doorway void, and takes a floor mat for a box.
    first = np.zeros((40, 60), dtype=np.uint8)
    first[:15] = 1
    first[20:30, 10:30] = 2
    second = first.copy()
    second[19:31, 9:31] = 2
    second[5:15, 45:55] = 255
    second[32:38, 40:50] = 2
    counts = confusion(first, second, 3)
    safe = away_from_boundary(first, 2) & away_from_boundary(second, 2)
    inner = confusion(np.where(safe, first, 255), second, 3)
    print(f"same label or void: {np.mean(first == second):.4f}")
    print(f"without void: {pixel_agreement(counts):.4f}")
    print(f"and 2 px away from boundaries: {pixel_agreement(inner):.4f}")
    print("IoU per class:", class_iou(counts).round(3))
    print("off-boundary confusions, floor taken for box:", inner[0, 2])
