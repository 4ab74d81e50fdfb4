"""Gradients through a step, an argmax and a sample: three estimators, and the exact one.

Straight-through: Bengio, Léonard and Courville, https://arxiv.org/abs/1308.3432.
Gumbel-softmax: Jang, Gu and Poole, https://arxiv.org/abs/1611.01144.
Score function: Williams 1992, https://doi.org/10.1007/BF00992696.
"""

from collections.abc import Callable

import numpy as np


# --8<-- [start:step]
def fake_quantize(x: np.ndarray, scale: float, low: int, high: int) -> np.ndarray:
    """Round x / scale to an integer between low and high, and scale back.

    Raises:
        ValueError: If ``scale`` is not positive or ``low`` is above ``high``.

    >>> fake_quantize(np.array([0.26, -5.0]), 0.5, -2, 1)
    array([ 0.5, -1. ])
    """
    if not scale > 0 or low > high:
        raise ValueError(
            f"scale must be positive and low <= high, got {scale}, {low}, {high}")
    return np.clip(np.round(x / scale), low, high) * scale


def straight_through_backward(grad: np.ndarray, x: np.ndarray, scale: float,
                              low: int, high: int) -> np.ndarray:
    """Straight-through gradient of ``fake_quantize``: grad where x was not cut off.

    The true derivative is 0 almost everywhere. Rounding is taken for the identity,
    clipping is differentiated: 0 where round(x / scale) is outside low to high.

    Args:
        grad: Gradient of the output.
        x: The input of the forward pass.
        scale: Step size.
        low: Lowest integer.
        high: Highest integer.

    Returns:
        The surrogate gradient of x.
    """
    level = np.round(x / scale)
    return grad * ((level >= low) & (level <= high))
# --8<-- [end:step]


# --8<-- [start:exact]
def softmax(logits: np.ndarray) -> np.ndarray:
    """Softmax over the last axis."""
    exps = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


def exact_gradient(logits: np.ndarray, f: Callable) -> np.ndarray:
    """Gradient of E[f(z)] with z a one-hot sample from softmax(logits), by summing.

    Args:
        logits: (K,).
        f: Takes vectors (..., K) to numbers (...).

    Returns:
        p * (values - p . values), (K,).
    """
    probs, values = softmax(logits), f(np.eye(len(logits)))  # (K,) and (K,)
    return probs * (values - probs @ values)
# --8<-- [end:exact]


# --8<-- [start:score]
def score_function(logits: np.ndarray, f: Callable, samples: int,
                   rng: np.random.Generator, baseline: float = 0.0) -> np.ndarray:
    """One REINFORCE estimate per sample: (f(z) - baseline) times grad log p(z).

    Args:
        logits: (K,).
        f: Takes vectors (..., K) to numbers (...); its derivative is not used.
        samples: Number M of estimates.
        rng: Draws the samples, by ``gumbel_argmax``.
        baseline: Any number that does not depend on the sample.

    Returns:
        (M, K), each row unbiased.
    """
    z = np.eye(len(logits))[gumbel_argmax(logits, samples, rng)[0]]  # (M, K)
    return (f(z) - baseline)[:, None] * (z - softmax(logits))
# --8<-- [end:score]


# --8<-- [start:gumbel]
def gumbel_argmax(logits: np.ndarray, samples: int, rng: np.random.Generator
                  ) -> tuple[np.ndarray, np.ndarray]:
    """Samples from softmax(logits) as the argmax of logits plus Gumbel noise.

    Args:
        logits: (K,).
        samples: Number M.
        rng: One call of ``rng.gumbel`` of size (M, K).

    Returns:
        Classes (M,) and the noisy logits (M, K).
    """
    noisy = logits + rng.gumbel(size=(samples, len(logits)))
    return noisy.argmax(axis=1), noisy


def gumbel_softmax(logits: np.ndarray, grad_f: Callable, samples: int,
                   rng: np.random.Generator, tau: float = 1.0,
                   hard: bool = False) -> np.ndarray:
    """One estimate per sample through softmax(noisy logits / tau).

    Args:
        logits: (K,).
        grad_f: Takes vectors (..., K) to the gradient of f there, (..., K).
        samples: Number M of estimates.
        rng: Draws the noise, by ``gumbel_argmax``.
        tau: Temperature.
        hard: Take f's gradient at the one-hot argmax instead of the soft vector,
            and go on as if it were the soft one: straight-through.

    Returns:
        (M, K), biased.
    """
    classes, noisy = gumbel_argmax(logits, samples, rng)
    soft = softmax(noisy / tau)  # (M, K)
    grad = grad_f(np.eye(len(logits))[classes] if hard else soft)
    inner = (grad * soft).sum(axis=1, keepdims=True)
    return soft * (grad - inner) / tau  # softmax's Jacobian
# --8<-- [end:gumbel]


# --8<-- [start:straight]
def straight_through(logits: np.ndarray, grad_f: Callable, samples: int,
                     rng: np.random.Generator) -> np.ndarray:
    """One estimate per sample: f's gradient at the one-hot sample, sent through p.

    Args:
        logits: (K,).
        grad_f: Takes vectors (..., K) to the gradient of f there, (..., K).
        samples: Number M of estimates.
        rng: Draws the samples, by ``gumbel_argmax``.

    Returns:
        (M, K), biased unless f is linear.
    """
    probs = softmax(logits)
    grad = grad_f(np.eye(len(logits))[gumbel_argmax(logits, samples, rng)[0]])
    return probs * (grad - (grad * probs).sum(axis=1, keepdims=True))
# --8<-- [end:straight]


if __name__ == "__main__":
    logits = np.array([0.5, 0.0, -0.5])
    print("probabilities", softmax(logits).round(4))
    for target in (np.array([0.6, 0.3, 0.1]), np.array([0.4, 0.3, 0.3])):
        values = ((np.eye(3) - target) ** 2).sum(axis=-1)
        exact = exact_gradient(logits, lambda z, t=target: ((z - t) ** 2).sum(axis=-1))
        probs = softmax(logits)
        slope = 2 * (probs - target)  # the mean of 2 (z - target)
        print("target", target, "values", values.round(4), "exact", exact.round(4),
              "straight-through, mean", (probs * (slope - probs @ slope)).round(4))
    x = np.array([-1.3, -0.2, 0.3, 0.8])
    print("quantized", fake_quantize(x, 0.5, -2, 1),
          straight_through_backward(np.ones(4), x, 0.5, -2, 1))
