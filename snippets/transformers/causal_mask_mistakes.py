"""Masks, wrong in four ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:after]
def multiply_after_softmax(scores, mask):
    """WRONG: the future has left the average, but not the denominator."""
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True) * mask
# --8<-- [end:after]


# --8<-- [start:large]
def fill_with_a_large_number(scores, mask, fill=-1e9):
    """WRONG for rows with nothing to see: they see everything, evenly."""
    scores = scores + np.where(mask, 0, fill).astype(scores.dtype)
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)
# --8<-- [end:large]


# --8<-- [start:corner]
def mask_for_a_cache(queries, keys):
    """WRONG with keys > queries: counts from the first key, not from the last."""
    return np.tril(np.ones((queries, keys), bool))  # right: k=keys - queries
# --8<-- [end:corner]


# --8<-- [start:diagonal]
def without_oneself(length):
    """WRONG: hides the diagonal as well, so the first row has nothing to see."""
    return np.tril(np.ones((length, length), bool), k=-1)  # right: k=0
# --8<-- [end:diagonal]
