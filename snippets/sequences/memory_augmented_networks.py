"""An external memory: addressing by content, reading, writing, and the gradient of a read.

Graves, Wayne and Danihelka 2014, Neural Turing Machines, https://arxiv.org/abs/1410.5401.
"""

import numpy as np


# --8<-- [start:address]
def address(memory: np.ndarray, key: np.ndarray, strength: float) -> np.ndarray:
    """Weights of the rows by content: softmax of strength times cosine similarity.

    Args:
        memory: R rows of W numbers, (R, W), none of them zero.
        key: What to look for, (W,), not zero.
        strength: At least 0; 0 gives equal weights, large picks the nearest row.

    Returns:
        (R,), positive, sum 1.

    Raises:
        ValueError: If ``key`` or a row of ``memory`` has norm 0: no direction.
    """
    norms, norm = np.linalg.norm(memory, axis=1), np.linalg.norm(key)  # (R,), ()
    if norm == 0:
        raise ValueError("key must not be zero")
    if np.any(norms == 0):
        raise ValueError(f"memory has a row of zeros: {np.flatnonzero(norms == 0)}")
    cosine = (memory / norms[:, None]) @ (key / norm)  # (R, W) -> (R,)
    scores = strength * cosine
    exp = np.exp(scores - scores.max())
    return exp / exp.sum()
# --8<-- [end:address]


# --8<-- [start:write]
def read(memory: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted mean of the rows: (R, W) and (R,) -> (W,)."""
    return weights @ memory


def write(memory: np.ndarray, weights: np.ndarray, erase: np.ndarray,
          add: np.ndarray) -> np.ndarray:
    """The memory after one write; the old one is not modified.

    Row r becomes row r * (1 - weights[r] * erase) + weights[r] * add.

    Args:
        memory: (R, W).
        weights: Where to write, (R,) in [0, 1].
        erase: How much of each column goes, (W,) in [0, 1].
        add: What comes, (W,).
    """
    return memory * (1 - np.outer(weights, erase)) + np.outer(weights, add)
# --8<-- [end:write]


# --8<-- [start:backward]
def read_backward(memory: np.ndarray, key: np.ndarray, strength: float,
                  grad: np.ndarray) -> tuple:
    """Gradients of a read by content, ``read(memory, address(...))``.

    Args:
        memory: (R, W).
        key: (W,).
        strength: As in ``address``.
        grad: Gradient of the loss with respect to what was read, (W,).

    Returns:
        Gradients with respect to memory (R, W), key (W,) and strength (a float).
    """
    weights = address(memory, key, strength)
    norms, norm = np.linalg.norm(memory, axis=1, keepdims=True), np.linalg.norm(key)
    rows, unit = memory / norms, key / norm  # directions
    cosine = rows @ unit  # (R,)
    grad_weights = memory @ grad
    grad_scores = weights * (grad_weights - weights @ grad_weights)  # softmax
    grad_cosine = strength * grad_scores
    # A direction changes only at right angles to itself: minus the cosine's part.
    grad_key = grad_cosine @ (rows - np.outer(cosine, unit)) / norm
    by_address = grad_cosine[:, None] * (unit - cosine[:, None] * rows) / norms
    grad_memory = np.outer(weights, grad) + by_address  # as content, as address
    return grad_memory, grad_key, float(grad_scores @ cosine)
# --8<-- [end:backward]


# --8<-- [start:strength]
def needed_strength(rows: int, share: float, gap: float) -> float:
    """Smallest strength that gives the right row a weight of at least ``share``.

    With cosine 1 at the right row and 1 - gap at all others, the right row's
    weight is 1 / (1 + (rows - 1) * exp(-strength * gap)).

    Args:
        rows: R, at least 2.
        share: At least 1 / rows, below 1.
        gap: Above 0.

    Raises:
        ValueError: If ``gap`` is not positive or ``share`` not in its range.

    >>> round(needed_strength(16, 0.99, 0.5), 2)
    14.61
    """
    if gap <= 0:
        raise ValueError(f"gap must be positive, got {gap}")
    if not 1 / rows <= share < 1:
        raise ValueError(f"share must be in [1 / rows, 1), got {share}")
    return float(np.log((rows - 1) * share / (1 - share)) / gap)
# --8<-- [end:strength]


if __name__ == "__main__":
    memory = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    key = np.array([2.0, 0.0])
    for strength in (0.0, 1.0, 10.0):
        weights = address(memory, key, strength)
        print(f"strength {strength}: weights", weights.round(4), "read", read(memory, weights).round(4))
    weights = np.array([0.5, 0.0, 1.0])
    print(write(memory, weights, np.array([1.0, 0.5]), np.array([0.0, 2.0])))
    for rows in (16, 1024, 10**6):
        print(rows, round(needed_strength(rows, 0.99, 0.5), 1), round(needed_strength(rows, 0.99, 0.1), 1))
