"""Sigmoid, tanh, binary cross-entropy from logits, and which output fits which target.

Nelder and Wedderburn, *Generalized Linear Models*, Journal of the Royal Statistical
Society A 135(3), 1972, https://doi.org/10.2307/2344614.
"""

import numpy as np


# --8<-- [start:sigmoid]
def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)) without overflow: only exp(-|z|) is ever computed.

    Args:
        z: Logits, floating point, any shape.

    Returns:
        Probabilities in the shape and dtype of ``z``.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    small = np.exp(-np.abs(z))  # in (0, 1]
    return np.where(z >= 0, 1.0, small) / (1.0 + small)


def sigmoid_slope(z: np.ndarray) -> np.ndarray:
    """Derivative of the sigmoid, s(z) (1 - s(z)), as s(z) s(-z): no 1 - 1.

    >>> sigmoid_slope(np.array([0.0]))
    array([0.25])
    """
    return sigmoid(z) * sigmoid(-z)


def tanh_from_sigmoid(z: np.ndarray) -> np.ndarray:
    """The hyperbolic tangent as a sigmoid: stretched by 2 and shifted down by 1.

    >>> tanh_from_sigmoid(np.array([0.0, 1000.0]))
    array([0., 1.])
    """
    return 2.0 * sigmoid(2.0 * z) - 1.0
# --8<-- [end:sigmoid]


# --8<-- [start:loss]
def bce_with_logits(
    logits: np.ndarray, targets: np.ndarray
) -> tuple[float, np.ndarray]:
    """Binary cross-entropy, averaged over all entries, and its gradient.

    For one label (N,) or several labels per example (N, K): every entry is a
    yes-or-no question of its own.

    Args:
        logits: Scores before the sigmoid, floating point.
        targets: 0, 1 or a probability, in the shape of ``logits``.

    Returns:
        The mean loss, and its gradient with respect to ``logits``.

    Raises:
        ValueError: If the shapes differ, or if there is no entry to average over.

    >>> loss, grad = bce_with_logits(np.array([1000.0]), np.array([0.0]))
    >>> loss, grad
    (1000.0, array([1.]))
    """
    if logits.shape != targets.shape:
        raise ValueError(f"targets is {targets.shape}, logits {logits.shape}")
    if logits.size == 0:
        raise ValueError(f"logits has shape {logits.shape}: nothing to average")
    # log(1 + exp(z)) = max(z, 0) + log(1 + exp(-|z|)); the small term comes last
    loss = np.maximum(logits, 0) - targets * logits
    loss = loss + np.log1p(np.exp(-np.abs(logits)))
    return float(loss.mean()), (sigmoid(logits) - targets) / logits.size
# --8<-- [end:loss]


# --8<-- [start:family]
def mean_and_loss(
    z: np.ndarray, targets: np.ndarray, family: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Output, loss and gradient of the distribution with natural parameter z.

    The loss is A(z) - z * target, the negative log-likelihood up to a term
    without z. A is log(1 + e^z), z^2 / 2 or e^z; the output is its derivative.

    Args:
        z: Last linear layer's output, any shape.
        targets: In the same shape.
        family: "bernoulli", "gaussian" (variance 1) or "poisson".

    Returns:
        The mean of the distribution, the loss, and the gradient of the loss with
        respect to ``z``, each elementwise.

    Raises:
        ValueError: If ``family`` is another one, or if the shapes differ.
    """
    if z.shape != targets.shape:
        raise ValueError(f"targets has shape {targets.shape}, z {z.shape}")
    if family == "bernoulli":
        mean, a = sigmoid(z), np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
    elif family == "gaussian":
        mean, a = z, z**2 / 2
    elif family == "poisson":
        mean, a = np.exp(z), np.exp(z)
    else:
        raise ValueError(f"family {family!r} is not bernoulli, gaussian, poisson")
    return mean, a - z * targets, mean - targets
# --8<-- [end:family]


if __name__ == "__main__":
    z = np.array([0.0, 1.0, 2.0, 5.0, 10.0])
    print("z             ", z)
    print("sigmoid       ", sigmoid(z).round(6))
    print("its slope     ", np.array2string(sigmoid_slope(z), precision=3))
    print("tanh          ", np.tanh(z).round(6))
    print("its slope     ", np.array2string(1 / np.cosh(z) ** 2, precision=3))
    logits = np.array([2.0, -1.0, 3.0])
    print("three labels  ", sigmoid(logits).round(3), "sum", sigmoid(logits).sum().round(3))
    print("wrong by 10: gradient of cross-entropy", sigmoid(np.array([-10.0]))[0] - 1,
          "of half the squared error",
          (sigmoid(np.array([-10.0])) - 1)[0] * sigmoid_slope(np.array([-10.0]))[0])
    single = np.array([17.0, 18.0], dtype=np.float32)
    print("float32: 1 - sigmoid", 1 - sigmoid(single))
    print("loss of 18 for target 0", bce_with_logits(single[1:], np.zeros(1, np.float32))[0])
