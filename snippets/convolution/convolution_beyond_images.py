"""Convolution along one axis, and a check whether the axis deserves it.

Causal convolutions with growing dilation: van den Oord and colleagues 2016,
https://arxiv.org/abs/1609.03499.
"""

import numpy as np


# --8<-- [start:conv]
def encode(sequence: str, alphabet: str = "ACGT") -> np.ndarray:
    """One-hot code, one channel per letter of the alphabet.

    Args:
        sequence: T letters.
        alphabet: C different letters.

    Returns:
        Shape (C, T), a 1 where the letter stands and 0 elsewhere.

    Raises:
        ValueError: If ``sequence`` has a letter outside the alphabet.

    >>> encode("GA").astype(np.int32).tolist()
    [[0, 1], [0, 0], [1, 0], [0, 0]]
    """
    unknown = sorted(set(sequence) - set(alphabet))
    if unknown:
        raise ValueError(f"sequence has {unknown}, not in {alphabet!r}")
    rows = [[float(letter == known) for letter in sequence] for known in alphabet]
    return np.array(rows).reshape(len(alphabet), len(sequence))


def conv1d(x: np.ndarray, weight: np.ndarray, dilation: int = 1) -> np.ndarray:
    """Causal convolution: output t reads x at t, t - dilation, t - 2 dilation, ...

    The last weight belongs to time t. Before the start there are zeros.

    Args:
        x: Shape (C, T).
        weight: Shape (C_out, C, K).
        dilation: Distance between two times that are read, >= 1.

    Returns:
        Shape (C_out, T).

    Raises:
        ValueError: If ``dilation`` is below 1.
    """
    if dilation < 1:
        raise ValueError(f"dilation must be >= 1, got {dilation}")
    kernel, steps = weight.shape[2], x.shape[1]
    padded = np.pad(x, [(0, 0), ((kernel - 1) * dilation, 0)])
    out = np.zeros((weight.shape[0], steps))
    for k in range(kernel):
        start = k * dilation
        out += weight[:, :, k] @ padded[:, start:start + steps]  # (C_out, T)
    return out


def receptive_field(kernel: int, dilations: list[int]) -> int:
    """How many times one output of stacked causal convolutions depends on.

    Args:
        kernel: Number of weights along time, the same in all layers.
        dilations: One per layer.

    >>> receptive_field(2, [1, 2, 4, 8])
    16
    """
    return 1 + (kernel - 1) * sum(dilations)
# --8<-- [end:conv]


# --8<-- [start:locality]
def correlation_by_distance(x: np.ndarray, distances: list[int]) -> np.ndarray:
    """Mean absolute correlation between entries so far apart along the last axis.

    A correlation is taken over the examples. Entries that do not vary by more than
    rounding (1e-12 of their size) are left out.

    Args:
        x: Shape (N, R, T): N examples of R rows, each ordered along T.
        distances: Each from 1 to T - 1.

    Returns:
        One number per distance, the mean over all rows and all pairs (t, t + d).

    Raises:
        ValueError: If one of ``distances`` is out of that range.
    """
    if min(distances) < 1 or max(distances) >= x.shape[2]:
        raise ValueError(f"distances must be 1 to {x.shape[2] - 1}, "
                         f"got {distances}")
    centered = x - x.mean(axis=0)
    norm = np.sqrt(np.sum(centered**2, axis=0))  # (R, T)
    # The mean of thirty numbers 0.1 is not exactly 0.1.
    rounding = 1e-12 * np.sqrt(np.sum(x**2, axis=0))
    norm[norm <= rounding] = 0
    means = []
    for d in distances:
        products = np.sum(centered[:, :, d:] * centered[:, :, :-d], axis=0)
        size = norm[:, d:] * norm[:, :-d]  # (R, T - d)
        varies = size > 0
        means.append(np.mean(np.abs(products[varies] / size[varies])))
    return np.array(means)
# --8<-- [end:locality]


if __name__ == "__main__":
    motif = encode("TATA")[None]  # (1, 4, 4)
    for sequence in ("GCTATAAGC", "TATAGCAGC"):
        score = conv1d(encode(sequence), motif)[0]
        print(sequence, score, "fires:", np.maximum(score - 3, 0))
    print(receptive_field(2, [2**i for i in range(10)]), receptive_field(2, [1] * 10))
