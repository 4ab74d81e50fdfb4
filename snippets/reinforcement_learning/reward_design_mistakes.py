"""Wrong shaping. The tests show how each piece changes what is optimal."""

import numpy as np


# --8<-- [start:undiscounted]
def plain_difference(
    following: np.ndarray, terminal: np.ndarray, potential: np.ndarray
) -> np.ndarray:
    """WRONG at gamma < 1: every step in a state of high potential pays."""
    potential = np.where(terminal, 0.0, potential)
    return potential[following] - potential[:, None]
# --8<-- [end:undiscounted]


# --8<-- [start:terminal]
def shaping_to_the_end(
    following: np.ndarray, potential: np.ndarray, gamma: float
) -> np.ndarray:
    """WRONG: a terminal state keeps its potential: where one ends pays."""
    return gamma * potential[following] - potential[:, None]
# --8<-- [end:terminal]
