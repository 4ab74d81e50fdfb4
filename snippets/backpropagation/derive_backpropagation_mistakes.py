"""Backward passes that run, lower the loss for a while, and are wrong.

The correct derivation is in Rumelhart, Hinton and Williams, *Learning representations
by back-propagating errors*, Nature 323, 1986, https://doi.org/10.1038/323533a0.
"""

import numpy as np


# --8<-- [start:order]
def backward_updating_too_early(activations, weights, biases, grad_logits, lr):
    """Wrong: a layer moves before the gradient has passed through it."""
    new_weights, new_biases = list(weights), list(biases)
    delta = grad_logits
    for layer in reversed(range(len(weights))):
        a = activations[layer]
        new_weights[layer] = weights[layer] - lr * (a.T @ delta)
        new_biases[layer] = biases[layer] - lr * delta.sum(axis=0)
        if layer > 0:
            # must be the old weight
            delta = (delta @ new_weights[layer].T) * (1.0 - a**2)
    return new_weights, new_biases
# --8<-- [end:order]


# --8<-- [start:sum]
def cross_entropy_without_mean(logits, targets):
    """Wrong: reports the mean loss and returns the gradient of the sum."""
    rows = np.arange(len(logits))
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    grad_logits = np.exp(log_probs)
    grad_logits[rows, targets] -= 1.0
    # grad_logits must be divided by N
    return float(-log_probs[rows, targets].mean()), grad_logits
# --8<-- [end:sum]


# --8<-- [start:slope]
def backward_with_tanh_twice(activations, weights, grad_logits):
    """Wrong: evaluates the slope at a = tanh(z) instead of at z."""
    grad_weights, grad_biases = [], []
    delta = grad_logits
    for layer in reversed(range(len(weights))):
        a = activations[layer]
        grad_weights.append(a.T @ delta)
        grad_biases.append(delta.sum(axis=0))
        if layer > 0:
            # must be 1 - a**2
            delta = (delta @ weights[layer].T) * (1.0 - np.tanh(a) ** 2)
    return grad_weights[::-1], grad_biases[::-1]
# --8<-- [end:slope]


# --8<-- [start:bias]
def bias_step_without_sum(bias, delta, lr):
    """Wrong: delta is (N, D), so the bias (D,) becomes a matrix (N, D)."""
    return bias - lr * delta  # must be delta.sum(axis=0)
# --8<-- [end:bias]
