"""The focal loss, wrong in three ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:mean]
def mean_over_anchors(losses):
    """WRONG for a detector: 50 objects among 100,000 anchors are divided away."""
    return losses.mean()  # right: losses.sum() / max(number of positives, 1)
# --8<-- [end:mean]


# --8<-- [start:probs]
def from_probabilities(probs, targets, gamma=2.0, eps=1e-7):
    """WRONG: clipped at 1e-7, a confident mistake has no gradient at all."""
    q = np.clip(np.where(targets == 1, probs, 1 - probs), eps, 1 - eps)
    return -((1 - q) ** gamma) * np.log(q)
# --8<-- [end:probs]


# --8<-- [start:detached]
def gradient_with_a_constant_weight(logits, targets, gamma=2.0):
    """ANOTHER loss: the factor taken as a constant, so its slope is missing."""
    probs = 1 / (1 + np.exp(-logits))
    q = np.where(targets == 1, probs, 1 - probs)
    return (1 - q) ** gamma * (probs - targets)
# --8<-- [end:detached]
