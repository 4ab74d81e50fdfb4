"""A GRU, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:sign]
def update(z, n, h):
    """WRONG with weights from PyTorch: there z keeps, here z overwrites."""
    return (1 - z) * h + z * n  # right: (1 - z) * n + z * h
# --8<-- [end:sign]


# --8<-- [start:biases]
def merge_biases(bias_ih, bias_hh):
    """WRONG for a GRU, right for an LSTM: b_hn stands inside the reset gate."""
    return bias_ih + bias_hh, np.zeros_like(bias_hh)
# --8<-- [end:biases]


# --8<-- [start:reset]
def backward_of_the_candidate(pre_n, r, h, weight_hn):
    """WRONG: the gradient passes the matrix, but not the gate before it."""
    return pre_n.T @ h, pre_n @ weight_hn  # right: (pre_n * r) in both
# --8<-- [end:reset]
