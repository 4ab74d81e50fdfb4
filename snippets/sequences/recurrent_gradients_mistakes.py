"""Vanishing gradients in time, misjudged in two ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:radius]
def explodes_nowhere(w_h):
    """WRONG as a promise: the radius rules the limit, not the way there."""
    return np.abs(np.linalg.eigvals(w_h)).max() < 1  # a bound: the 2-norm below 1
# --8<-- [end:radius]


# --8<-- [start:stacked]
def orthogonal_lstm_start(hidden, rng):
    """WRONG: Q of the stacked (4H, H) matrix; no block of it is orthogonal."""
    q, _ = np.linalg.qr(rng.standard_normal((4 * hidden, hidden)))
    return q  # right: one orthogonal (H, H) block for each gate
# --8<-- [end:stacked]
