"""Causal and padding masks, the softmax that obeys them, and a test for leaks.

The mask of the decoder: Vaswani et al., *Attention Is All You Need*, 2017,
https://arxiv.org/abs/1706.03762, section 3.2.3. In every mask True may be seen.
"""

from collections.abc import Callable

import numpy as np


# --8<-- [start:masks]
def causal_mask(queries: int, keys: int | None = None) -> np.ndarray:
    """Which keys a query may see: those of its own position and before.

    With more keys than queries, as with a cache of earlier keys, the queries are
    the last positions: the last query sees every key.

    Args:
        queries: T.
        keys: S, at least T; T if not given.

    Returns:
        Boolean (T, S).

    Raises:
        ValueError: If ``keys`` is smaller than ``queries``.

    >>> causal_mask(2, 3).tolist()
    [[True, True, False], [True, True, True]]
    """
    keys = queries if keys is None else keys
    if keys < queries:
        raise ValueError(f"keys must be at least queries = {queries}, got {keys}")
    position = np.arange(queries)[:, None] + (keys - queries)  # (T, 1)
    return np.arange(keys) <= position


def padding_mask(lengths: np.ndarray, keys: int, side: str = "right") -> np.ndarray:
    """Which keys are tokens and not padding, in a batch of unequal sequences.

    Args:
        lengths: Tokens of each sequence, (N,), from 0 to S.
        keys: S, the length after padding.
        side: Where the padding stands, "right" or "left".

    Returns:
        Boolean (N, 1, S), to be combined with ``causal_mask`` by ``&``.

    Raises:
        ValueError: If some ``lengths`` lie outside 0 to S, or ``side`` is neither.
    """
    lengths = np.asarray(lengths)
    if ((lengths < 0) | (lengths > keys)).any():
        raise ValueError(f"lengths must lie between 0 and {keys}, got {lengths}")
    if side not in ("right", "left"):
        raise ValueError(f"side must be right or left, got {side}")
    place = np.arange(keys) if side == "right" else np.arange(keys)[::-1]
    return (place < lengths[:, None])[:, None, :]  # (N, S) -> (N, 1, S)
# --8<-- [end:masks]


# --8<-- [start:softmax]
def masked_softmax(scores: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Softmax over the visible keys; a row with none is all zeros, not NaN.

    Args:
        scores: (..., T, S).
        mask: Boolean, broadcasts to ``scores``; True may be seen.

    Returns:
        Weights (..., T, S), exactly 0 where ``mask`` is False.

    Raises:
        ValueError: If ``mask`` is not boolean; in an additive one, 0 is visible.
    """
    if mask.dtype != bool:
        raise ValueError(f"mask must be boolean, got {mask.dtype}")
    hidden = np.where(mask, scores, -np.inf)
    peak = hidden.max(axis=-1, keepdims=True, initial=-np.inf)
    peak = np.where(peak == -np.inf, 0, peak)  # -inf minus -inf would be NaN
    exps = np.exp(hidden - peak)  # exp(-inf) is exactly 0
    total = exps.sum(axis=-1, keepdims=True)
    return exps / np.where(total == 0, 1, total)
# --8<-- [end:softmax]


# --8<-- [start:leak]
def leak(model: Callable[[np.ndarray], np.ndarray], x: np.ndarray,
         rng: np.random.Generator) -> float:
    """How far outputs move when only later inputs change; 0 for a causal model.

    Args:
        model: Maps (N, T, D) to (N, T, ...), position by position.
        x: Inputs (N, T, D).
        rng: Draws the other future.

    Returns:
        The largest absolute change of an output at a position before the change;
        NaN if an output there is NaN.
    """
    before, worst = model(x), 0.0
    for t in range(1, x.shape[1]):
        other = x.copy()
        other[:, t:] = 10 * rng.standard_normal(x[:, t:].shape)  # large: also tails
        change = np.abs(model(other)[:, :t] - before[:, :t])
        worst = np.maximum(worst, change.max(initial=0))  # max() would lose a NaN
    return float(worst)
# --8<-- [end:leak]


if __name__ == "__main__":
    scores = np.array([[1.0, 3.0, 2.0], [0.0, 1.0, 2.0], [2.0, 0.0, 1.0]])
    print("masked before the softmax\n", masked_softmax(scores, causal_mask(3)).round(4))
    full = masked_softmax(scores, np.ones((3, 3), bool))
    print("multiplied afterwards\n", (full * causal_mask(3)).round(4))
    print("left padding, first row of a sequence of 2 in 3:",
          masked_softmax(scores, causal_mask(3) & padding_mask(np.array([2]), 3, "left"))[0, 0])
    print("-1e9 + 3 in float32:", np.float32(-1e9) + np.float32(3),
          "largest float16:", np.finfo(np.float16).max)
    print("share hidden of 1,024 x 1,024:", 1 - causal_mask(1024).mean())
