"""Wrong code, on purpose: average precisions that look better, or worse, than they are."""

import numpy as np

from snippets.detection_and_segmentation.mean_average_precision import (
    average_precision,
    precision_recall,
)


# --8<-- [start:duplicates]
def match_every_overlap(overlap: np.ndarray, min_iou: float) -> np.ndarray:
    """WRONG: (N, G) -> (N,). An object can be found any number of times."""
    return (overlap.max(axis=1) >= min_iou).astype(np.int8)
# --8<-- [end:duplicates]


# --8<-- [start:images]
def mean_over_images(images: list[tuple]) -> float:
    """WRONG: (scores, verdict, num_objects) per image. No ranking across images."""
    return float(np.mean([
        average_precision(*precision_recall(scores, verdict, count), rule="area")
        for scores, verdict, count in images
    ]))
# --8<-- [end:images]


# --8<-- [start:threshold]
def confident_only(
    scores: np.ndarray, verdict: np.ndarray, min_score: float
) -> tuple[np.ndarray, np.ndarray]:
    """WRONG before evaluation: the curve ends where the threshold is."""
    return scores[scores >= min_score], verdict[scores >= min_score]
# --8<-- [end:threshold]
