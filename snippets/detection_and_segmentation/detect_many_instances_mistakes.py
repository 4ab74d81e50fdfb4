"""Wrong: suppression across classes, a recount of found objects, a mean over all cells."""

import numpy as np


# --8<-- [start:across]
def wrong_suppress(
    iou: np.ndarray, scores: np.ndarray, max_iou: float = 0.5
) -> list[int]:
    """Suppression that never looks at the class: a rider removes the horse."""
    kept: list[int] = []
    for index in np.argsort(-scores, kind="stable").tolist():
        if all(iou[index, other] <= max_iou for other in kept):
            kept.append(index)
    return kept
# --8<-- [end:across]


# --8<-- [start:recount]
def wrong_hits(iou: np.ndarray, threshold: float) -> np.ndarray:
    """Every detection on an object is a hit, however often it was found before."""
    return iou.max(axis=1) >= threshold  # (N, M) -> (N,)
# --8<-- [end:recount]


# --8<-- [start:mean]
def wrong_normalizer(loss: np.ndarray, targets: np.ndarray) -> float:
    """The mean over all cells: the share of an object shrinks as the map grows."""
    return float(loss.mean())
# --8<-- [end:mean]
