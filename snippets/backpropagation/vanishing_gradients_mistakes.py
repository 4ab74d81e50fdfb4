"""Vanishing gradients, diagnosed wrong in two ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:quarter]
def gradient_bound(depth):
    """WRONG as a bound on the gradient: it leaves the weights out."""
    return 0.25**depth  # right: a bound on the product of the slopes alone
# --8<-- [end:quarter]


# --8<-- [start:total]
def looks_healthy(grads):
    """WRONG: the norm over all layers is the norm of the largest one."""
    return np.sqrt(sum(np.sum(g**2) for g in grads)) > 1e-3
# --8<-- [end:total]
