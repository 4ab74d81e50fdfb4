"""An LSTM, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:twice]
def open_forget_gates(params, hidden, value=1.0):
    """WRONG in PyTorch's layout: the two bias vectors add, so the bias is 2."""
    for name in ("bias_ih_l0", "bias_hh_l0"):
        params[name][hidden : 2 * hidden] = value  # right: value in one, 0 in one
# --8<-- [end:twice]


# --8<-- [start:cell]
def backward_of_a_step(gates, c_last, c, dh, dc):
    """WRONG: drops dc, what later steps send along the cell."""
    i, f, g, o = np.split(gates, 4, axis=1)
    dc = dh * o * (1 - np.tanh(c) ** 2)  # right: dc + dh * ...
    dz = np.concatenate([
        dc * g * i * (1 - i), dc * c_last * f * (1 - f),
        dc * i * (1 - g**2), dh * np.tanh(c) * o * (1 - o)], axis=1)
    return dz, dc * f
# --8<-- [end:cell]


# --8<-- [start:squash]
def squashed_cell(f, i, g, c):
    """WRONG: tanh around the sum puts its slope on the direct path."""
    return np.tanh(f * c + i * g)  # right: f * c + i * g
# --8<-- [end:squash]
