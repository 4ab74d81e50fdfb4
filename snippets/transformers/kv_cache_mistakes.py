"""Decoding with a cache, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:offset]
def positions_of_the_new(cached, new):
    """WRONG: every decoded token stands at position 0."""
    return np.arange(new)  # right: cached + np.arange(new)
# --8<-- [end:offset]


# --8<-- [start:mask]
def may_see(cached, new):
    """WRONG: aligned with the first key; one new token sees one old key."""
    return np.tril(np.ones((new, cached + new), bool))  # right: tril(..., k=cached)
# --8<-- [end:mask]


# --8<-- [start:append]
def append(cache, row):
    """WRONG for long answers: copies all earlier rows for each new one."""
    return np.concatenate([cache, row])  # right: write into preallocated pages
# --8<-- [end:append]
