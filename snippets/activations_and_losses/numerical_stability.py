"""Formulas that stay exact where the obvious ones overflow, cancel or round off.

Softmax and log-sum-exp: Blanchard, Higham and Higham 2021,
https://doi.org/10.1093/imanum/draa038. Variance: Chan, Golub and LeVeque 1983,
https://www.jstor.org/stable/2683386.
"""

import numpy as np


# --8<-- [start:logsumexp]
def logsumexp(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """ln of the sum of e^x, with the largest exponent moved to 0.

    Args:
        x: Logits; -inf counts nothing, a slice of nothing but -inf gives -inf.
        axis: Summed over.

    Returns:
        One dimension less.

    Raises:
        ValueError: If the axis has no elements.

    >>> print(logsumexp(np.array([1000.0, 1000.0])).round(4))
    1000.6931
    """
    if x.shape[axis] == 0:
        raise ValueError(f"x has nothing to sum over along axis {axis}: {x.shape}")
    peak = 1.0 * x.max(axis=axis, keepdims=True)  # 1.0: small integers would wrap
    shift = np.where(np.isfinite(peak), peak, 0)  # inf - inf would be nan
    total = np.exp(x - shift).sum(axis=axis)  # from 1 to K, unless all are -inf
    small = total == 0
    return np.where(small, -np.inf, np.log(np.where(small, 1, total))
                    + np.squeeze(shift, axis)).astype(total.dtype)


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """x minus its ``logsumexp``; never the logarithm of a finished softmax.

    Args:
        x: Logits.
        axis: Classes.

    Returns:
        Log probabilities, same shape.
    """
    peak = 1.0 * x.max(axis=axis, keepdims=True)
    return (x - peak) - np.expand_dims(logsumexp(x - peak, axis), axis)
# --8<-- [end:logsumexp]


# --8<-- [start:binary]
def softplus(x: np.ndarray) -> np.ndarray:
    """ln(1 + e^x) as max(x, 0) + log1p(e^-|x|); the exponent is never positive.

    Args:
        x: Any shape.

    Returns:
        Same shape.
    """
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(1.0 * x)))


def binary_cross_entropy_with_logits(
    logits: np.ndarray, targets: np.ndarray,
) -> np.ndarray:
    """-y ln s(z) - (1 - y) ln(1 - s(z)), s the sigmoid, element by element.

    As max(z, 0) - z y + log1p(e^-|z|), added in this order: the first two cancel
    exactly for y = 1 and z > 0, the small last term is added to what is left.

    Args:
        logits: z, any shape.
        targets: y from 0 to 1, same shape.

    Returns:
        Losses in nats.

    Raises:
        ValueError: If the shapes differ.
    """
    if logits.shape != targets.shape:
        raise ValueError(f"targets must be {logits.shape}, got {targets.shape}")
    straight = np.maximum(logits, 0) - logits * targets
    return straight + np.log1p(np.exp(-np.abs(1.0 * logits)))


def log1mexp(x: np.ndarray) -> np.ndarray:
    """ln(1 - e^x) for x < 0: the log probability that something did not happen.

    Near 0 the difference 1 - e^x cancels, far from 0 it rounds to 1, so each
    side of -ln 2 has a formula of its own.

    Args:
        x: Log probabilities, below 0.

    Returns:
        Same shape.
    """
    near = x > -np.log(2)
    return np.where(near, np.log(-np.expm1(np.where(near, x, -1))),
                    np.log1p(-np.exp(np.where(near, -1, x))))
# --8<-- [end:binary]


# --8<-- [start:variance]
def merge_moments(a: tuple, b: tuple) -> tuple:
    """Count, mean and sum of squared deviations of two parts taken together.

    Args:
        a: (count, mean, sum of squared deviations) of one part.
        b: The same of another.

    Returns:
        The same of both; a part with count 0 changes nothing.
    """
    count = a[0] + b[0]
    if count == 0:
        return a
    gap, share = b[1] - a[1], b[0] / count
    return count, a[1] + gap * share, a[2] + b[2] + gap * gap * a[0] * share


def streaming_variance(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance in one pass, one element at a time.

    Args:
        x: (N, ...), N at least 1; divided by N.

    Returns:
        Mean and variance, (...) each.

    Raises:
        ValueError: If there is no element.
    """
    if len(x) == 0:
        raise ValueError("x has no element")
    state = (0, np.zeros(x.shape[1:], x.dtype), np.zeros(x.shape[1:], x.dtype))
    for value in x:
        state = merge_moments(state, (1, value, np.zeros_like(value)))
    return state[1], state[2] / len(x)
# --8<-- [end:variance]


# --8<-- [start:eps]
def normalize(x: np.ndarray, eps: float = 1e-6) -> np.ndarray:
    """Rows of unit length, with eps inside the root: x / sqrt(|x|^2 + eps^2).

    Args:
        x: (..., D).
        eps: Length below which a row is damped instead of blown up.

    Returns:
        Same shape; a row of zeros stays zero.
    """
    scale = np.maximum(np.abs(x).max(axis=-1, keepdims=True), eps)
    y = x / scale  # squares neither overflow nor vanish
    length = np.sqrt((y * y).sum(axis=-1, keepdims=True) + (eps / scale) ** 2)
    return y / length
# --8<-- [end:eps]


if __name__ == "__main__":
    for dtype in (np.float16, np.float32, np.float64):
        info = np.finfo(dtype)
        print(info.dtype, f"largest {info.max:.4g}, least normal {info.smallest_normal:.3g}, least "
              f"{info.smallest_subnormal:.3g}, spacing at 1 {info.eps:.3g}, "
              f"exp overflows above {np.log(float(info.max)):.2f}")
    x = np.array([100.0, 0.0, -10.0], np.float32)
    print("log-sum-exp", logsumexp(x), "log-softmax", log_softmax(x))
    z = np.array([-200.0, -20.0, 20.0], np.float32)
    print("loss for target 1", binary_cross_entropy_with_logits(z, np.ones(3, np.float32)))
    print("ln(1 - e^x)", log1mexp(np.array([-1e-20, -1e-5, -1.0, -50.0])))
    for pair in ((0.0, 2.0), (4096.0, 4098.0), (13_500.0, 13_502.0)):
        print(pair, "variance in one pass", streaming_variance(np.array(pair, np.float32))[1])
    print("unit rows", normalize(np.array([[3e30, 4e30], [0.0, 0.0]], np.float32)))
