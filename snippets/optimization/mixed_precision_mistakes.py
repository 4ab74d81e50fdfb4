"""Mixed-precision code that runs and is wrong."""

import numpy as np


# --8<-- [start:order]
def clip_before_unscale(grads: np.ndarray, scale: float,
                        max_norm: float) -> np.ndarray:
    """Wrong: the norm is that of scale * grad, so nearly every step is clipped."""
    norm = np.linalg.norm(grads)
    return grads * min(1.0, max_norm / norm) / scale
# --8<-- [end:order]


# --8<-- [start:half]
def descend_in_half(weight: float, update: float, steps: int) -> float:
    """Wrong: weights stored in float16; an update below half a spacing is lost."""
    weight = np.float16(weight)
    for _ in range(steps):
        weight = np.float16(weight - np.float16(update))
    return float(weight)
# --8<-- [end:half]


# --8<-- [start:softmax]
def softmax_in_half(logits: np.ndarray) -> np.ndarray:
    """Wrong: exp overflows float16 above a logit of 11.09."""
    exp = np.exp(logits.astype(np.float16))
    return exp / exp.sum(axis=-1, keepdims=True)
# --8<-- [end:softmax]
