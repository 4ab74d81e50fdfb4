"""Longer contexts, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:cached]
def attend_with_new_factor(q, cached_keys, turn, factor):
    """WRONG: the query is turned with a factor, the cached keys without one."""
    # right: one factor for all, or cache unturned keys and turn them again
    return turn(q, factor) @ cached_keys.T
# --8<-- [end:cached]


# --8<-- [start:once]
def yarn_logits(q, k, scale):
    """WRONG: the scale enters once; multiplied into cos and sin it enters twice."""
    return q @ k.T * scale  # right: (scale * q) @ (scale * k).T
# --8<-- [end:once]


# --8<-- [start:window]
def sliding_window_mask(length, window):
    """WRONG for a model trained with full attention: it loses its sinks."""
    steps = np.arange(length)
    gap = steps[:, None] - steps
    return (gap >= 0) & (gap < window)  # right: keep the first few keys as well
# --8<-- [end:window]
