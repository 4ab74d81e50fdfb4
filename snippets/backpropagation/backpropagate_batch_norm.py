"""Batch normalization, backward: node by node, in one formula, and in evaluation mode.

Ioffe and Szegedy, section 3, https://arxiv.org/abs/1502.03167.
"""

import numpy as np


# --8<-- [start:forward]
def batchnorm_forward(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray,
                      eps: float = 1e-5) -> tuple[np.ndarray, tuple]:
    """Normalize each column by its mean and biased variance; scale and shift.

    Args:
        x: (N, D), N at least 1. For images move the channels last and reshape to
            (N * H * W, C).
        gamma: Scale (D,).
        beta: Shift (D,).
        eps: Added to the variance.

    Returns:
        The output (N, D), and the cache for the backward pass: x_hat (N, D), the
        inverse standard deviation (D,) and gamma.

    Raises:
        ValueError: If ``x`` is not (N, D) with at least one row, or not floating.
    """
    if x.ndim != 2 or len(x) == 0 or not np.issubdtype(x.dtype, np.floating):
        raise ValueError(f"x must be floating (N, D), got {x.dtype} {x.shape}")
    centered = x - x.mean(axis=0)
    inv_std = 1 / np.sqrt((centered**2).mean(axis=0) + eps)
    x_hat = centered * inv_std
    return gamma * x_hat + beta, (x_hat, inv_std, gamma)
# --8<-- [end:forward]


# --8<-- [start:nodes]
def batchnorm_backward_nodes(grad: np.ndarray, x: np.ndarray, gamma: np.ndarray,
                             eps: float = 1e-5) -> np.ndarray:
    """The gradient of x, one node of the graph at a time: slow, and easy to derive.

    Args:
        grad: Gradient of the output (N, D).
        x: The input of the forward pass (N, D).
        gamma: Scale (D,).
        eps: Added to the variance.

    Returns:
        The gradient with respect to x (N, D).
    """
    n = len(x)
    centered = x - x.mean(axis=0)
    var = (centered**2).mean(axis=0)
    inv_std = (var + eps) ** -0.5
    grad_x_hat = grad * gamma
    grad_inv_std = (grad_x_hat * centered).sum(axis=0)  # used by all N rows
    grad_var = grad_inv_std * -0.5 * inv_std**3
    grad_centered = grad_x_hat * inv_std + grad_var * 2 * centered / n  # two users
    grad_mean = -grad_centered.sum(axis=0)
    return grad_centered + grad_mean / n
# --8<-- [end:nodes]


# --8<-- [start:backward]
def batchnorm_backward(grad: np.ndarray, cache: tuple
                       ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of x, gamma and beta from the normalized input alone.

    Args:
        grad: Gradient of the output (N, D).
        cache: x_hat, inverse standard deviation and gamma, from the forward pass.

    Returns:
        Gradients with respect to x (N, D), gamma (D,) and beta (D,).

    Raises:
        ValueError: If ``grad`` has another shape than x_hat.
    """
    x_hat, inv_std, gamma = cache
    if grad.shape != x_hat.shape:
        raise ValueError(f"grad must be {x_hat.shape}, got {grad.shape}")
    grad_beta = grad.sum(axis=0)
    grad_gamma = (grad * x_hat).sum(axis=0)
    # Both sums are at hand: grad_x needs no further pass for its two means.
    along = (grad_beta + x_hat * grad_gamma) / len(grad)
    return gamma * inv_std * (grad - along), grad_gamma, grad_beta
# --8<-- [end:backward]


# --8<-- [start:eval]
def batchnorm_backward_eval(grad: np.ndarray, gamma: np.ndarray,
                            running_var: np.ndarray, eps: float = 1e-5
                            ) -> np.ndarray:
    """Gradient of x in evaluation mode, where mean and variance are constants.

    Args:
        grad: Gradient of the output (N, D).
        gamma: Scale (D,).
        running_var: Stored variance (D,).
        eps: Added to the variance.

    Returns:
        The gradient with respect to x (N, D): no row depends on another.
    """
    return grad * gamma / np.sqrt(running_var + eps)
# --8<-- [end:eval]


if __name__ == "__main__":
    x, gamma, beta = np.array([[1.0], [2.0], [3.0], [6.0]]), np.array([2.0]), np.zeros(1)
    grad = np.array([[1.0], [0.0], [0.0], [0.0]])
    y, cache = batchnorm_forward(x, gamma, beta, eps=0.5)
    grad_x, grad_gamma, grad_beta = batchnorm_backward(grad, cache)
    print("x_hat", cache[0].ravel(), "inverse standard deviation", cache[1])
    print("grad_x", grad_x.ravel(), "gamma", grad_gamma, "beta", grad_beta)
    print("node by node", batchnorm_backward_nodes(grad, x, gamma, 0.5).ravel())
    print("sum", grad_x.sum(), "along x_hat", (grad_x * cache[0]).sum())
    print("evaluation", batchnorm_backward_eval(grad, gamma, np.array([3.5]), 0.5).ravel())
    rng = np.random.default_rng(0)
    for n in (2, 3, 4, 8, 32):
        x, grad = rng.normal(size=(2, n, 20_000))
        _, cache = batchnorm_forward(x, np.ones(20_000), np.zeros(20_000), 0.0)
        kept = batchnorm_backward(grad, cache)[0] / cache[1]
        print(f"n {n}: share of the squared gradient that is left {np.mean(kept**2):.3f}")
