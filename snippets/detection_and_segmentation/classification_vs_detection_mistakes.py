"""Wrong code, on purpose: detection treated as if it were classification."""

import numpy as np


# --8<-- [start:order]
def listed_loss(predicted: np.ndarray, true: np.ndarray) -> float:
    """WRONG: (G, 4), (G, 4) -> scalar. The order of the annotations is random."""
    return float(np.abs(predicted - true).sum())
# --8<-- [end:order]


# --8<-- [start:background]
def cell_probs(logits: np.ndarray) -> np.ndarray:
    """WRONG: (K, H, W) -> (K, H, W). No class for "nothing here"."""
    shifted = np.exp(logits - logits.max(axis=0))
    return shifted / shifted.sum(axis=0)
# --8<-- [end:background]


# --8<-- [start:flip]
def augment(image: np.ndarray, boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """WRONG: (C, H, W), (G, 4). A label survives a flip, a box does not."""
    return image[:, :, ::-1], boxes
# --8<-- [end:flip]
