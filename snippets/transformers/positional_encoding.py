"""Sinusoidal, ALiBi and rotary position encodings.

Sinusoidal: Vaswani et al. 2017, https://arxiv.org/abs/1706.03762. Rotary (RoPE): Su et
al. 2021, https://arxiv.org/abs/2104.09864. ALiBi: Press, Smith and Lewis 2021,
https://arxiv.org/abs/2108.12409.
"""

import numpy as np


# --8<-- [start:sinusoidal]
def sinusoidal(length: int, dim: int, base: float = 10_000.0) -> np.ndarray:
    """Table to add to the embeddings: sines in even columns, cosines in odd ones.

    Columns 2i and 2i+1 hold sin and cos of t / base**(2i / dim).

    Args:
        length: Number of positions T.
        dim: Width D of the embeddings, even.
        base: The slowest pair turns about this many times slower than the fastest.

    Returns:
        float64 of shape (T, D).

    Raises:
        ValueError: If ``dim`` is not even and positive, or ``length`` is negative.
    """
    if dim < 2 or dim % 2:
        raise ValueError(f"dim must be even and positive, got {dim}")
    if length < 0:
        raise ValueError(f"length must not be negative, got {length}")
    frequency = base ** (-np.arange(0, dim, 2, dtype=np.float64) / dim)  # (D / 2,)
    angle = np.arange(length, dtype=np.float64)[:, None] * frequency  # (T, D / 2)
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1).reshape(length, dim)
# --8<-- [end:sinusoidal]


# --8<-- [start:rope]
def apply_rope(x: np.ndarray, positions: np.ndarray, base: float = 10_000.0,
               interleaved: bool = False) -> np.ndarray:
    """Turn pairs of columns of queries or keys by position times a frequency.

    Pair i turns by t * base**(-2i / D). Which columns make pair i is a convention:
    (i, i + D/2) by default, (2i, 2i + 1) if ``interleaved``.

    Args:
        x: Queries or keys, (..., T, D), D the even width of one head.
        positions: Position t of each row, (T,), whole or not, from any start.
        base: Often called theta; 10,000 in the paper.
        interleaved: Pair neighbors instead of halves.

    Returns:
        Turned ``x``, same shape and floating point type; float64 for whole numbers.

    Raises:
        ValueError: If ``x`` has no T or its D is odd, or ``positions`` is not (T,).
    """
    x = np.asarray(x)
    if x.ndim < 2 or x.shape[-1] < 2 or x.shape[-1] % 2:
        raise ValueError(f"x must be (..., T, D) with even D, got {x.shape}")
    dim = x.shape[-1]
    if np.shape(positions) != (x.shape[-2],):
        raise ValueError(
            f"positions must be {(x.shape[-2],)}, got {np.shape(positions)}")
    frequency = base ** (-np.arange(0, dim, 2, dtype=np.float64) / dim)  # (D / 2,)
    # In float64: angles near 100,000 are 0.008 apart in float32.
    angle = np.asarray(positions, np.float64)[:, None] * frequency  # (T, D / 2)
    kind = np.result_type(x, 1.0)
    cos, sin = np.cos(angle).astype(kind), np.sin(angle).astype(kind)
    if interleaved:
        a, b = x[..., 0::2], x[..., 1::2]
        pairs = np.stack([a * cos - b * sin, a * sin + b * cos], axis=-1)
        return pairs.reshape(x.shape)  # (..., D / 2, 2) -> (..., D)
    a, b = x[..., : dim // 2], x[..., dim // 2 :]
    return np.concatenate([a * cos - b * sin, a * sin + b * cos], axis=-1)
# --8<-- [end:rope]


# --8<-- [start:alibi]
def alibi_slopes(num_heads: int) -> np.ndarray:
    """One slope per head, steep to flat.

    For a power of two n: 2**(-8 h / n) for h = 1 ... n. Otherwise the slopes of
    the next smaller power n, then the first, third, fifth ... of those of 2n.

    Args:
        num_heads: Number of heads, positive.

    Returns:
        float64 of shape (num_heads,).

    Raises:
        ValueError: If ``num_heads`` is not positive.
    """
    if num_heads < 1:
        raise ValueError(f"num_heads must be positive, got {num_heads}")
    power = 2 ** (int(num_heads).bit_length() - 1)  # the largest that fits
    own = 2.0 ** (-8 * np.arange(1, power + 1) / power)
    double = 2.0 ** (-8 * np.arange(1, 2 * power + 1) / (2 * power))
    return np.concatenate([own, double[0::2][: num_heads - power]])


def alibi_bias(num_heads: int, length: int) -> np.ndarray:
    """What to add to the scores before the softmax: minus slope times distance.

    Args:
        num_heads: Number of heads.
        length: Number of positions T.

    Returns:
        float64 of shape (num_heads, T, T), axes head, query, key; -inf where the
        key comes after the query.
    """
    step = np.arange(length, dtype=np.float64)
    ahead = step - step[:, None]  # (T, T), key minus query
    bias = alibi_slopes(num_heads)[:, None, None] * np.minimum(ahead, 0)
    return np.where(ahead > 0, -np.inf, bias)
# --8<-- [end:alibi]


if __name__ == "__main__":
    q, k = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    for i, j in ((2, 1), (7, 6), (3, 1)):
        turned = apply_rope(q, np.array([i])) @ apply_rope(k, np.array([j])).T
        print(f"query at {i}, key at {j}: {turned.item():.4f}, sine of {i - j}: {np.sin(i - j):.4f}")
    print("8 heads", alibi_slopes(8))
    print("12 heads", alibi_slopes(12).round(4))
    print("sinusoidal, 4 columns\n", sinusoidal(3, 4).round(4))
    for base, trained in ((10_000.0, 2_048), (500_000.0, 8_192), (1_000_000.0, 32_768)):
        wavelength = 2 * np.pi * base ** (np.arange(0, 128, 2) / 128)
        print(f"base {base:g}: longest wavelength {wavelength[-1]:,.0f}, "
              f"{np.sum(wavelength > trained)} of 64 pairs do not turn once in {trained:,}")
