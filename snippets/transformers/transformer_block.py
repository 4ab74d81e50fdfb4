"""A pre-norm transformer block, by the parameter names of torch.nn.TransformerEncoderLayer.

Vaswani et al., *Attention Is All You Need*, 2017, https://arxiv.org/abs/1706.03762; layer norm:
Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450; RMSNorm: Zhang and Sennrich 2019,
https://arxiv.org/abs/1910.07467.
"""

import math

import numpy as np


# --8<-- [start:norms]
def layer_norm(x: np.ndarray, weight: np.ndarray, bias: np.ndarray,
               eps: float = 1e-5) -> np.ndarray:
    """Subtracts each position's mean, divides by its standard deviation, rescales.

    Statistics of narrow types are taken in float32; the result is as wide as x and
    weight.

    Args:
        x: (..., D); statistics are taken over D, for each position by itself.
        weight: (D,).
        bias: (D,).
        eps: Added to the variance, which divides by D.

    Returns:
        (..., D).
    """
    wide = x.astype(np.promote_types(x.dtype, np.float32))  # 300**2 is no float16
    centered = wide - wide.mean(axis=-1, keepdims=True)
    variance = (centered**2).mean(axis=-1, keepdims=True)
    unit = (centered / np.sqrt(variance + eps)).astype(np.result_type(x, weight))
    return unit * weight + bias


def rms_norm(x: np.ndarray, weight: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """Divides each position by its root mean square: no mean, no bias.

    In float32 at least, like ``layer_norm``.

    Args:
        x: (..., D).
        weight: (D,).
        eps: Added to the mean square.

    Returns:
        (..., D).
    """
    wide = x.astype(np.promote_types(x.dtype, np.float32))
    unit = wide / np.sqrt((wide**2).mean(axis=-1, keepdims=True) + eps)
    return unit.astype(np.result_type(x, weight)) * weight
# --8<-- [end:norms]


# --8<-- [start:backward]
def layer_norm_backward(x: np.ndarray, weight: np.ndarray, grad: np.ndarray,
                        eps: float = 1e-5
                        ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of ``layer_norm``.

    Args:
        x: (..., D), float32 or float64.
        weight: (D,).
        grad: Gradient with respect to the output, (..., D).
        eps: As in the forward pass.

    Returns:
        grad_x (..., D), grad_weight (D,) and grad_bias (D,).
    """
    centered = x - x.mean(axis=-1, keepdims=True)
    scale = np.sqrt((centered**2).mean(axis=-1, keepdims=True) + eps)
    unit = centered / scale  # the output before weight and bias
    others = tuple(range(x.ndim - 1))
    g = grad * weight
    along_one = g.mean(axis=-1, keepdims=True)
    along_unit = (g * unit).mean(axis=-1, keepdims=True)
    grad_x = (g - along_one - unit * along_unit) / scale
    return grad_x, (grad * unit).sum(axis=others), grad.sum(axis=others)
# --8<-- [end:backward]


# --8<-- [start:block]
def self_attention(x: np.ndarray, num_heads: int, p: dict[str, np.ndarray],
                   mask: np.ndarray | None = None) -> np.ndarray:
    """The branch that moves information between positions, (N, T, D) -> (N, T, D).

    Args:
        x: (N, T, D).
        num_heads: Divides D.
        p: self_attn.in_proj_weight (3D, D), self_attn.in_proj_bias (3D,),
            self_attn.out_proj.weight (D, D) and self_attn.out_proj.bias (D,).
        mask: Boolean, (T, T) or (N, 1, T, T), True may be seen; each row needs one
            True.

    Returns:
        (N, T, D).

    Raises:
        ValueError: If ``num_heads`` does not divide D, or ``mask`` is not boolean
            or has three axes, which would be read as (heads, T, T).
    """
    n, t, d = x.shape
    if num_heads < 1 or d % num_heads:
        raise ValueError(f"num_heads must divide {d}, got {num_heads}")
    if mask is not None and (mask.dtype != bool or mask.ndim == 3):
        raise ValueError("mask must be boolean, (T, T) or (N, 1, T, T), "
                         f"got {mask.dtype} {mask.shape}")
    qkv = x @ p["self_attn.in_proj_weight"].T + p["self_attn.in_proj_bias"]
    heads = (n, t, num_heads, d // num_heads)
    q, k, v = (one.reshape(heads).transpose(0, 2, 1, 3)
               for one in np.split(qkv, 3, axis=-1))  # (N, heads, T, D / heads)
    scores = q @ k.swapaxes(-1, -2) / math.sqrt(d // num_heads)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    out = exps / exps.sum(axis=-1, keepdims=True) @ v
    out = out.transpose(0, 2, 1, 3).reshape(n, t, d)  # heads side by side
    return out @ p["self_attn.out_proj.weight"].T + p["self_attn.out_proj.bias"]


def mlp(x: np.ndarray, p: dict[str, np.ndarray]) -> np.ndarray:
    """The branch that works on each position alone: D -> 4D, ReLU, -> D.

    Args:
        x: (..., D).
        p: linear1.weight (H, D), linear1.bias (H,), linear2.weight (D, H) and
            linear2.bias (D,), usually with H = 4D.

    Returns:
        (..., D).
    """
    hidden = np.maximum(x @ p["linear1.weight"].T + p["linear1.bias"], 0)
    return hidden @ p["linear2.weight"].T + p["linear2.bias"]


def transformer_block(x: np.ndarray, num_heads: int, p: dict[str, np.ndarray],
                      mask: np.ndarray | None = None) -> np.ndarray:
    """Pre-norm: x plus attention of its norm, then plus the MLP of its norm.

    Args:
        x: (N, T, D).
        num_heads: Divides D.
        p: What ``self_attention`` and ``mlp`` need, and norm1.weight, norm1.bias,
            norm2.weight and norm2.bias, (D,) each.
        mask: As in ``self_attention``.

    Returns:
        (N, T, D).
    """
    normed = layer_norm(x, p["norm1.weight"], p["norm1.bias"])
    x = x + self_attention(normed, num_heads, p, mask)
    normed = layer_norm(x, p["norm2.weight"], p["norm2.bias"])
    return x + mlp(normed, p)
# --8<-- [end:block]


if __name__ == "__main__":
    x, one, zero = np.array([1.0, 2.0, 3.0, 6.0]), np.ones(4), np.zeros(4)
    print("layer norm", layer_norm(x, one, zero, 0.0).round(4), "of 10x + 7",
          layer_norm(10 * x + 7, one, zero, 0.0).round(4))
    print("RMS norm", rms_norm(x, one, 0.0).round(4), "of 10x + 7", rms_norm(10 * x + 7, one, 0.0).round(4))
    print("layer norm's gradient for (1, 0, 0, 0)",
          layer_norm_backward(x, one, np.array([1.0, 0.0, 0.0, 0.0]), 0.0)[0].round(4))
    for d, layers, vocabulary, length in ((768, 12, 50257, 1024),):
        block = 12 * d * d + 13 * d
        print(f"block {block:,}, {layers} blocks {layers * block:,}, GPT-2 small "
              f"{layers * block + (vocabulary + length) * d + 2 * d:,}")
    for d, t in ((768, 1024), (4096, 8192), (4096, 131072)):
        print(f"d {d}, T {t}: {24 * d * d + 4 * t * d:,} operations per token and block, "
              f"scores {t / (t + 6 * d):.3f} of them")
