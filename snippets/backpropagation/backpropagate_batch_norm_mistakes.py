"""Three backward passes of a normalization that are wrong."""

import numpy as np


# --8<-- [start:mean]
def backward_without_variance(grad: np.ndarray, cache: tuple) -> np.ndarray:
    """Wrong: the mean is differentiated, the variance taken as a constant."""
    _, inv_std, gamma = cache
    return gamma * inv_std * (grad - grad.mean(axis=0))
# --8<-- [end:mean]


# --8<-- [start:unbiased]
def forward_with_unbiased_variance(x: np.ndarray, gamma: np.ndarray,
                                   beta: np.ndarray, eps: float = 1e-5
                                   ) -> tuple[np.ndarray, tuple]:
    """Wrong with the backward pass above, which has n where this has n - 1."""
    inv_std = 1 / np.sqrt(x.var(axis=0, ddof=1) + eps)
    x_hat = (x - x.mean(axis=0)) * inv_std
    return gamma * x_hat + beta, (x_hat, inv_std, gamma)
# --8<-- [end:unbiased]


# --8<-- [start:layer]
def layernorm_backward(grad: np.ndarray, x_hat: np.ndarray, inv_std: np.ndarray,
                       gamma: np.ndarray) -> np.ndarray:
    """Wrong: along features gamma differs, so it belongs inside both means."""
    mean = grad.mean(axis=1, keepdims=True)
    along = (grad * x_hat).mean(axis=1, keepdims=True)
    return gamma * inv_std * (grad - mean - x_hat * along)
# --8<-- [end:layer]
