"""Scaled dot-product attention with a mask, forward and backward.

Vaswani et al., *Attention Is All You Need*, 2017, https://arxiv.org/abs/1706.03762.
"""

import math

import numpy as np


# --8<-- [start:forward]
def attention_weights(query: np.ndarray, key: np.ndarray,
                      attn_mask: np.ndarray | None = None) -> np.ndarray:
    """softmax(Q K^T / sqrt(D)) over the keys: each row sums to 1.

    Args:
        query: (..., T, D).
        key: (..., S, D), with the same leading sizes as ``query``.
        attn_mask: (T, S) or anything that broadcasts to (..., T, S). Boolean: True
            takes part. Floating: added to the scores, -inf leaves a key out.

    Returns:
        Weights (..., T, S). A row without any key left is all zeros.

    Raises:
        ValueError: If the shapes do not fit, or ``attn_mask`` holds integers.
    """
    if query.shape[:-2] != key.shape[:-2] or query.shape[-1] != key.shape[-1]:
        raise ValueError(f"key must fit query {query.shape}, got {key.shape}")
    query = query / math.sqrt(query.shape[-1])  # before the sum over D terms
    scores = query @ key.swapaxes(-1, -2)  # (..., T, D), (..., D, S) -> (..., T, S)
    if attn_mask is not None:
        if attn_mask.dtype == bool:
            scores = np.where(attn_mask, scores, -np.inf)
        elif np.issubdtype(attn_mask.dtype, np.floating):
            scores = scores + attn_mask.astype(scores.dtype)
        else:  # 0 and 1 would be added to the scores and mask nothing
            raise ValueError(
                f"attn_mask must be boolean or floating, got {attn_mask.dtype}")
    peak = scores.max(axis=-1, keepdims=True, initial=-np.inf)  # (..., T, 1)
    peak = np.where(peak == -np.inf, 0, peak)  # -inf minus -inf would be NaN
    exps = np.exp(scores - peak)  # at most 1
    total = exps.sum(axis=-1, keepdims=True)
    return exps / np.where(total == 0, 1, total)


def scaled_dot_product_attention(
        query: np.ndarray, key: np.ndarray, value: np.ndarray,
        attn_mask: np.ndarray | None = None) -> np.ndarray:
    """Averages of the values, weighted by ``attention_weights``.

    Args:
        query: (..., T, D).
        key: (..., S, D).
        value: (..., S, M).
        attn_mask: As in ``attention_weights``.

    Returns:
        (..., T, M); zeros where a query has no key left.

    Raises:
        ValueError: If ``value`` does not have one row for each key, and in the
            cases of ``attention_weights``.
    """
    if value.shape[:-1] != key.shape[:-1]:
        raise ValueError(f"value must fit key {key.shape}, got {value.shape}")
    return attention_weights(query, key, attn_mask) @ value  # (..., T, M)
# --8<-- [end:forward]


# --8<-- [start:backward]
def attention_backward(query: np.ndarray, key: np.ndarray, value: np.ndarray,
                       grad_output: np.ndarray,
                       attn_mask: np.ndarray | None = None
                       ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of ``scaled_dot_product_attention``; computes the weights again.

    Args:
        query: (..., T, D).
        key: (..., S, D).
        value: (..., S, M).
        grad_output: Gradient with respect to the output, (..., T, M).
        attn_mask: As in ``attention_weights``.

    Returns:
        grad_query, grad_key and grad_value, shaped like their arguments.
    """
    probs = attention_weights(query, key, attn_mask)  # (..., T, S)
    grad_value = probs.swapaxes(-1, -2) @ grad_output  # (..., S, M)
    grad_probs = grad_output @ value.swapaxes(-1, -2)  # (..., T, S)
    mean = (probs * grad_probs).sum(axis=-1, keepdims=True)  # (..., T, 1)
    grad_scores = probs * (grad_probs - mean) / math.sqrt(query.shape[-1])
    grad_key = grad_scores.swapaxes(-1, -2) @ query  # (..., S, D)
    return grad_scores @ key, grad_key, grad_value
# --8<-- [end:backward]


if __name__ == "__main__":
    q = np.ones((1, 4))
    k = np.array([[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    v = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    print("weights", attention_weights(q, k).round(4), "without the division",
          attention_weights(2 * q, k).round(4))
    print("output", scaled_dot_product_attention(q, k, v).round(4))
    grads = attention_backward(q, k, v, np.array([[1.0, 0.0]]))
    for name, grad in zip(("query", "key", "value"), grads, strict=True):
        print("gradient of the first output,", name, grad.round(4).tolist())
