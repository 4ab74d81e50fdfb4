"""A wrong measure of agreement. The test shows what it does not see."""

import numpy as np


# --8<-- [start:best]
def mean_best_iou(iou: np.ndarray) -> float:
    """WRONG: every box of the first annotator takes its best partner.

    Boxes that only the second annotator drew cost nothing, and one big box can
    be the partner of many.

    Args:
        iou: IoU of the first annotator's N boxes with the second's M, (N, M).
    """
    return float(np.mean(np.max(iou, axis=1)))
# --8<-- [end:best]
