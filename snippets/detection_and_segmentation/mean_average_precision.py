"""Mean average precision of a detector, by the rules of VOC and of COCO.

Everingham et al., *The PASCAL Visual Object Classes (VOC) Challenge*,
https://doi.org/10.1007/s11263-009-0275-4, and the reference code of COCO,
https://github.com/cocodataset/cocoapi. Boxes are ``x1, y1, x2, y2``.
"""

import numpy as np

HIT, MISS, IGNORED = 1, 0, -1


# --8<-- [start:overlaps]
def overlaps(
    boxes: np.ndarray, objects: np.ndarray, crowd: np.ndarray
) -> np.ndarray:
    """IoU of each pair; with a crowd region, the share of the detection inside it.

    Args:
        boxes: (N, 4) detections with a positive area.
        objects: (G, 4) annotations with a positive area.
        crowd: (G,) bool, True where one box stands for a whole group.

    Returns:
        (N, G). Column g is intersection / area of the detection if crowd[g],
        else intersection / union.
    """
    top_left = np.maximum(boxes[:, None, :2], objects[None, :, :2])  # (N, G, 2)
    bottom_right = np.minimum(boxes[:, None, 2:], objects[None, :, 2:])
    shared = np.prod(np.maximum(bottom_right - top_left, 0.0), axis=2)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)[:, None]
    union = area + np.prod(objects[:, 2:] - objects[:, :2], axis=1) - shared
    return shared / np.where(crowd, area, union)
# --8<-- [end:overlaps]


# --8<-- [start:match]
def match(
    overlap: np.ndarray, scores: np.ndarray, min_iou: float,
    ignored: np.ndarray, crowd: np.ndarray,
) -> np.ndarray:
    """COCO's verdict on each detection of one class in one image.

    Detections choose in the order of their scores (equal scores: the earlier
    one first). A detection takes the free object that it overlaps most (equal
    overlaps: the later one), if by at least ``min_iou``. Only if it finds none, it
    may take an ignored one in the same way. An object is taken once; a crowd is
    always free.

    Args:
        overlap: (N, G) from ``overlaps``.
        scores: (N,).
        min_iou: Threshold, reached counts.
        ignored: (G,) bool, objects that neither reward nor punish. Includes crowds.
        crowd: (G,) bool.

    Returns:
        (N,) int8: HIT, MISS, or IGNORED if the object it took is ignored.
    """
    verdict = np.full(len(scores), MISS, dtype=np.int8)
    free = np.ones(len(ignored), dtype=bool)
    for i in np.argsort(-scores, kind="stable"):
        for group, outcome in ((~ignored, HIT), (ignored, IGNORED)):
            allowed = np.flatnonzero(group & free & (overlap[i] >= min_iou))
            if len(allowed):
                allowed = allowed[::-1]  # argmax takes the first of equal ones
                best = allowed[np.argmax(overlap[i, allowed])]
                free[best] = crowd[best]
                verdict[i] = outcome
                break
    return verdict
# --8<-- [end:match]


# --8<-- [start:curve]
def precision_recall(
    scores: np.ndarray, verdict: np.ndarray, num_objects: int
) -> tuple[np.ndarray, np.ndarray]:
    """Precision and recall after each detection, best score first.

    Args:
        scores: (N,) of *all* images together.
        verdict: (N,) from ``match``; ignored detections are left out first.
        num_objects: Objects to find in all images, the ignored not counted.

    Returns:
        precision (K,) and recall (K,), K = detections that are not ignored.

    Raises:
        ValueError: If num_objects is not positive: recall would be 0 / 0.

    >>> precision, recall = precision_recall(
    ...     np.array([0.9, 0.8, 0.7]), np.array([1, 0, 1]), num_objects=4)
    >>> recall
    array([0.25, 0.25, 0.5 ])
    """
    if num_objects <= 0:
        raise ValueError(f"num_objects must be positive, got {num_objects}")
    counted = verdict != IGNORED
    order = np.argsort(-scores[counted], kind="stable")
    hits = np.cumsum(verdict[counted][order] == HIT)
    return hits / np.arange(1, len(hits) + 1), hits / num_objects
# --8<-- [end:curve]


# --8<-- [start:ap]
def average_precision(
    precision: np.ndarray, recall: np.ndarray, rule: str = "coco"
) -> float:
    """The area under the curve, by one of three rules.

    All first replace the precision at recall r by the *largest* precision at any
    recall >= r; where the curve does not reach, it is 0.

    Args:
        precision: (K,) from ``precision_recall``.
        recall: (K,), not decreasing.
        rule: "coco" averages it over the recalls 0, 0.01, ..., 1 (101 points),
            "voc2007" over 0, 0.1, ..., 1 (11 points), both from ``np.linspace``;
            "area" is the exact area under the steps (VOC from 2010 on).

    Raises:
        ValueError: If rule is none of the three.
    """
    envelope = np.maximum.accumulate(precision[::-1])[::-1]  # from the right
    if rule == "area":
        return float(np.sum(np.diff(recall, prepend=0.0) * envelope))
    if rule not in ("coco", "voc2007"):
        raise ValueError(f"rule must be 'coco', 'voc2007' or 'area', got {rule!r}")
    # As the reference programs do: some lie one rounding error above k / 100.
    levels = np.linspace(0.0, 1.0, 101 if rule == "coco" else 11)
    first = np.searchsorted(recall, levels, side="left")  # first recall >= level
    return float(np.append(envelope, 0.0)[first].mean())
# --8<-- [end:ap]


# --8<-- [start:map]
def mean_average_precision(
    images: list[dict], thresholds: np.ndarray,
    area_range: tuple[float, float] = (0.0, 1e10), max_detections: int = 100,
) -> float:
    """COCO's AP: the mean of "coco" AP over IoU thresholds and classes.

    Per image and class only the ``max_detections`` best scores count. An object
    is ignored if it is a crowd or its area is outside ``area_range`` (the limits
    belong to it); a MISS whose area is outside becomes IGNORED. Classes with
    nothing left to find are left out of the mean.

    Args:
        images: One dict per image with "boxes" (N, 4), "scores" (N,), "classes"
            (N,), "objects" (G, 4), "object_classes" (G,), "crowd" (G,) bool.
        thresholds: IoU thresholds; COCO takes 0.5, 0.55, ..., 0.95.
        area_range: Smallest and largest area, in square pixels.
        max_detections: Per image and class.

    Returns:
        A float in 0..1, or nan if there is nothing to find in any class.
    """
    def outside(boxes: np.ndarray) -> np.ndarray:
        area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
        return (area < area_range[0]) | (area > area_range[1])

    results = []
    for label in np.unique(np.concatenate([im["object_classes"] for im in images])):
        scores, verdicts, num_objects = [], [[] for _ in thresholds], 0
        for im in images:
            mine = np.flatnonzero(im["classes"] == label)
            best = np.argsort(-im["scores"][mine], kind="stable")[:max_detections]
            boxes, score = im["boxes"][mine[best]], im["scores"][mine[best]]
            theirs = im["object_classes"] == label
            objects, crowd = im["objects"][theirs], im["crowd"][theirs]
            ignored = crowd | outside(objects)
            overlap = overlaps(boxes, objects, crowd)
            scores.append(score)
            num_objects += int((~ignored).sum())
            for threshold, found in zip(thresholds, verdicts, strict=True):
                verdict = match(overlap, score, threshold, ignored, crowd)
                verdict[(verdict == MISS) & outside(boxes)] = IGNORED
                found.append(verdict)
        if num_objects:
            scores = np.concatenate(scores)
            for found in verdicts:
                curve = precision_recall(scores, np.concatenate(found), num_objects)
                results.append(average_precision(*curve, rule="coco"))
    return float(np.mean(results)) if results else float("nan")
# --8<-- [end:map]


def coco_thresholds() -> np.ndarray:
    """The ten IoU thresholds 0.5, 0.55, ..., 0.95, as COCO's code makes them."""
    return np.linspace(0.5, 0.95, 10)


# Five detections of four objects, best first: hit, miss, hit, hit, miss.
SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
VERDICT = np.array([1, 0, 1, 1, 0], dtype=np.int8)


def shifted(share: float) -> list[dict]:
    """One object of 100 x 100, found once, ``share`` of its width too far right.

    Returns:
        One image as in ``mean_average_precision``, its object in the corner (0, 0).
    """
    box = np.array([[0.0, 0, 100, 100]])
    return [{"boxes": box + 100 * share * np.array([1.0, 0, 1, 0]), "scores": np.ones(1),
             "classes": np.zeros(1, dtype=np.int32), "objects": box,
             "object_classes": np.zeros(1, dtype=np.int32), "crowd": np.zeros(1, dtype=bool)}]


if __name__ == "__main__":
    precision, recall = precision_recall(SCORES, VERDICT, 4)
    print("precision", precision.round(3), "recall", recall)
    for rule in ("voc2007", "area", "coco"):
        print(rule, round(average_precision(precision, recall, rule), 4))
    for share in (0.01, 0.05, 0.1, 0.2, 0.3):
        at = [mean_average_precision(shifted(share), np.array([t])) for t in (0.5, 0.75)]
        print(f"shift {share}: IoU {(1 - share) / (1 + share):.3f}, AP50 {at[0]}, AP75 {at[1]}, "
              f"AP {mean_average_precision(shifted(share), coco_thresholds()):.2f}")
