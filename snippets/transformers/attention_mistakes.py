"""Attention, wrong in three ways. The tests show how each one fails."""

import math

import numpy as np


# --8<-- [start:axis]
def weights_over_queries(query, key):
    """WRONG: normalizes over the queries, so a row need not sum to 1."""
    scores = query @ key.swapaxes(-1, -2) / math.sqrt(query.shape[-1])
    exps = np.exp(scores - scores.max(axis=-2, keepdims=True))
    return exps / exps.sum(axis=-2, keepdims=True)  # right: axis=-1, the keys
# --8<-- [end:axis]


# --8<-- [start:added]
def weights_with_an_added_mask(query, key, mask):
    """WRONG: adds 1 to what may be seen and 0 to the rest, which stays visible."""
    scores = query @ key.swapaxes(-1, -2) / math.sqrt(query.shape[-1])
    scores = scores + mask  # right: np.where(mask, scores, -np.inf)
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)
# --8<-- [end:added]


# --8<-- [start:diagonal]
def scores_backward(probs, grad_probs):
    """WRONG: p (1 - p) g is only the diagonal of the softmax's Jacobian."""
    return probs * (1 - probs) * grad_probs  # right: p * (g - sum(p * g))
# --8<-- [end:diagonal]
