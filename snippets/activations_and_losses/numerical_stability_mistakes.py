"""The obvious formulas. The tests show where each one fails."""

import numpy as np
import torch


# --8<-- [start:lse]
def naive_logsumexp(x):
    """WRONG above 88.7 in float32, and below -104, where the sum is 0."""
    return np.log(np.exp(x).sum())
# --8<-- [end:lse]


# --8<-- [start:bce]
def naive_loss(logit, target):
    """WRONG from logit 17 on in float32: the sigmoid is 1, and 1 - 1 has no log."""
    prob = 1 / (1 + np.exp(-logit))
    return -(target * np.log(prob) + (1 - target) * np.log(1 - prob))
# --8<-- [end:bce]


# --8<-- [start:order]
def loss_in_the_wrong_order(logit, target):
    """WRONG for a good answer: 20.000000002 - 20 in float32 is 0."""
    softplus = np.maximum(logit, 0) + np.log1p(np.exp(-np.abs(logit)))
    return softplus - target * logit
# --8<-- [end:order]


# --8<-- [start:log]
def naive_softplus(x):
    """WRONG below -17 in float32: 1 + e^x is 1 and the loss of a good answer 0."""
    return np.log(1 + np.exp(x))
# --8<-- [end:log]


# --8<-- [start:variance]
def variance_by_squares(x):
    """WRONG far from 0: two large numbers whose difference is rounding."""
    mean = x.mean(dtype=x.dtype)
    return (x * x).mean(dtype=x.dtype) - mean * mean
# --8<-- [end:variance]


# --8<-- [start:eps]
def normalize_outside(x, eps=1e-6):
    """WRONG gradient at 0: the root's slope is infinite, inf times 0 is nan."""
    return x / (x.pow(2).sum(-1, keepdim=True).sqrt() + eps)
# --8<-- [end:eps]


# --8<-- [start:half]
def divide_in_half(gradient, mean_square):
    """WRONG in float16: 1e-8 rounds to 0, so an unused weight gets 0 / 0."""
    eps = np.float16(1e-8)
    return gradient / (np.sqrt(mean_square) + eps)
# --8<-- [end:half]


# --8<-- [start:where]
def root_or_zero(x):
    """WRONG gradient at 0: the branch not taken is differentiated all the same."""
    return torch.where(x > 0, x.sqrt(), torch.zeros_like(x))
# --8<-- [end:where]


# --8<-- [start:sum]
def count_in_half(n):
    """WRONG in float16: stops at 2048, where adding 1 is rounded away."""
    total = np.float16(0)
    for _ in range(n):
        total = total + np.float16(1)
    return total
# --8<-- [end:sum]
