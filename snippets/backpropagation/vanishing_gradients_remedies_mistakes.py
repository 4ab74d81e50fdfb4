"""Remedies for vanishing gradients, wrong in two ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:clip]
def rescue_by_clipping(grad, max_norm=1.0):
    """WRONG against vanishing: the factor is never above 1."""
    return grad * min(1.0, max_norm / (np.linalg.norm(grad) + 1e-6))
# --8<-- [end:clip]


# --8<-- [start:outside]
def sigmoid_after_the_sum(h, weight):
    """WRONG: an activation after the addition puts its slope on the shortcut."""
    return 1 / (1 + np.exp(-(h + h @ weight)))  # right: h + sigmoid(h W)
# --8<-- [end:outside]
