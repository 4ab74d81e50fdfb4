"""Dynamic Tanh (DyT), the layer that replaces layer normalization, and what it imitates.

Zhu, Chen, He, LeCun and Liu, *Transformers without Normalization*,
https://arxiv.org/abs/2503.10622. The curve of one normalized entry:
Stollenwerk, https://arxiv.org/abs/2503.21708.
"""

import numpy as np


# --8<-- [start:dyt]
def dyt(
    x: np.ndarray, alpha: float, weight: np.ndarray, bias: np.ndarray
) -> np.ndarray:
    """Dynamic Tanh: weight * tanh(alpha * x) + bias, each entry on its own.

    Args:
        x: (..., D) inputs.
        alpha: One learned number for the whole layer.
        weight: (D,) scale.
        bias: (D,) shift.

    Returns:
        (..., D), every entry within |weight| of the bias, however large x is.

    >>> dyt(np.array([[0.0, 1e9]]), 0.5, np.array([1.0, 2.0]), np.array([0.0, 3.0]))
    array([[0., 5.]])
    """
    return weight * np.tanh(alpha * x) + bias


def dyt_backward(
    x: np.ndarray, alpha: float, weight: np.ndarray, grad: np.ndarray
) -> tuple[np.ndarray, float, np.ndarray, np.ndarray]:
    """Gradients of a loss through ``dyt``.

    Args:
        x: (..., D) inputs of the layer.
        alpha: As in ``dyt``.
        weight: As in ``dyt``.
        grad: (..., D) gradient of the loss with respect to the output.

    Returns:
        Gradients of x (..., D), of alpha (a float), of weight (D,), of bias (D,).
    """
    squashed = np.tanh(alpha * x)
    inner = grad * weight * (1 - squashed**2)  # with respect to alpha * x
    rows = tuple(range(x.ndim - 1))  # weight and bias are shared by all rows
    return (alpha * inner, float(np.sum(inner * x)),
            np.sum(grad * squashed, axis=rows), np.sum(grad, axis=rows))
# --8<-- [end:dyt]


# --8<-- [start:curve]
def rms_norm(x: np.ndarray) -> np.ndarray:
    """Each row divided by its root mean square: x (..., D), not all zero in a row.

    >>> rms_norm(np.array([[3.0, 4.0]])).round(3)
    array([[0.849, 1.131]])
    """
    return x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True))


def normalized_entry(value: np.ndarray, rest: float, size: int) -> np.ndarray:
    """RMS-normalized output of one entry as its value moves and the others stay.

    Args:
        value: The entry, any shape.
        rest: Sum of squares of the other entries of its row, > 0.
        size: Entries in the row, D.

    Returns:
        sqrt(D) * value / sqrt(value^2 + rest): linear at 0, never beyond sqrt(D).

    Raises:
        ValueError: If rest is not positive or size is below 2.

    >>> float(normalized_entry(np.array(3.0), 16.0, 4))
    1.2
    """
    if not rest > 0 or size < 2:
        raise ValueError(f"rest must be > 0 and size >= 2, got {rest} and {size}")
    # hypot is sqrt(value^2 + rest) without the overflow of value^2
    return np.sqrt(size) * value / np.hypot(value, np.sqrt(rest))
# --8<-- [end:curve]


if __name__ == "__main__":
    # The tanh with the same slope at 0 and the same ceiling, both divided by sqrt(D).
    scaled = np.linspace(0, 10, 100_001)  # value / sqrt(rest)
    gap = np.tanh(scaled) - normalized_entry(scaled, 1.0, 4) / 2
    print(f"largest gap {gap.max():.3f} of the ceiling, at {scaled[gap.argmax()]:.2f}")
    for point in (0.5, 1.0, 2.0):
        print(f"u {point}: norm {float(normalized_entry(np.array(point), 1.0, 4)) / 2:.3f}, "
              f"tanh {np.tanh(point):.3f}")

    row = np.array([[1.0, 2.0, 2.0, 4.0]])
    one, zero = np.ones(4), np.zeros(4)
    for factor in (1, 10, 100):
        print(f"x {factor}: norm {rms_norm(factor * row).round(3)[0]}, "
              f"dyt {dyt(factor * row, 0.5, one, zero).round(3)[0]}, slope left "
              f"{dyt_backward(factor * row, 0.5, one, np.ones((1, 4)))[0].round(3)[0]}")
