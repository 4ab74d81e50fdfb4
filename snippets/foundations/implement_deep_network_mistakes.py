"""Faults that leave a loop running and a network worse. The tests show how each one fails."""

from itertools import pairwise

import numpy as np


# --8<-- [start:zeros]
def init_zeros(sizes, rng):
    """WRONG: with all weights 0, only the output bias ever gets a gradient."""
    params = []
    for d_in, d_out in pairwise(sizes):
        params += [np.zeros((d_in, d_out)), np.zeros(d_out)]  # right: He's normal
    return params
# --8<-- [end:zeros]


# --8<-- [start:mask]
def backward_without_mask(params, outputs, grad):
    """WRONG: the ReLU is left out of the backward pass."""
    grads = []
    for i in range(len(params) - 2, -1, -2):
        grads = [outputs[i // 2].T @ grad, grad.sum(axis=0), *grads]
        grad = grad @ params[i].T  # right: ... * (outputs[i // 2] > 0)
    return grads
# --8<-- [end:mask]


# --8<-- [start:order]
def epoch_order(targets, rng):
    """WRONG: rows as the folder listed them, class after class, every epoch."""
    return np.argsort(targets, kind="stable")  # right: rng.permutation(N)
# --8<-- [end:order]


# --8<-- [start:sum]
def gradient_of_the_sum(probs, one_hot):
    """WRONG beside a mean loss: N times too long, so lr depends on the batch."""
    return probs - one_hot  # right: (probs - one_hot) / len(probs)
# --8<-- [end:sum]


# --8<-- [start:accuracy]
def accuracy(logits, targets):
    """WRONG if targets is a column: (N,) == (N, 1) broadcasts to (N, N)."""
    return (logits.argmax(axis=1) == targets).mean()
# --8<-- [end:accuracy]
