"""Memory access, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:dot]
def address_by_dot_product(memory, key, strength):
    """WRONG for rows of different length: the longest row wins, not the nearest."""
    exp = np.exp(strength * (memory @ key))  # right: divide by both norms
    return exp / exp.sum()
# --8<-- [end:dot]


# --8<-- [start:zeros]
def blank_memory(rows, width):
    """WRONG with cosine similarity: zero rows have no direction, 0 / 0 is NaN."""
    return np.zeros((rows, width))  # right: np.full((rows, width), 1e-6)
# --8<-- [end:zeros]


# --8<-- [start:erase]
def write_only_adding(memory, weights, add):
    """WRONG for a row in use: the new content is mixed with the old."""
    return memory + np.outer(weights, add)  # right: erase, then add
# --8<-- [end:erase]
