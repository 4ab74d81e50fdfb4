"""Output functions, wrong in five ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:overflow]
def sigmoid_with_large_exponents(z):
    """WRONG for large z: inf / inf is NaN."""
    return np.exp(z) / (1.0 + np.exp(z))
# --8<-- [end:overflow]


# --8<-- [start:log]
def bce_from_probs(probs, targets):
    """WRONG on rounded probs: in float32 sigmoid(17) is 1, log(1 - 1) is -inf."""
    return -(targets * np.log(probs) + (1 - targets) * np.log(1 - probs)).mean()
# --8<-- [end:log]


# --8<-- [start:twice]
def bce_with_logits_on_probs(probs, targets):
    """WRONG input: probabilities where logits belong, so the sigmoid acts twice."""
    return (np.log1p(np.exp(probs)) - targets * probs).mean()
# --8<-- [end:twice]


# --8<-- [start:softmax]
def multi_label_probs(logits):
    """WRONG for several labels: softmax makes them compete for a sum of 1."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)
# --8<-- [end:softmax]


# --8<-- [start:cosine]
def cosine_output(z):
    """WRONG as a probability: periodic, so more evidence can mean less."""
    return (1.0 + np.cos(z)) / 2.0
# --8<-- [end:cosine]
