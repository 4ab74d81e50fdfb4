"""Exact attention in tiles, forward and backward, without the matrix of scores.

Dao et al. 2022, https://arxiv.org/abs/2205.14135; the order of the loops is that of
FlashAttention-2, Dao 2023, https://arxiv.org/abs/2307.08691.
"""

import numpy as np


# --8<-- [start:forward]
def _check(length: int, keys: int, causal: bool, block_q: int, block_k: int):
    if block_q < 1 or block_k < 1:
        raise ValueError(f"blocks must be positive, got {block_q} and {block_k}")
    if keys < 1 or (causal and length > keys):
        raise ValueError(f"k has {keys} keys for {length} queries, causal={causal}")


def flash_attention(q: np.ndarray, k: np.ndarray, v: np.ndarray,
                    causal: bool = False, block_q: int = 64,
                    block_k: int = 64) -> tuple:
    """softmax(q k^T / sqrt(d)) v, tile by tile.

    Of all scores only one tile, (block_q, block_k), exists at a time.

    Args:
        q: Queries (..., T, d).
        k: Keys (..., S, d).
        v: Values (..., S, e).
        causal: Query i sees keys 0 to S - T + i only; needs T <= S.
        block_q: Rows of a tile.
        block_k: Columns of a tile.

    Returns:
        The output (..., T, e), and for each query the logarithm of the sum of its
        exponentials, (..., T), which is all that the backward pass needs besides.

    Raises:
        ValueError: If a block is smaller than 1, there is no key, or ``causal`` and
            T > S.
    """
    length, keys = q.shape[-2], k.shape[-2]
    _check(length, keys, causal, block_q, block_k)
    past = keys - length  # keys before the first query, as with a cache
    scale = q.shape[-1] ** -0.5
    kind = np.result_type(q, k, v, 1.0)  # a floating point type
    out = np.empty((*q.shape[:-1], v.shape[-1]), kind)
    lse = np.empty(q.shape[:-1], kind)
    for i in range(0, length, block_q):
        tile_q = q[..., i : i + block_q, :] * scale  # (..., block_q, d)
        peak = np.full((*tile_q.shape[:-1], 1), -np.inf, kind)
        total = np.zeros_like(peak)
        acc = np.zeros((*tile_q.shape[:-1], v.shape[-1]), kind)
        end = min(past + i + block_q, keys) if causal else keys  # beyond: masked
        for j in range(0, end, block_k):
            scores = tile_q @ k[..., j : j + block_k, :].swapaxes(-1, -2)
            if causal:
                rows = past + i + np.arange(scores.shape[-2])[:, None]
                ahead = j + np.arange(scores.shape[-1]) > rows
                scores = np.where(ahead, -np.inf, scores)
            new = np.maximum(peak, scores.max(axis=-1, keepdims=True))
            weights = np.exp(scores - new)
            shrink = np.exp(peak - new)  # the sums so far had another maximum
            total = total * shrink + weights.sum(axis=-1, keepdims=True)
            acc = acc * shrink + weights @ v[..., j : j + block_k, :]
            peak = new
        out[..., i : i + block_q, :] = acc / total
        lse[..., i : i + block_q] = (peak + np.log(total))[..., 0]
    return out, lse
# --8<-- [end:forward]


# --8<-- [start:backward]
def flash_attention_backward(q: np.ndarray, k: np.ndarray, v: np.ndarray,
                             out: np.ndarray, lse: np.ndarray, grad_out: np.ndarray,
                             causal: bool = False, block_q: int = 64,
                             block_k: int = 64) -> tuple:
    """Gradients for ``flash_attention``, with every tile of weights computed again.

    Args:
        q: Queries (..., T, d).
        k: Keys (..., S, d).
        v: Values (..., S, e).
        out: Output of the forward pass (..., T, e).
        lse: Its second result (..., T).
        grad_out: Gradient of the loss at ``out`` (..., T, e).
        causal: As in the forward pass.
        block_q: Rows of a tile; need not be those of the forward pass.
        block_k: Columns of a tile.

    Returns:
        Gradients at q, k and v.

    Raises:
        ValueError: As in the forward pass.
    """
    length, keys = q.shape[-2], k.shape[-2]
    _check(length, keys, causal, block_q, block_k)
    past, scale = keys - length, q.shape[-1] ** -0.5
    grad_q, grad_k, grad_v = (np.zeros(x.shape, out.dtype) for x in (q, k, v))
    mean = (grad_out * out).sum(axis=-1, keepdims=True)  # (..., T, 1)
    for j in range(0, keys, block_k):
        tile_k, tile_v = k[..., j : j + block_k, :], v[..., j : j + block_k, :]
        first = max(j - past, 0) // block_q * block_q if causal else 0
        for i in range(first, length, block_q):  # before, all is masked
            rows = slice(i, i + block_q)
            tile_q, tile_grad = q[..., rows, :], grad_out[..., rows, :]
            scores = tile_q @ tile_k.swapaxes(-1, -2) * scale
            if causal:
                query = past + i + np.arange(scores.shape[-2])[:, None]
                ahead = j + np.arange(scores.shape[-1]) > query
                scores = np.where(ahead, -np.inf, scores)
            weights = np.exp(scores - lse[..., rows, None])  # a tile again
            grad_weights = tile_grad @ tile_v.swapaxes(-1, -2)
            grad_scores = weights * (grad_weights - mean[..., rows, :]) * scale
            grad_v[..., j : j + block_k, :] += weights.swapaxes(-1, -2) @ tile_grad
            grad_k[..., j : j + block_k, :] += grad_scores.swapaxes(-1, -2) @ tile_q
            grad_q[..., rows, :] += grad_scores @ tile_k
    return grad_q, grad_k, grad_v
# --8<-- [end:backward]


# --8<-- [start:combine]
def combine(out_a: np.ndarray, lse_a: np.ndarray, out_b: np.ndarray,
            lse_b: np.ndarray) -> tuple:
    """One attention over two sets of keys from the attention over each.

    A set without keys has output 0 and logarithm -inf; not both may be so.

    Args:
        out_a: Output over the first set (..., T, e).
        lse_a: Its logarithm of the sum of exponentials (..., T).
        out_b: Output over the second set.
        lse_b: Its logarithm.

    Returns:
        Output and logarithm over both sets.
    """
    lse = np.logaddexp(lse_a, lse_b)
    part_a, part_b = (np.exp(one - lse)[..., None] for one in (lse_a, lse_b))
    return part_a * out_a + part_b * out_b, lse
# --8<-- [end:combine]


# --8<-- [start:traffic]
def traffic(length: int, dim: int, block_q: int | None = None) -> int:
    """Numbers moved between large and small memory, one head, forward, not causal.

    Args:
        length: Queries and keys T.
        dim: Width d of queries, keys and values.
        block_q: Rows of a tile; None for three steps that write scores and weights.

    Returns:
        Numbers read plus numbers written, T d each for q, k, v and the output.

    Raises:
        ValueError: If ``block_q`` is less than 1.
    """
    if block_q is not None and block_q < 1:
        raise ValueError(f"block_q must be positive, got {block_q}")
    if block_q is None:  # q, k -> S; S -> P; P, v -> out
        return 4 * length * dim + 4 * length**2
    passes = -(-length // block_q)  # k and v are read once per block of queries
    return 2 * length * dim + length + 2 * length * dim * passes
# --8<-- [end:traffic]


if __name__ == "__main__":
    scores, values = np.array([1.0, 3.0, 2.0, 5.0]), np.array([10.0, 20.0, 30.0, 40.0])
    peak, total, acc = -np.inf, 0.0, 0.0
    for tile in (slice(0, 2), slice(2, 4)):
        new = max(peak, scores[tile].max())
        weights, shrink = np.exp(scores[tile] - new), np.exp(peak - new)
        total, acc, peak = total * shrink + weights.sum(), acc * shrink + weights @ values[tile], new
        print(f"maximum {peak:.0f}, shrink {shrink:.4f}, total {total:.4f}, "
              f"sum {acc:.4f}, output {acc / total:.4f}")
    for length, dim in ((1_024, 64), (8_192, 64), (8_192, 128)):
        naive = traffic(length, dim)
        row = ", ".join(f"{b}: {traffic(length, dim, b) / 1e6:.1f}" for b in (32, 64, 128, 256))
        print(f"T {length:,}, d {dim}: naive {naive / 1e6:.1f} million numbers; tiles of {row}")
