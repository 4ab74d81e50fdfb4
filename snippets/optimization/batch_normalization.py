"""Batch normalization: training, evaluation, backward, and folding into the layer before.

Ioffe and Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing
Internal Covariate Shift*, https://arxiv.org/abs/1502.03167. Running statistics as in PyTorch.
"""

import numpy as np


# --8<-- [start:train]
def _per_channel(values: np.ndarray, ndim: int) -> np.ndarray:
    """Shape (C,) -> (1, C, 1, ...), so that it broadcasts along axis 1."""
    return values.reshape((1, -1) + (1,) * (ndim - 2))


def batch_norm_train(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray,
                     running_mean: np.ndarray, running_var: np.ndarray,
                     momentum: float = 0.1, eps: float = 1e-5
                     ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normalize with the statistics of the batch, and update the running ones.

    Mean and variance of a channel are taken over every axis but axis 1, n values in
    all. The batch is normalized with the biased variance (divided by n); the
    unbiased one (divided by n - 1) enters the running variance.
    new running = (1 - momentum) * running + momentum * batch statistic.

    Args:
        x: Shape (N, C) or (N, C, H, W).
        gamma: Scale, shape (C,).
        beta: Shift, shape (C,).
        running_mean: Shape (C,); not modified.
        running_var: Shape (C,); not modified.
        momentum: Weight of the *new* statistic.
        eps: Added to the variance.

    Returns:
        The output in the shape of x, the new running mean and running variance.

    Raises:
        ValueError: If x has fewer than two values per channel: no variance.
    """
    axes = (0, *range(2, x.ndim))
    n = x.size // x.shape[1]
    if n < 2:
        raise ValueError(f"x must have 2 or more values per channel, got {x.shape}")
    mean = x.mean(axis=axes)
    var = x.var(axis=axes)  # (C,), divided by n
    new_mean = (1 - momentum) * running_mean + momentum * mean
    new_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
    centered = x - _per_channel(mean, x.ndim)
    x_hat = centered / np.sqrt(_per_channel(var, x.ndim) + eps)
    y = _per_channel(gamma, x.ndim) * x_hat + _per_channel(beta, x.ndim)
    return y, new_mean, new_var
# --8<-- [end:train]


# --8<-- [start:eval]
def batch_norm_eval(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray,
                    running_mean: np.ndarray, running_var: np.ndarray,
                    eps: float = 1e-5) -> np.ndarray:
    """Normalize with the running statistics: each example on its own.

    Args:
        x: Shape (N, C) or (N, C, H, W).
        gamma: Scale, shape (C,).
        beta: Shift, shape (C,).
        running_mean: Shape (C,).
        running_var: Shape (C,).
        eps: Added to the variance.

    Returns:
        The output in the shape of x.
    """
    # One multiplication and one addition per value are left.
    scale = gamma / np.sqrt(running_var + eps)
    shift = beta - running_mean * scale
    return x * _per_channel(scale, x.ndim) + _per_channel(shift, x.ndim)
# --8<-- [end:eval]


# --8<-- [start:fold]
def fold(weight: np.ndarray, bias: np.ndarray, gamma: np.ndarray, beta: np.ndarray,
         running_mean: np.ndarray, running_var: np.ndarray, eps: float = 1e-5,
         ) -> tuple[np.ndarray, np.ndarray]:
    """Merge batch normalization in evaluation mode into the layer before it.

    Args:
        weight: Output channels first: (C, D) of a linear layer that computes
            x @ weight.T + bias, or (C, C_in, K, K) of a convolution.
        bias: Shape (C,).
        gamma: Scale, shape (C,).
        beta: Shift, shape (C,).
        running_mean: Shape (C,).
        running_var: Shape (C,).
        eps: Added to the variance.

    Returns:
        Weight and bias of one layer that computes the same as the two.
    """
    scale = gamma / np.sqrt(running_var + eps)
    folded = weight * scale.reshape((-1,) + (1,) * (weight.ndim - 1))
    return folded, (bias - running_mean) * scale + beta
# --8<-- [end:fold]


# --8<-- [start:backward]
def batch_norm_backward(grad: np.ndarray, x: np.ndarray, gamma: np.ndarray,
                        eps: float = 1e-5
                        ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the training mode, in which mean and variance depend on x.

    Args:
        grad: Gradient of the loss with respect to the output, in the shape of x.
        x: The input of the forward pass, shape (N, C) or (N, C, H, W).
        gamma: Scale, shape (C,).
        eps: Added to the variance.

    Returns:
        Gradients with respect to x, gamma and beta.
    """
    axes = (0, *range(2, x.ndim))
    mean = x.mean(axis=axes, keepdims=True)
    std = np.sqrt(x.var(axis=axes, keepdims=True) + eps)
    x_hat = (x - mean) / std
    grad_beta = grad.sum(axis=axes)
    grad_gamma = (grad * x_hat).sum(axis=axes)
    # The layer undoes what shifts or scales the whole batch, so that is taken out.
    centered = grad - grad.mean(axis=axes, keepdims=True)
    along = (grad * x_hat).mean(axis=axes, keepdims=True)
    grad_x = _per_channel(gamma, x.ndim) / std * (centered - x_hat * along)
    return grad_x, grad_gamma, grad_beta
# --8<-- [end:backward]


if __name__ == "__main__":
    x = np.array([[1.0], [3.0], [3.0], [9.0]])
    one, zero = np.ones(1), np.zeros(1)
    y, mean, var = batch_norm_train(x, one, zero, zero, one, eps=0.0)
    print("training:", y.ravel().round(3), "running mean", mean, "running variance", var)
    y = batch_norm_eval(x, one, zero, mean, var, eps=0.0)
    print("evaluation after one step:", y.ravel().round(3))
    print("folded into weight 1, bias 0:",
          *fold(np.ones((1, 1)), zero, one, zero, mean, var, eps=0.0))
    pair = np.array([[0.0], [1000.0]])
    print("a batch of two:", batch_norm_train(pair, one, zero, zero, one)[0].ravel())
    grad_x, _, _ = batch_norm_backward(np.array([[1.0], [0.0], [0.0], [0.0]]), x, one, eps=0.0)
    print("gradient of the first output:", grad_x.ravel().round(4))
