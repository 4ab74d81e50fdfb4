"""Wrong code, on purpose: what goes wrong when a dense detector is trained."""

import numpy as np

from snippets.detection_and_segmentation.one_stage_vs_two_stage import focal_loss


# --8<-- [start:mean]
def mean_loss(logits: np.ndarray, targets: np.ndarray) -> float:
    """WRONG: (N,), (N,) -> scalar. Divides by 100,000 anchors, not by objects."""
    return float(focal_loss(logits, targets)[0].mean())
# --8<-- [end:mean]


# --8<-- [start:alpha]
def alpha_by_frequency(targets: np.ndarray) -> float:
    """WRONG: (N,) -> alpha. With gamma = 2 the background is already tame."""
    return float(1 - targets.mean())
# --8<-- [end:alpha]


# --8<-- [start:bias]
def first_probability(weight: np.ndarray, features: np.ndarray) -> np.ndarray:
    """WRONG: (D,), (N, D) -> (N,). A bias of 0 starts every anchor at one half."""
    return 1 / (1 + np.exp(-(features @ weight + 0.0)))
# --8<-- [end:bias]
