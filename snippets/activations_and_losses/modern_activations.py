"""GELU, SiLU and the gated feed-forward block SwiGLU, with their gradients by hand.

GELU and SiLU: Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415.
Gated blocks: Shazeer 2020, https://arxiv.org/abs/2002.05202.
"""

import math

import numpy as np

ERF = np.vectorize(math.erf, otypes=[np.float64])  # NumPy has no erf of its own
SLOPE, CUBIC = math.sqrt(2 / math.pi), 0.044715  # constants of the tanh approximation


# --8<-- [start:gelu]
def gelu(x: np.ndarray, approximate: str = "none") -> np.ndarray:
    """GELU, x times the standard normal distribution function at x.

    Args:
        x: Any shape.
        approximate: "none" for the error function, or "tanh" for
            ``0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x**3)))``.

    Returns:
        Same shape and dtype as ``x``; whole numbers become float64.

    Raises:
        ValueError: If ``approximate`` is another word.

    >>> gelu(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.1587,  0.    ,  0.8413])
    """
    if approximate not in ("none", "tanh"):
        raise ValueError(f"approximate must be none or tanh, got {approximate}")
    x = 1.0 * x  # whole numbers become float64, the rest stays
    if approximate == "none":
        cdf = 0.5 * (1 + ERF(x / math.sqrt(2)))
    else:
        cdf = 0.5 * (1 + np.tanh(SLOPE * (x + CUBIC * x * x * x)))
    return (x * cdf).astype(x.dtype)


def gelu_backward(x: np.ndarray, grad_out: np.ndarray,
                  approximate: str = "none") -> np.ndarray:
    """Gradient with respect to x: grad_out times (Phi(x) + x phi(x)).

    For "tanh" it is the derivative of that formula, not of the exact GELU.

    Args:
        x: Input of ``gelu``, any shape.
        grad_out: Gradient at its output, same shape.
        approximate: "none" or "tanh".

    Returns:
        Gradient at ``x``, same shape.
    """
    x = 1.0 * x
    if approximate == "none":
        cdf = 0.5 * (1 + ERF(x / math.sqrt(2)))
        density = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    else:
        t = np.tanh(SLOPE * (x + CUBIC * x * x * x))
        cdf = 0.5 * (1 + t)
        density = 0.5 * (1 - t * t) * SLOPE * (1 + 3 * CUBIC * x * x)
    return (grad_out * (cdf + x * density)).astype(x.dtype)
# --8<-- [end:gelu]


# --8<-- [start:silu]
def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x), from e^-|x|, which is at most 1.

    Args:
        x: Any shape.

    Returns:
        Same shape.
    """
    small = np.exp(-np.abs(1.0 * x))  # never overflows; nothing cancels for x < 0
    return np.where(x >= 0, 1, small) / (1 + small)


def silu(x: np.ndarray) -> np.ndarray:
    """SiLU, also called Swish: x times the sigmoid of x.

    Args:
        x: Any shape.

    Returns:
        Same shape.

    >>> silu(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.2689,  0.    ,  0.7311])
    """
    return x * sigmoid(x)


def silu_backward(x: np.ndarray, grad_out: np.ndarray) -> np.ndarray:
    """Gradient with respect to x: grad_out times s (1 + x (1 - s)), s = sigmoid(x).

    Args:
        x: Input of ``silu``, any shape.
        grad_out: Gradient at its output, same shape.

    Returns:
        Gradient at ``x``, same shape.
    """
    s = sigmoid(x)
    return grad_out * s * (1 + x * (1 - s))
# --8<-- [end:silu]


# --8<-- [start:swiglu]
def swiglu(x: np.ndarray, weight_gate: np.ndarray, weight_up: np.ndarray,
           weight_down: np.ndarray) -> np.ndarray:
    """Gated feed-forward block: (silu(x Wg^T) * (x Wu^T)) Wd^T, without biases.

    Args:
        x: Inputs (..., D).
        weight_gate: Goes through SiLU, (H, D).
        weight_up: Is multiplied by it, (H, D).
        weight_down: Back to the width of the model, (D, H).

    Returns:
        (..., D).

    Raises:
        ValueError: If ``weight_gate`` and ``weight_up`` differ in shape, or
            ``weight_down`` is not (D, H).
    """
    hidden, features = weight_gate.shape
    if weight_up.shape != (hidden, features):
        raise ValueError(
            f"weight_up must be {(hidden, features)}, got {weight_up.shape}")
    if weight_down.shape != (features, hidden):
        raise ValueError(
            f"weight_down must be {(features, hidden)}, got {weight_down.shape}")
    gate, up = x @ weight_gate.T, x @ weight_up.T  # (..., D) -> (..., H)
    return (silu(gate) * up) @ weight_down.T  # (..., H) -> (..., D)


def swiglu_backward(x: np.ndarray, weight_gate: np.ndarray, weight_up: np.ndarray,
                    weight_down: np.ndarray, grad_out: np.ndarray) -> dict:
    """Gradients of ``swiglu``; those of the weights are summed over all rows of x.

    Args:
        x: Inputs (..., D).
        weight_gate: (H, D).
        weight_up: (H, D).
        weight_down: (D, H).
        grad_out: Gradient at the output, (..., D).

    Returns:
        Gradients under the names x, weight_gate, weight_up, weight_down.
    """
    rows = x.reshape(-1, x.shape[-1])  # (..., D) -> (N, D)
    grad_rows = grad_out.reshape(rows.shape)
    gate, up = rows @ weight_gate.T, rows @ weight_up.T  # (N, H)
    grad_hidden = grad_rows @ weight_down  # (N, H)
    grad_gate = silu_backward(gate, grad_hidden * up)
    grad_up = grad_hidden * silu(gate)
    return {
        "x": (grad_gate @ weight_gate + grad_up @ weight_up).reshape(x.shape),
        "weight_gate": grad_gate.T @ rows,
        "weight_up": grad_up.T @ rows,
        "weight_down": grad_rows.T @ (silu(gate) * up),
    }
# --8<-- [end:swiglu]


# --8<-- [start:width]
def gated_width(width: int, multiple_of: int = 1) -> int:
    """Hidden width of a gated block with the parameters of a plain one.

    Three matrices instead of two: floor(2 / 3 of the width), rounded up.

    Args:
        width: Hidden width of the block with two matrices, often 4 D.
        multiple_of: Round up to a multiple of this, for the hardware.

    Returns:
        The hidden width with three matrices.

    >>> gated_width(4 * 768), gated_width(4 * 4096, multiple_of=256)
    (2048, 11008)
    """
    narrow = 2 * width // 3
    return -(-narrow // multiple_of) * multiple_of
# --8<-- [end:width]


if __name__ == "__main__":
    x = np.linspace(-6, 6, 120_001)
    for name, other in (("tanh", gelu(x, "tanh")), ("x sigmoid(1.702 x)", silu(1.702 * x) / 1.702)):
        gap = np.abs(other - gelu(x))
        print(f"{name}: largest difference {gap.max():.2g} at {abs(x[gap.argmax()]):.2f}")
    for at in (-4.0, -3.0, -2.0, -1.0, 1.0, 2.0):
        point, one = np.array([at]), np.ones(1)
        print(at, *(f"{value.item():.5f}" for value in (
            gelu(point), gelu(point, "tanh"), silu(point), gelu_backward(point, one),
            silu_backward(point, one))))
    for name, slope in (("GELU", gelu_backward(x, np.ones_like(x))),
                        ("SiLU", silu_backward(x, np.ones_like(x)))):
        print(f"{name}: slope from {slope.min():.3f} to {slope.max():.3f} at {x[slope.argmax()]:.3f}")
    for features, multiple in ((768, 1), (4096, 1), (4096, 256)):
        hidden = gated_width(4 * features, multiple)
        print(features, hidden, 8 * features**2, 3 * features * hidden)
