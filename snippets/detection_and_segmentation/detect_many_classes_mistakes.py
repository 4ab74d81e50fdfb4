"""Wrong: sampled logits without correction, silence taken for absence, one softmax over overlapping names."""

import numpy as np


# --8<-- [start:uncorrected]
def wrong_logits(logits: np.ndarray, log_expected: np.ndarray) -> np.ndarray:
    """Sampled classes scored as they are: often sampled means often pushed down."""
    return logits  # right: logits - log_expected
# --8<-- [end:uncorrected]


# --8<-- [start:silence]
def wrong_checked(targets: np.ndarray) -> np.ndarray:
    """Every class without a box counts as checked and absent."""
    return np.ones(targets.shape, dtype=bool)
# --8<-- [end:silence]


# --8<-- [start:softmax]
def wrong_overlapping(logits: np.ndarray) -> np.ndarray:
    """One softmax over "toy" and "vehicle": a toy car must choose."""
    exps = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)
# --8<-- [end:softmax]
