"""Layer, RMS and group normalization, forward and backward.

Ba, Kiros and Hinton, https://arxiv.org/abs/1607.06450; Zhang and Sennrich,
https://arxiv.org/abs/1910.07467; Wu and He, https://arxiv.org/abs/1803.08494.
"""

import math

import numpy as np


def _wide(x: np.ndarray) -> np.ndarray:
    """float16 as float32: the square of 256 no longer fits into float16."""
    if x.dtype.kind != "f":
        raise ValueError(f"x must be floating point, got {x.dtype}")
    return x.astype(np.float32) if x.dtype == np.float16 else x


# --8<-- [start:layer]
def layer_norm(x: np.ndarray, weight: np.ndarray, bias: np.ndarray,
               eps: float = 1e-5) -> np.ndarray:
    """(x - mean) / sqrt(variance + eps) over the last axis, * weight + bias.

    The variance is the biased one, divided by D.

    Args:
        x: (..., D), floating point; float16 is computed in float32.
        weight: Gain, (D,).
        bias: (D,).
        eps: Inside the root.

    Returns:
        (..., D) in the dtype of ``x``.

    Raises:
        ValueError: If ``x`` is not floating point.
    """
    h = _wide(x)
    h = h - h.mean(axis=-1, keepdims=True)
    h = h / np.sqrt((h**2).mean(axis=-1, keepdims=True) + eps)
    return (h * weight + bias).astype(x.dtype)


def layer_norm_backward(grad: np.ndarray, x: np.ndarray, weight: np.ndarray,
                        eps: float = 1e-5) -> tuple:
    """Gradients of ``layer_norm``.

    Args:
        grad: Gradient of the output, (..., D).
        x: Input of the forward pass, (..., D).
        weight: (D,).
        eps: As in the forward pass.

    Returns:
        Gradients of x, weight and bias; in float32 if ``x`` is float16.
    """
    h, grad = _wide(x), _wide(grad)
    centered = h - h.mean(axis=-1, keepdims=True)
    d = np.sqrt((centered**2).mean(axis=-1, keepdims=True) + eps)
    x_hat, g = centered / d, grad * weight
    leading = tuple(range(x.ndim - 1))  # all axes but the features
    # The layer undoes a shift and a scaling of x: those two parts are lost.
    grad_x = (g - g.mean(axis=-1, keepdims=True)
              - x_hat * (g * x_hat).mean(axis=-1, keepdims=True)) / d
    return grad_x, (grad * x_hat).sum(axis=leading), grad.sum(axis=leading)
# --8<-- [end:layer]


# --8<-- [start:rms]
def rms_norm(x: np.ndarray, weight: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    """x / sqrt(mean(x**2) + eps) over the last axis, * weight; no mean, no bias.

    Args:
        x: (..., D), floating point; float16 is computed in float32.
        weight: Gain, (D,).
        eps: Inside the root.

    Returns:
        (..., D) in the dtype of ``x``.
    """
    h = _wide(x)
    h = h / np.sqrt((h**2).mean(axis=-1, keepdims=True) + eps)
    return (h * weight).astype(x.dtype)


def rms_norm_backward(grad: np.ndarray, x: np.ndarray, weight: np.ndarray,
                      eps: float = 1e-6) -> tuple:
    """Gradients of ``rms_norm`` with respect to x and weight, shapes as there.

    They are in float32 if ``x`` is float16.
    """
    h, grad = _wide(x), _wide(grad)
    d = np.sqrt((h**2).mean(axis=-1, keepdims=True) + eps)
    x_hat, g = h / d, grad * weight
    grad_x = (g - x_hat * (g * x_hat).mean(axis=-1, keepdims=True)) / d
    return grad_x, (grad * x_hat).sum(axis=tuple(range(x.ndim - 1)))
# --8<-- [end:rms]


# --8<-- [start:group]
def group_norm(x: np.ndarray, num_groups: int, weight: np.ndarray, bias: np.ndarray,
               eps: float = 1e-5) -> np.ndarray:
    """Statistics per example and group of neighboring channels, over all positions.

    One group is one statistic per example; as many groups as channels is instance
    normalization.

    Args:
        x: (N, C, *positions).
        num_groups: Divides C.
        weight: Gain per channel, (C,).
        bias: (C,).
        eps: Inside the root.

    Returns:
        The shape of ``x``.

    Raises:
        ValueError: If ``num_groups`` does not divide C.
    """
    n, c = x.shape[:2]
    if num_groups < 1 or c % num_groups:
        raise ValueError(f"num_groups must divide {c}, got {num_groups}")
    size = c // num_groups * math.prod(x.shape[2:])
    h = _wide(x).reshape(n, num_groups, size)  # (N, C, *positions) -> (N, G, size)
    h = h - h.mean(axis=-1, keepdims=True)
    h = h / np.sqrt((h**2).mean(axis=-1, keepdims=True) + eps)
    channel = (c,) + (1,) * (x.ndim - 2)
    y = h.reshape(x.shape) * weight.reshape(channel) + bias.reshape(channel)
    return y.astype(x.dtype)
# --8<-- [end:group]


if __name__ == "__main__":
    x, ones, zeros = np.array([1.0, 3.0, 3.0, 9.0]), np.ones(4), np.zeros(4)
    print("layer norm", layer_norm(x, ones, zeros, eps=0.0).round(4))
    print("rms norm  ", rms_norm(x, ones, eps=0.0).round(4))
    first = np.array([1.0, 0.0, 0.0, 0.0])
    print("gradient, layer", layer_norm_backward(first, x, ones, eps=0.0)[0].round(4))
    print("gradient, rms  ", rms_norm_backward(first, x, ones, eps=0.0)[0].round(4))
    print("x + 100:   ", layer_norm(x + 100, ones, zeros, eps=0.0).round(4),
          rms_norm(x + 100, ones, eps=0.0).round(4))
