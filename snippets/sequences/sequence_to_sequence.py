"""Additive attention of a decoder over an encoder's states, forward and backward.

Bahdanau, Cho and Bengio 2014, https://arxiv.org/abs/1409.0473; the scores by a product:
Luong, Pham and Manning 2015, https://arxiv.org/abs/1508.04025.
"""

import numpy as np


# --8<-- [start:forward]
def softmax(scores: np.ndarray) -> np.ndarray:
    """Softmax over the last axis, shifted by the maximum."""
    exp = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exp / exp.sum(axis=-1, keepdims=True)


def additive_attention(query: np.ndarray, memory: np.ndarray, w_query: np.ndarray,
                       w_memory: np.ndarray, v: np.ndarray,
                       lengths: np.ndarray) -> tuple:
    """Context of one decoder step, its weights, and the hidden layer of the score.

    The score of place j is v . tanh(query @ w_query + memory[:, j] @ w_memory). The
    weights are its softmax over the first ``lengths[n]`` places and 0 after them;
    the context is the memory's weighted sum.

    Args:
        query: Decoder states before the step, (N, H).
        memory: Encoder states (N, T, M).
        w_query: (H, A).
        w_memory: (M, A).
        v: (A,).
        lengths: How many places of each source are real, (N,), 1 to T.

    Returns:
        context (N, M), weights (N, T) and hidden (N, T, A), the tanh.

    Raises:
        ValueError: If query and memory differ in N, or a length is not in 1 to T.
    """
    batch, steps = memory.shape[:2]
    for name, value in (("query", query), ("lengths", lengths)):
        if len(value) != batch:  # one row would be used for all sources
            raise ValueError(f"{name} must have {batch} rows, got {len(value)}")
    if np.any(lengths < 1) or np.any(lengths > steps):
        raise ValueError(f"lengths must be in 1 to {steps}, got {lengths}")
    hidden = np.tanh((query @ w_query)[:, None] + memory @ w_memory)  # (N, T, A)
    scores = hidden @ v  # (N, T)
    padded = np.arange(steps) >= lengths[:, None]
    weights = softmax(np.where(padded, -np.inf, scores)).astype(scores.dtype)
    context = np.einsum("nt,ntm->nm", weights, memory)
    return context, weights, hidden
# --8<-- [end:forward]


# --8<-- [start:backward]
def additive_attention_backward(query: np.ndarray, memory: np.ndarray,
                                w_query: np.ndarray, w_memory: np.ndarray,
                                v: np.ndarray, weights: np.ndarray,
                                hidden: np.ndarray,
                                grad_context: np.ndarray) -> dict[str, np.ndarray]:
    """Gradients of ``additive_attention`` from the one at the context, (N, M).

    Args:
        query: (N, H).
        memory: (N, T, M).
        w_query: (H, A).
        w_memory: (M, A).
        v: (A,).
        weights: (N, T) from the forward pass.
        hidden: (N, T, A) from the forward pass.
        grad_context: (N, M).

    Returns:
        Gradients named query, memory, w_query, w_memory and v.
    """
    grad_weights = np.einsum("nm,ntm->nt", grad_context, memory)
    mean = (weights * grad_weights).sum(axis=1, keepdims=True)
    grad_scores = weights * (grad_weights - mean)  # softmax; 0 at the padding
    pre = grad_scores[..., None] * v * (1 - hidden**2)  # before tanh, (N, T, A)
    by_query = pre.sum(axis=1)  # the query is added at every place, (N, A)
    return {
        "query": by_query @ w_query.T,
        "memory": weights[..., None] * grad_context[:, None] + pre @ w_memory.T,
        "w_query": query.T @ by_query,
        "w_memory": np.einsum("ntm,nta->ma", memory, pre),
        "v": np.einsum("nt,nta->a", grad_scores, hidden),
    }
# --8<-- [end:backward]


# --8<-- [start:luong]
def luong_scores(query: np.ndarray, memory: np.ndarray,
                 weight: np.ndarray) -> np.ndarray:
    """Scores (N, T) as query . weight . memory[:, j], Luong's "general" form.

    Args:
        query: (N, H).
        memory: (N, T, M).
        weight: (H, M); the identity gives his "dot".
    """
    return np.einsum("nm,ntm->nt", query @ weight, memory)
# --8<-- [end:luong]


if __name__ == "__main__":
    memory = np.array([[[1.0], [0.0], [-1.0]]])
    one = np.ones((1, 1))
    context, weights, hidden = additive_attention(one, memory, one, one, np.array([2.0]), np.array([3]))
    print("scores", (2 * hidden[..., 0]).round(4), "weights", weights.round(4), "context", context.round(4))
    context, weights, _ = additive_attention(one, memory, one, one, np.array([2.0]), np.array([2]))
    print("two real places: weights", weights.round(4), "context", context.round(4))
    print("right after T steps at 99 % each:", {t: round(0.99**t, 3) for t in (10, 50, 100)})
