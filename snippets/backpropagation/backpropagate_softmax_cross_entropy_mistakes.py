"""Three wrong gradients of softmax and cross-entropy."""

import numpy as np


# --8<-- [start:apart]
def two_backward_passes(logits: np.ndarray, target: int) -> np.ndarray:
    """Wrong for large logits: 1 / p overflows where p is tiny, then inf - inf."""
    exps = np.exp(logits - logits.max())
    probs = exps / exps.sum()
    grad = np.zeros_like(probs)
    grad[target] = -1 / probs[target]
    return probs * (grad - (grad * probs).sum())
# --8<-- [end:apart]


# --8<-- [start:diagonal]
def diagonal_backward(grad: np.ndarray, probs: np.ndarray) -> np.ndarray:
    """Wrong: the sigmoid's slope, without what each logit does to the others."""
    return grad * probs * (1 - probs)
# --8<-- [end:diagonal]


# --8<-- [start:weights]
def probability_minus_target(probs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Wrong unless each row of targets sums to 1."""
    return probs - targets
# --8<-- [end:weights]
