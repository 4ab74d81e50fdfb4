"""ReLU, wrong in four ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:mask]
def backward_with_wrong_mask(grad_out, z):
    """WRONG: rectifies the gradient. Only the forward pass decides what is on."""
    return np.maximum(0.0, grad_out)  # right: grad_out * (z > 0)
# --8<-- [end:mask]


# --8<-- [start:init]
def init_for_linear_layers(fan_in, fan_out, rng):
    """WRONG before ReLU: variance 1 / D, so each layer halves the mean square."""
    return rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in)
# --8<-- [end:init]


# --8<-- [start:output]
def regression_output(h, weight, bias):
    """WRONG: a ReLU output cannot go below zero, and the unit can die."""
    return np.maximum(0.0, h @ weight + bias)
# --8<-- [end:output]


# --8<-- [start:batch]
def dead_in_one_batch(z, rng, batch=10):
    """WRONG: not active on a few examples is sparse. Dead means on none of all."""
    rows = rng.choice(len(z), size=batch, replace=False)
    return (z[rows] <= 0).all(axis=0)
# --8<-- [end:batch]
