"""Softmax and its logarithm, without overflow, and the way back through it.

Bridle, *Training Stochastic Model Recognition Algorithms as Networks can Lead to
Maximum Mutual Information Estimation of Parameters*, NeurIPS 1989. Why the shift is
safe: Blanchard, Higham and Higham, https://doi.org/10.1093/imanum/draa038.
"""

import numpy as np


# --8<-- [start:softmax]
def log_softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Logarithm of the softmax over the last axis.

    A logit of -inf masks its class: log-probability -inf, probability 0.

    Args:
        logits: Scores in any floating point type, (..., K).
        temperature: Divides the logits, > 0; below 1 sharpens, above 1 flattens.

    Returns:
        Log-probabilities of the same shape and type as ``logits``.

    Raises:
        ValueError: If ``temperature`` is not positive and finite, or the largest of
            some K ``logits`` is not finite: a NaN, +inf, or every class masked.

    >>> log_softmax(np.array([1000.0, 1001.0])).round(4)
    array([-1.3133, -0.3133])
    """
    if not 0 < temperature < np.inf:
        raise ValueError(f"temperature must be positive, got {temperature}")
    peak = logits.max(axis=-1, keepdims=True)  # (..., K) -> (..., 1)
    if not np.isfinite(peak).all():
        raise ValueError(f"logits need a finite maximum, got {peak.ravel()}")
    shifted = (logits - peak) / temperature  # at most 0: exp cannot overflow
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Probabilities over the last axis: positive, and each row sums to 1.

    Args:
        logits: Scores in any floating point type, (..., K); -inf masks a class.
        temperature: Divides the logits, > 0.

    Returns:
        Probabilities of the same shape and type as ``logits``.

    Raises:
        ValueError: In the same cases as ``log_softmax``.

    >>> softmax(np.array([2.0, 1.0, 0.0])).round(4)
    array([0.6652, 0.2447, 0.09  ])
    """
    return np.exp(log_softmax(logits, temperature))
# --8<-- [end:softmax]


# --8<-- [start:backward]
def softmax_backward(probs: np.ndarray, grad_probs: np.ndarray) -> np.ndarray:
    """Gradient with respect to the logits, at temperature 1.

    Multiplies by the Jacobian diag(p) - p p^T without building it.

    Args:
        probs: Output of ``softmax``, (..., K).
        grad_probs: Gradient of the loss with respect to ``probs``, (..., K).

    Returns:
        Gradient with respect to the logits, (..., K); each row sums to 0.

    >>> softmax_backward(np.array([0.5, 0.5]), np.array([1.0, 0.0]))
    array([ 0.25, -0.25])
    """
    mean = (probs * grad_probs).sum(axis=-1, keepdims=True)  # (..., 1)
    return probs * (grad_probs - mean)
# --8<-- [end:backward]


if __name__ == "__main__":
    def numbers(values: np.ndarray) -> str:
        return " ".join(f"{value:.4f}" for value in values)

    logits = np.array([2.0, 1.0, 0.0])
    sigmoids = 1 / (1 + np.exp(-logits))
    print(f"softmax  {numbers(softmax(logits))}, sum {softmax(logits).sum():.4f}")
    print(f"sigmoid  {numbers(sigmoids)}, sum {sigmoids.sum():.4f}")
    for third in (0.0, 4.0):
        logits[2] = third
        print(f"third logit {third:g}: softmax {numbers(softmax(logits))}, "
              f"sigmoid of the third {1 / (1 + np.exp(-third)):.4f}")
    logits[2] = 0.0
    for temperature in (0.1, 0.5, 1.0, 2.0, 10.0):
        probs = softmax(logits, temperature)
        entropy = -(probs * np.log(probs)).sum()
        print(f"T = {temperature:4}: {numbers(probs)}, entropy {entropy:.4f} nats")
    probs = softmax(logits)
    print("Jacobian")
    for row in np.diag(probs) - np.outer(probs, probs):
        print("  " + " ".join(f"{value:7.4f}" for value in row))
    for name, dtype in (("16", np.float16), ("32", np.float32), ("64", np.float64)):
        print(f"float{name}: exp overflows above {np.log(float(np.finfo(dtype).max)):.2f}")
    print("log_softmax of (1000, 0):", log_softmax(np.array([1000.0, 0.0])))

    rng = np.random.default_rng(0)
    for scale in (1.0, 8.0):
        probs = softmax(scale * rng.standard_normal((10_000, 16)))
        print(f"16 keys, logits of standard deviation {scale:g}: largest weight "
              f"{probs.max(axis=1).mean():.2f} on average, "
              f"trace of the Jacobian {(probs * (1 - probs)).sum(axis=1).mean():.2f}")
