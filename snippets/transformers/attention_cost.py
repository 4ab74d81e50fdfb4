"""What attention costs, a window, and linear attention.

Windows: Beltagy, Peters and Cohan 2020, https://arxiv.org/abs/2004.05150. Linear
attention: Katharopoulos et al. 2020, https://arxiv.org/abs/2006.16236.
"""

import numpy as np


# --8<-- [start:flops]
def layer_flops(tokens: int, dim: int, heads: int, kv_heads: int, head_dim: int,
                hidden: int, causal: bool = True, gated: bool = True) -> dict:
    """Floating-point operations of one layer's matrix products, forward.

    Two per multiply-add. Norms, softmax and activations are left out.

    Args:
        tokens: Sequence length T.
        dim: Width of the model D.
        heads: Query heads H.
        kv_heads: Key-value heads G.
        head_dim: Width of a head d.
        hidden: Hidden width F of the MLP.
        causal: Count T (T + 1) / 2 scores, as a causal kernel computes, not T^2.
        gated: Three matrices (D, F) as in SwiGLU, not two.

    Returns:
        Under ``projections`` queries, keys, values and output; under ``attention``
        scores and weighted sums; under ``mlp`` the MLP.
    """
    pairs = tokens * (tokens + 1) // 2 if causal else tokens**2
    return {
        "projections": 2 * tokens * dim * head_dim * (2 * heads + 2 * kv_heads),
        "attention": 2 * 2 * pairs * heads * head_dim,
        "mlp": 2 * tokens * dim * hidden * (3 if gated else 2),
    }
# --8<-- [end:flops]


# --8<-- [start:window]
def sliding_window_attention(q: np.ndarray, k: np.ndarray, v: np.ndarray,
                             window: int) -> np.ndarray:
    """Causal attention of each token to itself and the ``window`` - 1 before it.

    Args:
        q: Queries (..., T, d), the last T of the S tokens.
        k: Keys (..., S, d).
        v: Values (..., S, e).
        window: Tokens seen, at least 1. Work and memory grow with T * window.

    Returns:
        (..., T, e).

    Raises:
        ValueError: If ``window`` is less than 1, or T > S.
    """
    length, keys = q.shape[-2], k.shape[-2]
    if window < 1:
        raise ValueError(f"window must be at least 1, got {window}")
    if length > keys:
        raise ValueError(f"k has {keys} keys for {length} queries")
    back = np.arange(min(window, max(keys, 1)))  # a longer window sees no more
    steps = np.arange(keys - length, keys)[:, None] - back  # (T, window)
    seen = np.maximum(steps, 0)
    near, values = k[..., seen, :], v[..., seen, :]  # (..., T, window, d)
    scores = np.einsum("...td,...twd->...tw", q, near) * q.shape[-1] ** -0.5
    scores = np.where(steps < 0, -np.inf, scores)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)  # (..., T, window)
    return np.einsum("...tw,...twe->...te", weights, values)


def reach(layers: int, window: int) -> int:
    """Tokens, itself included, that can influence one output of a stack of windows.

    Args:
        layers: Number of layers with this window.
        window: Tokens that one layer sees, itself included.

    Returns:
        The length of the receptive field.

    >>> reach(2, 3)
    5
    """
    return layers * (window - 1) + 1
# --8<-- [end:window]


# --8<-- [start:linear]
def linear_attention(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Causal attention with weights phi(q) . phi(k), phi(x) = elu(x) + 1.

    Keeps a sum of outer products, (d, e), instead of all keys and values: a state
    that does not grow, and work that grows with T * d * e.

    Args:
        q: Queries (..., T, d).
        k: Keys (..., T, d).
        v: Values (..., T, e).

    Returns:
        (..., T, e): at t the mean of the values up to t with these weights; nan
        where all of them underflow, which takes entries of about -50 in float32.

    Raises:
        ValueError: If the numbers of queries, keys and values differ.
    """
    lengths = q.shape[-2], k.shape[-2], v.shape[-2]
    if len(set(lengths)) > 1:
        raise ValueError(f"q, k and v have {lengths} rows")
    q, k = (np.where(x > 0, x + 1, np.exp(np.minimum(x, 0))) for x in (q, k))
    kind = np.result_type(q, k, v)
    state = np.zeros((*k.shape[:-2], k.shape[-1], v.shape[-1]), kind)
    total = np.zeros(k.shape[:-2] + k.shape[-1:], kind)
    out = np.empty((*q.shape[:-1], v.shape[-1]), kind)
    for t in range(q.shape[-2]):
        state = state + k[..., t, :, None] * v[..., t, None, :]  # (..., d, e)
        total = total + k[..., t, :]  # (..., d)
        top = np.einsum("...d,...de->...e", q[..., t, :], state)
        out[..., t, :] = top / (q[..., t, :] * total).sum(axis=-1, keepdims=True)
    return out
# --8<-- [end:linear]


LLAMA_8B = {"dim": 4096, "heads": 32, "kv_heads": 8, "head_dim": 128, "hidden": 14336}
LLAMA_70B = {"dim": 8192, "heads": 64, "kv_heads": 8, "head_dim": 128, "hidden": 28672}


def _influence(layers: int, window: int, stay: float = 0.5) -> np.ndarray:
    """Influence by distance: uniform attention, and a residual path of weight ``stay``."""
    one = np.full(window, (1 - stay) / window)
    one[0] += stay
    size = reach(layers, window)
    return np.maximum(np.fft.irfft(np.fft.rfft(one, 2 * size) ** layers, 2 * size)[:size], 0)


def _recall(pairs: int, kind: str, rng: np.random.Generator, dim: int = 32) -> float:
    """Share of stored keys whose own value comes out nearest, of ``pairs`` random ones."""
    k, v = rng.standard_normal((2, pairs, dim))
    k *= np.sqrt(dim) / np.linalg.norm(k, axis=1, keepdims=True)
    if kind == "elu":
        phi = np.where(k > 0, k + 1, np.exp(np.minimum(k, 0)))
        weights = phi @ phi.T
    else:
        scores = k @ k.T / np.sqrt(dim)
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = k @ k.T / dim if kind == "product" else weights / weights.sum(axis=1, keepdims=True)
    out = weights @ v
    distance = ((out[:, None] - v) ** 2).sum(axis=-1)
    return float(np.mean(distance.argmin(axis=1) == np.arange(pairs)))


if __name__ == "__main__":
    for name, shape in (("8B", LLAMA_8B), ("70B", LLAMA_70B)):
        for tokens in (2_048, 8_192, 32_768, 131_072):
            cost = layer_flops(tokens, **shape)
            whole = sum(cost.values())
            share = 100 * cost["attention"] / whole
            print(f"{name}, {tokens:,} tokens: attention {share:.1f} % of {whole:.3g}")
        width = shape["heads"] * shape["head_dim"]
        weights = 3 * shape["dim"] * shape["hidden"]
        rest = shape["dim"] * shape["head_dim"] * 2 * (shape["heads"] + shape["kv_heads"])
        print(f"{name}: equals the MLP at {weights / width:,.0f}, "
              f"all weights at {(weights + rest) / width:,.0f}")
    print(f"scores of one layer, 32 heads, 8,192 tokens, 16 bits: {32 * 8192**2 * 2 / 1e9:.2f} GB")
    print(f"reach of 32 windows of 4,096: {reach(32, 4096):,}")
    share = np.cumsum(_influence(32, 4096))
    print("influence within", [f"{np.searchsorted(share, p):,}" for p in (0.5, 0.99, 0.999)])
    share = np.cumsum(_influence(32, 4096, 0.0))
    print("without residual", [f"{np.searchsorted(share, p):,}" for p in (0.5, 0.99, 0.999)])
    for pairs in (4, 16, 64, 256):
        for kind in ("softmax", "product", "elu"):
            right = np.mean([_recall(pairs, kind, np.random.default_rng(seed)) for seed in range(20)])
            print(f"{pairs} pairs, {kind}: {100 * right:.0f} %")
