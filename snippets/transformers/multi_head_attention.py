"""Multi-head self-attention in the layout of torch.nn.MultiheadAttention, with its gradients.

Vaswani et al., *Attention Is All You Need*, 2017, https://arxiv.org/abs/1706.03762, section 3.2.2.
"""

import math

import numpy as np


# --8<-- [start:heads]
def split_heads(x: np.ndarray, num_heads: int) -> np.ndarray:
    """Cuts the channels into heads: (N, T, D) -> (N, heads, T, D / heads).

    Args:
        x: (N, T, D); head h owns the channels from h * D / heads on.
        num_heads: Divides D.

    Returns:
        (N, heads, T, D / heads).

    Raises:
        ValueError: If ``num_heads`` does not divide D.
    """
    n, t, d = x.shape
    if num_heads < 1 or d % num_heads:
        raise ValueError(f"num_heads must divide {d}, got {num_heads}")
    x = x.reshape(n, t, num_heads, d // num_heads)  # cuts the last axis only
    return x.transpose(0, 2, 1, 3)  # (N, T, heads, d) -> (N, heads, T, d)


def merge_heads(x: np.ndarray) -> np.ndarray:
    """Undoes ``split_heads``: (N, heads, T, d) -> (N, T, heads * d)."""
    n, heads, t, d = x.shape
    return x.transpose(0, 2, 1, 3).reshape(n, t, heads * d)
# --8<-- [end:heads]


# --8<-- [start:forward]
def multi_head_attention(
        x: np.ndarray, num_heads: int, in_proj_weight: np.ndarray,
        in_proj_bias: np.ndarray, out_proj_weight: np.ndarray,
        out_proj_bias: np.ndarray,
        mask: np.ndarray | None = None) -> tuple[np.ndarray, tuple]:
    """Self-attention with several heads.

    q, k, v are the three thirds of x @ in_proj_weight.T + in_proj_bias, each cut
    into heads. In each head softmax(q k^T / sqrt(D / heads)) v; then the heads
    side by side, times out_proj_weight.T, plus out_proj_bias.

    Args:
        x: (N, T, D).
        num_heads: Divides D.
        in_proj_weight: (3D, D), for queries, keys and values in this order.
        in_proj_bias: (3D,).
        out_proj_weight: (D, D).
        out_proj_bias: (D,).
        mask: Boolean, (T, T), or four axes that broadcast to (N, heads, T, T);
            True may be seen. Each row needs one True.

    Returns:
        Output (N, T, D), and (q, k, v, probs) for the way back: the first three
        (N, heads, T, D / heads), probs (N, heads, T, T).

    Raises:
        ValueError: If ``in_proj_weight`` is not (3D, D), D has no such heads, or
            ``mask`` is not boolean or has three axes.
    """
    d = x.shape[-1]
    if mask is not None and (mask.dtype != bool or mask.ndim == 3):
        # (N, T, T) would broadcast as (heads, T, T): no error when N = heads
        raise ValueError("mask must be boolean, (T, T) or (N, 1, T, T), "
                         f"got {mask.dtype} {mask.shape}")
    if in_proj_weight.shape != (3 * d, d):
        raise ValueError(
            f"in_proj_weight must be {(3 * d, d)}, got {in_proj_weight.shape}")
    qkv = x @ in_proj_weight.T + in_proj_bias  # (N, T, 3D)
    q, k, v = (split_heads(one, num_heads) for one in np.split(qkv, 3, axis=-1))
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(d // num_heads)  # (N, heads, T, T)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    probs = exps / exps.sum(axis=-1, keepdims=True)
    out = merge_heads(probs @ v) @ out_proj_weight.T + out_proj_bias  # (N, T, D)
    return out, (q, k, v, probs)
# --8<-- [end:forward]


# --8<-- [start:backward]
def multi_head_attention_backward(
        x: np.ndarray, saved: tuple, in_proj_weight: np.ndarray,
        out_proj_weight: np.ndarray, grad: np.ndarray) -> dict[str, np.ndarray]:
    """Gradients of ``multi_head_attention``.

    Args:
        x: (N, T, D).
        saved: (q, k, v, probs) from the forward pass.
        in_proj_weight: (3D, D).
        out_proj_weight: (D, D).
        grad: Gradient with respect to the output, (N, T, D).

    Returns:
        Gradients named x, in_proj_weight, in_proj_bias, out_proj_weight and
        out_proj_bias, shaped like what they belong to.
    """
    q, k, v, probs = saved
    merged = merge_heads(probs @ v)  # (N, T, D)
    grad_heads = split_heads(grad @ out_proj_weight, q.shape[1])  # (N, heads, T, d)
    grad_v = probs.swapaxes(-1, -2) @ grad_heads
    grad_probs = grad_heads @ v.swapaxes(-1, -2)  # (N, heads, T, T)
    mean = (probs * grad_probs).sum(axis=-1, keepdims=True)
    grad_scores = probs * (grad_probs - mean) / math.sqrt(q.shape[-1])
    grad_q, grad_k = grad_scores @ k, grad_scores.swapaxes(-1, -2) @ q
    grad_qkv = np.concatenate(  # (N, T, 3D)
        [merge_heads(one) for one in (grad_q, grad_k, grad_v)], axis=-1)
    return {"x": grad_qkv @ in_proj_weight,
            "in_proj_weight": np.einsum("nti,ntj->ij", grad_qkv, x),
            "in_proj_bias": grad_qkv.sum(axis=(0, 1)),
            "out_proj_weight": np.einsum("nti,ntj->ij", grad, merged),
            "out_proj_bias": grad.sum(axis=(0, 1))}
# --8<-- [end:backward]


if __name__ == "__main__":
    x = np.arange(8.0).reshape(1, 2, 4)
    print("x", x.tolist(), "\nheads", split_heads(x, 2).tolist())
    print("reshape without the transpose", x.reshape(1, 2, 2, 2).tolist())
    d = 768
    print("parameters at 768:", 4 * d * d, "+", 4 * d, "=", 4 * d * d + 4 * d)
    identity = np.concatenate([np.eye(4)] * 3)
    x = np.array([[[2.0, 0.0, 0.0, 2.0], [2.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 2.0]]])
    for heads in (1, 2):
        out, (_, _, _, probs) = multi_head_attention(
            x, heads, identity, np.zeros(12), np.eye(4), np.zeros(4))
        print(heads, "heads: weights of the first position", probs[0, :, 0].round(4).tolist(),
              "output", out[0, 0].round(4).tolist())
