"""Batch normalization, wrong in four ways that people write.

tests/optimization/test_batch_normalization_mistakes.py shows how each one fails.
"""

import numpy as np
from torch import nn


# --8<-- [start:biased]
def running_variance(x: np.ndarray, running_var: np.ndarray, momentum: float = 0.1):
    """WRONG: the biased variance of a batch is too small on average."""
    return (1 - momentum) * running_var + momentum * x.var(axis=0)
# --8<-- [end:biased]


# --8<-- [start:per_pixel]
def normalize_maps(x: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """WRONG for (N, C, H, W): every pixel gets statistics of its own."""
    return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps)
# --8<-- [end:per_pixel]


# --8<-- [start:constant]
def backward_with_constant_statistics(grad, x, gamma, eps=1e-5):
    """WRONG: mean and variance depend on x. Right in evaluation mode only."""
    return grad * gamma / np.sqrt(x.var(axis=0) + eps)
# --8<-- [end:constant]


# --8<-- [start:half_frozen]
def freeze(model: nn.Module) -> None:
    """WRONG: no gradient, but the running statistics follow every batch."""
    for parameter in model.parameters():
        parameter.requires_grad_(False)
# --8<-- [end:half_frozen]
