"""Dropout: forward, backward, and the average of sub-networks it stands for.

Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, *Dropout: A Simple
Way to Prevent Neural Networks from Overfitting*,
https://jmlr.org/papers/v15/srivastava14a.html.
"""

import itertools

import numpy as np


# --8<-- [start:forward]
def dropout_forward(
    x: np.ndarray, p: float, rng: np.random.Generator, training: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Inverted dropout: drop with probability p, scale the kept by 1 / (1 - p).

    Args:
        x: Activations, floating point, any shape.
        p: Probability of *dropping*, 0 to 1. With p = 1 everything is dropped.
        rng: Draws one uniform number per element with ``rng.random(x.shape)``;
            an element is kept where that number is >= p.
        training: If False, nothing is drawn and nothing is scaled.

    Returns:
        The output, and the mask it was multiplied with (0 or 1 / (1 - p), all ones
        at inference), in the shape and dtype of ``x``. Backward needs that mask.

    Raises:
        ValueError: If ``p`` is not in ``[0, 1]`` or ``x`` not floating point.

    >>> out, mask = dropout_forward(np.ones(6), 0.5, np.random.default_rng(0))
    >>> out
    array([2., 0., 0., 0., 2., 2.])
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p must lie in [0, 1], got {p}")
    if not np.issubdtype(x.dtype, np.floating):
        raise ValueError(f"x must be floating point, got {x.dtype}")
    if not training:
        return x, np.ones_like(x)
    keep = rng.random(x.shape) >= p
    scale = 1 / (1 - p) if p < 1 else 0.0  # p = 1 keeps nothing: avoid 1 / 0
    mask = (keep * scale).astype(x.dtype)
    return x * mask, mask
# --8<-- [end:forward]


# --8<-- [start:backward]
def dropout_backward(grad_out: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Gradient with respect to x: the same mask, with its scale, and no new draw.

    Args:
        grad_out: Gradient of the loss with respect to the output.
        mask: What ``dropout_forward`` returned, of the same shape.

    >>> dropout_backward(np.array([1.0, 1.0, 3.0]), np.array([2.0, 0.0, 2.0]))
    array([2., 0., 6.])
    """
    return grad_out * mask
# --8<-- [end:backward]


# --8<-- [start:classic]
def classic_dropout(
    x: np.ndarray, p: float, rng: np.random.Generator, training: bool = True
) -> np.ndarray:
    """Dropout as first published: no scale in training, times 1 - p at inference.

    Args:
        x: Activations, any shape.
        p: Probability of dropping, 0 to 1.
        rng: As in ``dropout_forward``, used in training only.
        training: Whether to drop (True) or to scale (False).

    Raises:
        ValueError: If ``p`` is not in ``[0, 1]``.

    >>> classic_dropout(np.ones(2), 0.75, np.random.default_rng(0), training=False)
    array([0.25, 0.25])
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p must lie in [0, 1], got {p}")
    if training:
        return x * (rng.random(x.shape) >= p)
    return x * (1 - p)
# --8<-- [end:classic]


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis, with the maximum subtracted first."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


# --8<-- [start:ensemble]
def subnetworks(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, p: float
) -> tuple[np.ndarray, np.ndarray]:
    """All 2^D sub-networks of a softmax layer with dropout on its D inputs.

    Args:
        x: One input, (D,).
        weight: Of the softmax layer, (K, D).
        bias: Of the softmax layer, (K,).
        p: Probability of dropping; kept inputs are scaled by 1 / (1 - p).

    Returns:
        Their predictions (2^D, K), and the chance of each one to be drawn (2^D,).

    Raises:
        ValueError: If ``p`` is not at least 0 and below 1.
    """
    if not 0 <= p < 1:
        raise ValueError(f"p must lie in [0, 1), got {p}")
    keep = np.array(list(itertools.product([0.0, 1.0], repeat=x.size)))  # (2^D, D)
    probs = softmax((x * keep / (1 - p)) @ weight.T + bias)  # (2^D, D) -> (2^D, K)
    kept = keep.sum(axis=1)
    return probs, (1 - p) ** kept * p ** (x.size - kept)


def arithmetic_mean(probs: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """The usual average: (M, K) predictions, (M,) chances that sum to 1 -> (K,)."""
    return chance @ probs


def normalized_geometric_mean(probs: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Average the logarithms, exponentiate, normalize: (M, K), (M,) -> (K,)."""
    return softmax(chance @ np.log(probs))
# --8<-- [end:ensemble]


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    for p in (0.5, 0.75):
        out, _ = dropout_forward(np.ones(1_000_000), p, rng)
        print(f"p = {p}: kept units x {out.max():.0f}, mean {out.mean():.3f}, "
              f"variance {out.var():.3f}; classic, inference x {1 - p}")

    relu = np.maximum(0, rng.standard_normal(1_000_000))
    dropped, _ = dropout_forward(relu, 0.5, rng)
    print(f"ReLU of N(0, 1): variance {dropped.var():.3f} in training, {relu.var():.3f} after; "
          f"exactly {1 - 1 / (2 * np.pi):.3f} and {0.5 - 1 / (2 * np.pi):.3f}")

    x = np.array([1.0, 2.0, -1.0, 0.5])
    weight = np.array([[1.0, -0.5, 0.3, 2.0], [-1.0, 0.8, 0.2, 0.1], [0.2, 0.1, -1.0, -0.4]])
    bias = np.array([0.1, -0.2, 0.0])
    probs, chance = subnetworks(x, weight, bias, 0.5)
    print("the whole network ", softmax(weight @ x + bias).round(3))
    print("geometric mean    ", normalized_geometric_mean(probs, chance).round(3))
    print("arithmetic mean   ", arithmetic_mean(probs, chance).round(3))
