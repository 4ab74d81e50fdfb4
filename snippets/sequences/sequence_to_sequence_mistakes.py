"""An encoder-decoder, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:shift]
def decoder_inputs(targets, start):
    """WRONG: the decoder reads at step t what it has to name at step t."""
    return targets  # right: start first, then targets[:-1]
# --8<-- [end:shift]


# --8<-- [start:mask]
def masked_weights(scores, real):
    """WRONG: softmax first, mask after: the weights no longer sum to 1."""
    exp = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exp / exp.sum(axis=1, keepdims=True) * real  # right: -inf before exp
# --8<-- [end:mask]


# --8<-- [start:softmax]
def grad_scores(weights, grad_weights):
    """WRONG: the diagonal of softmax's Jacobian alone."""
    return weights * (1 - weights) * grad_weights  # right: minus the weighted mean
# --8<-- [end:softmax]
