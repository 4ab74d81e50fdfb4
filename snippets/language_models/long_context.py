"""Rotary frequencies for a longer context, attention sinks, and what a long context costs.

Position interpolation: Chen and others 2023, https://arxiv.org/abs/2306.15595. NTK-aware and
YaRN: Peng and others 2023, https://arxiv.org/abs/2309.00071. Attention sinks: Xiao and others
2023, https://arxiv.org/abs/2309.17453.
"""

import numpy as np


# --8<-- [start:scale]
def rope_frequencies(dim: int, base: float = 10_000.0) -> np.ndarray:
    """Radians per token of pairs m = 0, 1, ... of columns: base ** (-2 m / dim).

    Args:
        dim: Width of a head, even.
        base: Often called rope_theta.

    Returns:
        float64 of shape (dim / 2,), fastest first.

    Raises:
        ValueError: If ``dim`` is not even and at least 2.
    """
    if dim < 2 or dim % 2:
        raise ValueError(f"dim must be even and at least 2, got {dim}")
    return float(base) ** (-np.arange(0, dim, 2, dtype=np.float64) / dim)


def position_interpolation(dim: int, base: float, factor: float) -> np.ndarray:
    """Every pair slowed by ``factor``, as if positions were divided by it.

    Args:
        dim: Width of a head, even.
        base: As trained.
        factor: New length over trained length, at least 1.

    Returns:
        float64 of shape (dim / 2,).
    """
    check_factor(factor)
    return rope_frequencies(dim, base) / factor


def ntk_frequencies(dim: int, base: float, factor: float) -> np.ndarray:
    """A larger base, chosen so that the slowest pair is slowed by ``factor``.

    The first pair always turns by 1. From (b' / b) ** ((dim - 2) / dim) = factor
    follows b' = b * factor ** (dim / (dim - 2)).

    Args:
        dim: Width of a head, even, at least 4.
        base: As trained.
        factor: New length over trained length, at least 1.

    Returns:
        float64 of shape (dim / 2,).

    Raises:
        ValueError: If ``dim`` is less than 4, which leaves no pair to slow.
    """
    if dim < 4:
        raise ValueError(f"dim must be at least 4, got {dim}")
    check_factor(factor)
    return rope_frequencies(dim, base * factor ** (dim / (dim - 2)))
# --8<-- [end:scale]


def check_factor(factor: float) -> None:
    """Raise a ValueError unless ``factor`` is at least 1.

    Args:
        factor: New length over trained length.
    """
    if not factor >= 1:
        raise ValueError(f"factor must be at least 1, got {factor}")


# --8<-- [start:yarn]
def yarn_frequencies(dim: int, base: float, factor: float, original_length: int,
                     beta_fast: float = 32, beta_slow: float = 1) -> tuple:
    """Fast pairs unchanged, slow ones interpolated, a ramp in between.

    Pair m makes original_length * base ** (-2 m / dim) / (2 pi) turns in the
    trained length; ``turns`` turns are made by pair
    m = dim * ln(original_length / (2 pi turns)) / (2 ln base). The ramp rises
    linearly in m, from 0 at the floor of m(beta_fast), not below 0, to 1 at the
    ceiling of m(beta_slow), not above dim - 1, as in the authors' code. Should the
    two bounds be equal, the upper one is raised by 0.001.

    Args:
        dim: Width of a head, even.
        base: As trained, greater than 1.
        factor: New length over trained length, at least 1.
        original_length: Trained length in tokens.
        beta_fast: Pairs with at least about this many turns stay.
        beta_slow: Pairs with at most about this many are interpolated in full.

    Returns:
        Frequencies, (dim / 2,), and 1 + 0.1 ln(factor), by which queries and keys
        are both multiplied.
    """
    check_factor(factor)
    plain = rope_frequencies(dim, base)
    pair = dim * np.log(original_length / (2 * np.pi * np.array(
        [beta_fast, beta_slow], np.float64))) / (2 * np.log(base))
    low, high = max(np.floor(pair[0]), 0), min(np.ceil(pair[1]), dim - 1)
    if low == high:
        high += 0.001
    ramp = np.clip((np.arange(dim // 2) - low) / (high - low), 0, 1)
    mixed = plain * (1 - ramp) + plain / factor * ramp
    return mixed, 1 + 0.1 * float(np.log(factor))
# --8<-- [end:yarn]


# --8<-- [start:unseen]
def unseen_pairs(trained: np.ndarray, used: np.ndarray, original_length: int,
                 length: int) -> int:
    """Number of pairs whose largest angle lies outside what training showed.

    A pair that made a full turn within ``original_length`` has seen every angle.
    Any other has seen angles up to its frequency times ``original_length``.

    Args:
        trained: Frequencies in training, (dim / 2,).
        used: Frequencies in use, (dim / 2,).
        original_length: Trained length in tokens.
        length: Length in use.

    Returns:
        How many pairs go beyond.
    """
    seen = trained * original_length
    beyond = used * length > seen * (1 + 1e-9)  # equal up to rounding is inside
    return int(np.sum(beyond & (seen < 2 * np.pi)))
# --8<-- [end:unseen]


# --8<-- [start:sinks]
def sink_window_mask(length: int, window: int, sinks: int = 4) -> np.ndarray:
    """True where query i may look: the first ``sinks``, the last ``window`` keys.

    Causal: never beyond i. The window includes the query's own position.

    Args:
        length: T.
        window: Recent keys, at least 1.
        sinks: Keys at the very beginning that are never dropped.

    Returns:
        bool of shape (T, T), queries in rows.

    Raises:
        ValueError: If ``window`` is less than 1 or ``sinks`` is negative.
    """
    if window < 1 or sinks < 0:
        raise ValueError(
            f"window must be at least 1, sinks at least 0, got {window}, {sinks}")
    query, key = np.arange(length)[:, None], np.arange(length)[None]
    return (key <= query) & ((query - key < window) | (key < sinks))
# --8<-- [end:sinks]


# --8<-- [start:cost]
def mixed_cache_bytes(tokens: int, full_layers: int, window_layers: int,
                      window: int, kv_heads: int, head_dim: int,
                      bytes_per_number: int = 2) -> int:
    """Keys and values of one sequence where some layers keep a window only.

    Args:
        tokens: Length so far.
        full_layers: Layers that keep everything.
        window_layers: Layers that keep the last ``window`` tokens.
        window: Their window.
        kv_heads: Key-value heads of a layer.
        head_dim: Width of a head.
        bytes_per_number: 2 in 16 bits.

    Returns:
        Bytes.
    """
    kept = full_layers * tokens + window_layers * min(window, tokens)
    return 2 * kept * kv_heads * head_dim * bytes_per_number
# --8<-- [end:cost]


if __name__ == "__main__":
    dim, base, original, factor = 128, 10_000.0, 4096, 32.0
    plain = rope_frequencies(dim, base)
    ways = {"unchanged": plain, "interpolation": position_interpolation(dim, base, factor),
            "NTK": ntk_frequencies(dim, base, factor),
            "YaRN": yarn_frequencies(dim, base, factor, original)[0]}
    print("wavelengths", [round(float(2 * np.pi / plain[m]), 1) for m in (0, 16, 32, 48, 63)])
    print("turns in 4096", [round(float(original * plain[m] / (2 * np.pi)), 2) for m in (0, 16, 32, 48, 63)])
    for name, used in ways.items():
        print(f"{name}: slowed by", [round(float(plain[m] / used[m]), 2) for m in (0, 16, 32, 40, 48, 63)],
              "unseen", unseen_pairs(plain, used, original, 32 * original))
    print("base", round(base * factor ** (dim / (dim - 2))))
    print("no full turn", int(np.sum(original * plain < 2 * np.pi)))
    index = [dim * np.log(original / (2 * np.pi * b)) / (2 * np.log(base)) for b in (32, 1)]
    print("ramp between pairs", [round(float(one), 2) for one in index])
    turns = original * plain / (2 * np.pi)
    paper = np.clip((turns - 1) / 31, 0, 1)
    paper = plain * paper + plain / factor * (1 - paper)
    apart = np.abs(np.log(paper / ways["YaRN"]))
    print(f"ramp in turns instead of pairs: pair {apart.argmax()}, ratio {np.exp(apart.max()):.2f}")
    scale = yarn_frequencies(dim, base, factor, original)[1]
    print(f"scale {scale:.4f}, logits {scale**2:.3f}")
    for windowed in (0, 40):
        size = mixed_cache_bytes(131_072, 48 - windowed, windowed, 1024, 8, 256)
        print(f"{windowed} of 48 layers with a window: {size / 1e9:.2f} GB")
    for tokens in (8_192, 57_220, 131_072):
        weights, scores = 2 * 7.5e9 * tokens, 2 * 32 * 4096 * tokens**2
        print(f"prefill {tokens}: {weights:.2e} + {scores:.2e}, at peak {(weights + scores) / 989e12:.2f} s")
