"""A layer of experts: routing, its gradient, the balancing loss, capacity, and what to count.

Sparse gating: Shazeer and others 2017, https://arxiv.org/abs/1701.06538. Balancing loss and
capacity: Fedus, Zoph and Shazeer 2021, https://arxiv.org/abs/2101.03961. Balancing by a bias:
Wang and others 2024, https://arxiv.org/abs/2408.15664.
"""

import numpy as np


# --8<-- [start:route]
def route(logits: np.ndarray, top_k: int, bias: np.ndarray | None = None,
          normalize: bool = True) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Choose experts for each token.

    Args:
        logits: Router scores (T, E).
        top_k: Experts per token.
        bias: Added to the probabilities for the choice only, (E,).
        normalize: Whether the weights of the chosen are divided by their sum.

    Returns:
        indices (T, k), best first and of equals the first, weights (T, k) and
        the probabilities (T, E).

    Raises:
        ValueError: If ``top_k`` is not in 1..E.
    """
    if not 1 <= top_k <= logits.shape[1]:
        raise ValueError(f"top_k must be in 1..{logits.shape[1]}, got {top_k}")
    probs = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    score = probs if bias is None else probs + bias
    indices = np.argsort(-score, axis=1, kind="stable")[:, :top_k]
    weights = np.take_along_axis(probs, indices, axis=1)
    if normalize:
        weights = weights / weights.sum(axis=1, keepdims=True)
    return indices, weights, probs
# --8<-- [end:route]


# --8<-- [start:forward]
def mixture_of_experts(x: np.ndarray, indices: np.ndarray, weights: np.ndarray,
                       up: np.ndarray, down: np.ndarray) -> tuple:
    """The weighted sum of the chosen experts, each computed on its own tokens only.

    Expert e is ``relu(x @ up[e].T) @ down[e].T``.

    Args:
        x: Tokens (T, D).
        indices: Chosen experts (T, k).
        weights: Their weights (T, k); 0 for a token that an expert has dropped.
        up: (E, F, D).
        down: (E, D, F).

    Returns:
        The output (T, D), and what each chosen expert said, (T, k, D).
    """
    said = np.zeros((*indices.shape, x.shape[1]), x.dtype)
    for e in range(len(up)):
        token, choice = np.nonzero((indices == e) & (weights > 0))
        hidden = np.maximum(x[token] @ up[e].T, 0)  # (tokens of e, F)
        said[token, choice] = hidden @ down[e].T
    return (weights[..., None] * said).sum(axis=1), said
# --8<-- [end:forward]


# --8<-- [start:gradient]
def router_gradient(grad_out: np.ndarray, said: np.ndarray, indices: np.ndarray,
                    weights: np.ndarray, probs: np.ndarray,
                    normalize: bool = True) -> np.ndarray:
    """Gradient of the loss at the router's logits; the choice counts as constant.

    Args:
        grad_out: With respect to the layer's output, (T, D).
        said: Outputs of the chosen experts, (T, k, D).
        indices: (T, k).
        weights: (T, k).
        probs: (T, E).
        normalize: As in ``route``.

    Returns:
        (T, E).
    """
    grad_weights = (grad_out[:, None] * said).sum(axis=2)  # (T, k)
    mean = (weights * grad_weights).sum(axis=1, keepdims=True)
    grad = np.zeros_like(probs)
    if normalize:  # a softmax over the chosen logits; the others do not take part
        np.put_along_axis(grad, indices, weights * (grad_weights - mean), axis=1)
        return grad
    np.put_along_axis(grad, indices, weights * grad_weights, axis=1)
    return grad - probs * mean
# --8<-- [end:gradient]


# --8<-- [start:balance]
def load_balancing_loss(probs: np.ndarray, indices: np.ndarray) -> tuple:
    """E times the sum over experts of (share of the choices) x (mean probability).

    1 when the shares are equal, E when every token gives one expert all. The shares
    are counts and have no gradient; the probabilities carry it.

    Args:
        probs: (T, E).
        indices: (T, k).

    Returns:
        The loss, and its gradient with respect to the logits, (T, E).

    Raises:
        ValueError: If there is no token.
    """
    T, E = probs.shape
    if T == 0:
        raise ValueError(f"probs must have a token, got shape {probs.shape}")
    share = np.bincount(indices.ravel(), minlength=E) / indices.size  # (E,)
    loss = E * (share * probs.mean(axis=0)).sum()
    grad = E / T * probs * (share - (probs * share).sum(axis=1, keepdims=True))
    return float(loss), grad.astype(probs.dtype)


def update_bias(bias: np.ndarray, indices: np.ndarray,
                step: float = 0.001) -> np.ndarray:
    """The bias for the next batch: raised below the mean load, lowered above it."""
    load = np.bincount(indices.ravel(), minlength=len(bias))
    return bias + step * np.sign(load.mean() - load)
# --8<-- [end:balance]


# --8<-- [start:capacity]
def within_capacity(indices: np.ndarray, num_experts: int,
                    factor: float = 1.25) -> np.ndarray:
    """Which choices fit, (T, k), when an expert takes int(factor T k / E) of them.

    All first choices come before all second ones, and earlier tokens before later.
    """
    capacity = int(factor * indices.size / num_experts)
    order = indices.T.ravel()  # (k T,): all first choices, then second
    one_hot = order[:, None] == np.arange(num_experts)
    place = (one_hot.cumsum(axis=0) * one_hot).sum(axis=1)  # 1, 2, ... per expert
    return (place <= capacity).reshape(indices.shape[::-1]).T
# --8<-- [end:capacity]


# --8<-- [start:count]
def total_and_active(hidden: int, attention: int, num_layers: int,
                     expert_hidden: int, num_experts: int, top_k: int,
                     vocab_size: int, shared: int = 0, dense_layers: int = 0,
                     dense_hidden: int = 0) -> tuple[int, int]:
    """Weights in matrices, and those a token uses; gated experts, untied ends.

    Args:
        hidden: D.
        attention: Weights of one layer's attention.
        num_layers: All layers.
        expert_hidden: F of an expert, which has three (F, D) matrices.
        num_experts: Experts to route between, per layer.
        top_k: How many of them a token uses.
        vocab_size: Rows of the embedding and of the output matrix.
        shared: Experts that every token uses besides.
        dense_layers: Layers with one plain feed-forward network instead.
        dense_hidden: Its F.

    Returns:
        The total, and the active ones, of the embedding all that are stored.
    """
    expert = 3 * hidden * expert_hidden
    sparse = num_layers - dense_layers
    common = (2 * vocab_size * hidden + num_layers * attention
              + dense_layers * 3 * hidden * dense_hidden
              + sparse * (hidden * num_experts + shared * expert))
    return common + sparse * num_experts * expert, common + sparse * top_k * expert
# --8<-- [end:count]


def grouped(hidden: int, num_heads: int, num_groups: int, head_dim: int) -> int:
    """Weights of grouped-query attention: query, key, value and output."""
    return 2 * hidden * head_dim * (num_heads + num_groups)


def latent(hidden: int, num_heads: int) -> int:
    """Weights of latent attention as in DeepSeek-V3: ranks 1536 and 512, heads 128 + 64 and 128."""
    query = hidden * 1536 + 1536 * num_heads * (128 + 64)
    key_value = hidden * (512 + 64) + 512 * num_heads * (128 + 128)
    return query + key_value + num_heads * 128 * hidden


def _released() -> dict[str, tuple[tuple[int, ...], int, int]]:
    """Sizes for ``total_and_active``, and total and active as published, in billions."""
    return {
        "Mixtral 8x7B": ((4096, grouped(4096, 32, 8, 128), 32, 14336, 8, 2, 32000), 47, 13),
        "Qwen3-235B-A22B": ((4096, grouped(4096, 64, 4, 128), 94, 1536, 128, 8, 151936), 235, 22),
        "DeepSeek-V3": ((7168, latent(7168, 128), 61, 2048, 256, 8, 129280, 1, 3, 18432), 671, 37),
        "Kimi K2": ((7168, latent(7168, 64), 61, 2048, 384, 8, 163840, 1, 1, 18432), 1000, 32),
    }


if __name__ == "__main__":
    for name, (sizes, total, active) in _released().items():
        ours = total_and_active(*sizes)
        print(f"{name}: {ours[0] / 1e9:.1f} and {ours[1] / 1e9:.1f} billion (published {total}, {active}), "
              f"one in {ours[0] / ours[1]:.1f}; an expert {3 * sizes[0] * sizes[3] / 1e6:.1f} million")
    logits = np.log(np.array([[0.5, 0.3, 0.1, 0.1], [0.6, 0.1, 0.2, 0.1], [0.4, 0.3, 0.2, 0.1],
                              [0.1, 0.2, 0.3, 0.4]]))
    indices, weights, probs = route(logits, 2)
    print("chosen", indices.tolist(), "weights", weights.round(3).tolist())
    print("shares", np.bincount(indices.ravel(), minlength=4) / 8, "mean", probs.mean(axis=0))
    print("balancing loss", round(load_balancing_loss(probs, indices)[0], 4))
    print("fits at factor 1:", within_capacity(indices, 4, 1.0).tolist())
