"""Softmax, wrong in four ways that people write.

tests/activations_and_losses/test_softmax_mistakes.py shows how each one fails.
"""

import numpy as np


# --8<-- [start:naive]
def softmax_without_shift(logits):
    """WRONG: exp(1000) is inf, and inf / inf is nan."""
    exps = np.exp(logits)
    return exps / exps.sum(axis=-1, keepdims=True)
# --8<-- [end:naive]


# --8<-- [start:log]
def log_of_softmax(logits):
    """WRONG: a probability that rounds to 0 has the logarithm -inf."""
    exps = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.log(exps / exps.sum(axis=-1, keepdims=True))
# --8<-- [end:log]


# --8<-- [start:axis]
def softmax_over_the_batch(logits):
    """WRONG: (N, K). Normalizes each class over the examples."""
    exps = np.exp(logits - logits.max(axis=0))
    return exps / exps.sum(axis=0)
# --8<-- [end:axis]


# --8<-- [start:twice]
def loss_with_softmax_twice(probs, target):
    """WRONG: probs went through softmax, and this loss applies it again."""
    return np.log(np.exp(probs).sum()) - probs[target]
# --8<-- [end:twice]


if __name__ == "__main__":
    for classes in (2, 10, 1000):
        certain = np.eye(classes)[0]
        print(f"{classes} classes, certain and right: loss "
              f"{loss_with_softmax_twice(certain, 0):.3f} instead of 0")
