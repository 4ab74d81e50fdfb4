"""Experts, wrong in two ways. The tests show how each one fails."""

import numpy as np


# --8<-- [start:top1]
def top_one(x, probs, experts):
    """WRONG: the weight is p / p = 1 whatever the router says; it never learns."""
    best = probs.argmax(axis=1)
    weight = probs.max(axis=1) / probs.max(axis=1)  # right: probs.max(axis=1)
    out = [w * experts[e](row) for w, e, row in zip(weight, best, x, strict=True)]
    return np.stack(out)
# --8<-- [end:top1]


# --8<-- [start:soft]
def balance_of_probabilities(probs):
    """WRONG: balanced on average while every token goes to the same expert."""
    mean = probs.mean(axis=0)
    return probs.shape[1] * (mean * mean).sum()  # right: (share of choices * mean)
# --8<-- [end:soft]
