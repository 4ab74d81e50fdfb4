"""Agreement of two annotators' instance maps, and the run lengths in which masks are stored.

Kirillov et al., *Panoptic Segmentation*, CVPR 2019, https://arxiv.org/abs/1801.00868.
"""

import numpy as np


# --8<-- [start:overlap]
def overlaps(first: np.ndarray, second: np.ndarray,
             ignored: np.ndarray | None = None) -> np.ndarray:
    """Count the pixels that each pair of objects shares.

    Args:
        first: Object number of each pixel, (H, W): 0 for none, then 1 to N.
        second: The other annotator's, (H, W): 0 for none, then 1 to M.
        ignored: Pixels that must not count (crowds, void), (H, W), bool or not 0.

    Returns:
        Shape (N + 1, M + 1), int64; row and column 0 stand for no object.

    Raises:
        ValueError: If the shapes differ or a number is negative.
    """
    first, second = np.asarray(first, np.int64), np.asarray(second, np.int64)
    if first.shape != second.shape:
        raise ValueError(f"second must be {first.shape}, got {second.shape}")
    if min(first.min(initial=0), second.min(initial=0)) < 0:
        raise ValueError("first and second must not be negative")
    rows = int(first.max(initial=0)) + 1
    columns = int(second.max(initial=0)) + 1
    pairs = first * columns + second
    if ignored is not None:
        ignored = np.asarray(ignored, dtype=bool)
        if ignored.shape != first.shape:
            raise ValueError(f"ignored must be {first.shape}, got {ignored.shape}")
        pairs = pairs[~ignored]
    # bincount takes the platform's integers, which have 32 bits in a browser.
    counts = np.bincount(pairs.ravel().astype(np.intp), minlength=rows * columns)
    return counts.astype(np.int64).reshape(rows, columns)
# --8<-- [end:overlap]


# --8<-- [start:quality]
def panoptic_quality(counts: np.ndarray, classes: np.ndarray,
                     other_classes: np.ndarray) -> tuple[float, float, float]:
    """Panoptic quality between two annotators, over all objects of all classes.

    Two objects match if their classes are equal and their IoU is above 0.5; no
    object can match twice. Objects without a counted pixel are left out.

    Args:
        counts: From ``overlaps``, (N + 1, M + 1).
        classes: Class of each of the first annotator's objects, (N,).
        other_classes: Class of each of the second's, (M,).

    Returns:
        ``(pq, sq, rq)``: sq is the mean IoU of the P matches (segmentation),
        rq is ``2 P / (objects of the first + objects of the second)``
        (recognition), pq their product. Without any object ``nan``; without a
        match pq and rq are 0 and sq is ``nan``.

    Raises:
        ValueError: If there is not one class for each object.
    """
    if counts.shape != (len(classes) + 1, len(other_classes) + 1):
        raise ValueError(f"classes must name every object of {counts.shape}, got "
                         f"{len(classes)} and {len(other_classes)}")
    areas, other_areas = counts.sum(axis=1)[1:], counts.sum(axis=0)[1:]
    both = counts[1:, 1:].astype(np.float64)
    either = areas[:, None] + other_areas[None, :] - both
    iou = both / np.maximum(either, 1)  # (N, M)
    same = np.asarray(classes)[:, None] == np.asarray(other_classes)[None, :]
    matched = iou[same & (iou > 0.5)]
    objects = np.sum(areas > 0) + np.sum(other_areas > 0)
    if objects == 0:
        return float("nan"), float("nan"), float("nan")
    if len(matched) == 0:
        return 0.0, float("nan"), 0.0
    sq, rq = float(matched.mean()), float(2 * len(matched) / objects)
    return sq * rq, sq, rq


def splits(counts: np.ndarray) -> int:
    """Count objects of the first annotator that the second has divided.

    An object is divided if two or more objects of the second have more than half
    of their pixels in it. ``splits(counts.T)`` counts what the second has merged.

    Args:
        counts: From ``overlaps``, (N + 1, M + 1).

    Returns:
        A number from 0 to N.
    """
    inside = 2 * counts[1:, 1:] > counts.sum(axis=0)[None, 1:]  # (N, M)
    return int(np.sum(inside.sum(axis=1) >= 2))
# --8<-- [end:quality]


# --8<-- [start:rle]
def encode(mask: np.ndarray) -> list[int]:
    """Run lengths of a mask as COCO stores them.

    Pixels are read down the columns, left to right; runs alternate between
    outside and inside and begin with outside, so the first run may be 0.

    Args:
        mask: Shape (H, W), bool, or numbers of which 0 is outside.

    Returns:
        Lengths that add to H · W.

    >>> encode(np.array([[True, False], [True, True]]))
    [0, 2, 1, 1]
    """
    pixels = np.asarray(mask, dtype=bool).ravel(order="F")
    # A change starts a run; the mask counts as outside before its first pixel.
    starts = np.flatnonzero(np.diff(pixels.astype(np.int8), prepend=0))
    return np.diff(starts, prepend=0, append=pixels.size).tolist()


def decode(lengths: list[int], height: int, width: int) -> np.ndarray:
    """The mask of run lengths; the inverse of ``encode``.

    Args:
        lengths: Runs, outside first, down the columns.
        height: H in pixels.
        width: W in pixels.

    Returns:
        Shape (H, W), bool.

    Raises:
        ValueError: If the lengths do not add to H · W.
    """
    if sum(lengths) != height * width:
        raise ValueError(f"lengths must add to {height * width}: {sum(lengths)}")
    values = np.arange(len(lengths)) % 2 == 1
    pixels = np.repeat(values, np.asarray(lengths, dtype=np.intp))
    return pixels.reshape(height, width, order="F")
# --8<-- [end:rle]


if __name__ == "__main__":
    # Two people side by side, a car behind a pole, a bag. The second annotator draws the people
    # as one, the car as two, and the bag one column narrower.
    first = np.zeros((20, 50), dtype=np.int64)
    first[2:18, 2:7] = 1
    first[2:18, 7:12] = 2
    first[8:16, 16:36] = 3
    first[8:16, 25:27] = 0  # the pole
    first[12:17, 40:48] = 4
    second = np.zeros_like(first)
    second[2:18, 2:12] = 1
    second[8:16, 16:25] = 2
    second[8:16, 27:36] = 3
    second[12:17, 40:47] = 4
    names = np.array(["person", "person", "car", "bag"])
    counts = overlaps(first, second)
    pq, sq, rq = panoptic_quality(counts, names, np.array(["person", "car", "car", "bag"]))
    print(f"as drawn: PQ {pq:.3f} = SQ {sq:.3f} x RQ {rq:.3f}; "
          f"split {splits(counts)}, merged {splits(counts.T)}")
    second[second == 3] = 2  # the car's parts get one number
    second[2:18, 7:12] = 3  # the second person gets one too
    counts = overlaps(first, second)
    pq, sq, rq = panoptic_quality(counts, names, np.array(["person", "car", "person", "bag"]))
    print(f"mended:   PQ {pq:.3f} = SQ {sq:.3f} x RQ {rq:.3f}; "
          f"split {splits(counts)}, merged {splits(counts.T)}")
    bag = first[10:18, 38:] == 4
    print("the bag's crop, 8 x 12 pixels, as run lengths:", encode(bag))
