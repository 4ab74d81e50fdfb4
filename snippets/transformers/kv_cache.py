"""Attention with a cache of keys and values, and what the cache costs.

Paging: Kwon et al. 2023, https://arxiv.org/abs/2309.06180. Why decoding waits for
memory: Shazeer 2019, https://arxiv.org/abs/1911.02150.
"""

import numpy as np


# --8<-- [start:attention]
def rotate(x: np.ndarray, start: int) -> np.ndarray:
    """Rotary encoding, halves paired: the first row stands at position ``start``.

    Pair i of row t turns by (start + t) * 10000**(-2i / d).

    Args:
        x: Queries or keys, (..., T, d), d even.
        start: Position of the first row, which is the length of the cache.

    Returns:
        The turned rows, (..., T, d).

    Raises:
        ValueError: If d is odd.
    """
    if x.shape[-1] % 2:
        raise ValueError(f"x needs an even last axis, got {x.shape}")
    half = x.shape[-1] // 2
    steps = start + np.arange(x.shape[-2], dtype=np.float64)
    angle = steps[:, None] * 10_000.0 ** (-np.arange(half) / half)  # (T, d / 2)
    kind = np.result_type(x, 1.0)  # float32 stays, whole numbers become float64
    cos, sin = np.cos(angle).astype(kind), np.sin(angle).astype(kind)
    a, b = x[..., :half], x[..., half:]
    return np.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)


def attention(x: np.ndarray, weight_qkv: np.ndarray, weight_out: np.ndarray,
              num_heads: int, cache: tuple | None = None) -> tuple:
    """Causal self-attention over what is cached and what is new.

    One function for a whole prompt (no cache), a piece of it, and a single token:
    row i of the new ones stands at position S + i, S the length of the cache, and
    sees the keys up to and including S + i.

    Args:
        x: New tokens, (N, T, D).
        weight_qkv: (3D, D); rows for queries, keys, values, each head by head.
        weight_out: (D, D).
        num_heads: H; d = D / H is even.
        cache: Keys, already rotated, and values, (N, H, S, d) each; None for S = 0.

    Returns:
        The output (N, T, D), and the cache with the new tokens, a pair of
        (N, H, S + T, d). The cache that came in is left as it is.

    Raises:
        ValueError: If D is not a multiple of 2 ``num_heads``.
    """
    batch, length, dim = x.shape
    if num_heads < 1 or dim % (2 * num_heads):
        raise ValueError(f"num_heads must divide {dim} / 2, got {num_heads}")
    width = dim // num_heads  # d
    qkv = (x @ weight_qkv.T).reshape(batch, length, 3, num_heads, width)
    q, k, v = qkv.transpose(2, 0, 3, 1, 4)  # (N, H, T, d) each
    past = 0 if cache is None else cache[0].shape[2]
    q, k = rotate(q, past), rotate(k, past)
    if cache is not None:
        k = np.concatenate([cache[0], k], axis=2)  # (N, H, S + T, d)
        v = np.concatenate([cache[1], v], axis=2)
    scores = q @ k.swapaxes(-1, -2) * width**-0.5  # (N, H, T, S + T)
    steps = np.arange(past + length)
    ahead = steps > steps[past:, None]  # (T, S + T)
    scores = np.where(ahead, -np.inf, scores)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    y = weights / weights.sum(axis=-1, keepdims=True) @ v  # (N, H, T, d)
    y = y.transpose(0, 2, 1, 3).reshape(batch, length, dim)
    return y @ weight_out.T, (k, v)
# --8<-- [end:attention]


# --8<-- [start:bytes]
def cache_bytes(layers: int, kv_heads: int, head_dim: int, tokens: int,
                batch: int = 1, bytes_per_number: float = 2) -> int:
    """Size of the cache: keys and values of every layer, head and token.

    Args:
        layers: Number of layers that keep these tokens.
        kv_heads: Key and value heads, not query heads.
        head_dim: Width of one head.
        tokens: Tokens per sequence, prompt and answer.
        batch: Number of sequences.
        bytes_per_number: 2 for 16 bits, 1 for 8, 0.5 for 4.

    Returns:
        Bytes.
    """
    return int(2 * layers * kv_heads * head_dim * tokens * batch * bytes_per_number)


def decode_intensity(parameters: int, cache_numbers: int, batch: int,
                     group: int = 1) -> float:
    """Operations per byte of one decoding step in 16 bits.

    Each parameter takes part in one multiply-add per sequence and is read once for
    the whole batch; each cached number is read once, for ``group`` multiply-adds.

    Args:
        parameters: Weights read in a step.
        cache_numbers: Cached numbers of one sequence.
        batch: Number of sequences, positive.
        group: Query heads per key-value head.

    Returns:
        Floating-point operations per byte, two to a multiply-add.

    Raises:
        ValueError: If ``batch`` is not positive.
    """
    if batch < 1:
        raise ValueError(f"batch must be positive, got {batch}")
    work = 2 * batch * (parameters + group * cache_numbers)
    return work / (2 * (parameters + batch * cache_numbers))
# --8<-- [end:bytes]


# --8<-- [start:pages]
def gather_pages(pages: np.ndarray, table: list, length: int) -> np.ndarray:
    """One sequence's cache, read through its page table.

    Args:
        pages: All pages of all sequences, (pages, size of a page, ..., d).
        table: This sequence's page numbers in order.
        length: Tokens in the sequence; the last page may be partly filled.

    Returns:
        (length, ..., d).

    Raises:
        ValueError: If the pages of ``table`` hold fewer than ``length`` tokens.
    """
    if len(table) * pages.shape[1] < length:
        raise ValueError(f"table has {len(table)} pages, not enough for {length}")
    index = np.asarray(table, dtype=np.int64)
    return pages[index].reshape(-1, *pages.shape[2:])[:length]
# --8<-- [end:pages]


MODELS = {  # layers, key-value heads, width of a head, longest context as released
    "LLaMA 7B": (32, 32, 128, 2_048),
    "Llama 3.1 8B": (32, 8, 128, 131_072),
    "Llama 3.1 70B": (80, 8, 128, 131_072),
    "Qwen3-8B": (36, 8, 128, 40_960),
}
READ_8B = 32 * (2 * 4096**2 + 2 * 4096 * 1024 + 3 * 4096 * 14336 + 2 * 4096) + 4096 + 128_256 * 4096

if __name__ == "__main__":
    for name, (layers, heads, width, context) in MODELS.items():
        print(f"{name}: {cache_bytes(layers, heads, width, 1):,} bytes a token, "
              f"{cache_bytes(layers, heads, width, context) / 1e9:.2f} GB for {context:,}")
    full, window = cache_bytes(18, 8, 64, 131_072), cache_bytes(18, 8, 64, 128)
    print(f"gpt-oss-120b: {full / 1e9:.2f} GB in 18 full layers, {window / 1e6:.1f} MB in 18 of 128 tokens")
    print(f"DeepSeek-V3: {61 * (512 + 64) * 2:,} bytes a token, {61 * 576 * 2 * 131_072 / 1e9:.2f} GB")
    print(f"Llama 3.1 8B reads {READ_8B:,} weights, {READ_8B * 2 / 3.35e12 * 1e3:.2f} ms at 3.35 TB/s")
    one = 2 * 32 * 8 * 128
    for tokens in (0, 1_024, 8_192, 131_072):
        row = [decode_intensity(READ_8B, one * tokens, batch, 4) for batch in (1, 16, 64, 256, 10**9)]
        print(f"{tokens:,} tokens:", " ".join(f"{value:.1f}" for value in row))
    limit = READ_8B / one / (989 / 3.35 - 4)
    print(f"corner {989 / 3.35:.0f}; reached, at any batch, only below {limit:.0f} tokens")
    print("token passes for 1,000 tokens without a cache:", sum(range(1, 1001)))
