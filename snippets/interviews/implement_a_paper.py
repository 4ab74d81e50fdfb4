"""The results table of a take-home: paired differences over seeds, and an exact test.

The test is the randomization test of paired differences, which flips their signs.
"""

import math

import numpy as np


# --8<-- [start:paired]
def paired_difference(
    ours: np.ndarray, baseline: np.ndarray
) -> tuple[float, float]:
    """Mean of ours minus baseline, seed by seed, and the standard error of it.

    Pairing removes what both share with a seed: the split, the order, the luck.

    Args:
        ours: (N,) one result per seed, N >= 2.
        baseline: (N,) the results of the same seeds, in the same order.

    Returns:
        The mean difference, and its standard error: the standard deviation of the
        differences (with N - 1) divided by sqrt(N).

    Raises:
        ValueError: If the shapes differ or are not (N,) with N >= 2.

    >>> paired_difference(np.array([90.0, 94.0]), np.array([88.0, 88.0]))
    (4.0, 2.0)
    """
    ours, baseline = np.asarray(ours, float), np.asarray(baseline, float)
    if ours.ndim != 1 or ours.shape != baseline.shape or len(ours) < 2:
        raise ValueError("ours and baseline must both be (N,) with N >= 2, "
                         f"got {ours.shape} and {baseline.shape}")
    difference = ours - baseline
    error = difference.std(ddof=1) / math.sqrt(len(difference))
    return float(difference.mean()), float(error)


def sign_flip_p(difference: np.ndarray) -> float:
    """Exact two-sided p-value of paired differences: all 2^N choices of signs.

    If the two methods were equally good, each difference could as well have had the
    other sign. The p-value is the share of sign choices whose mean is at least as
    far from 0 as the one that was seen.

    Args:
        difference: (N,) paired differences, 1 <= N <= 20.

    Returns:
        At least 2 / 2^N unless all are 0, because all signs flipped is as far away.

    Raises:
        ValueError: If the shape is not (N,) with 1 <= N <= 20 or an entry is not
            finite.

    >>> sign_flip_p(np.array([1.0, 2.0, 3.0]))
    0.25
    """
    difference = np.asarray(difference, float)
    if difference.ndim != 1 or not 1 <= len(difference) <= 20:
        raise ValueError("difference must be (N,) with 1 <= N <= 20, "
                         f"got {difference.shape}")
    if not np.all(np.isfinite(difference)):  # a diverged run: nan would give p = 0
        raise ValueError(f"difference must be finite, got {difference}")
    sums = np.zeros(1)
    for size in np.abs(difference):  # (2^k,) sums -> (2^(k + 1),)
        sums = np.concatenate([sums + size, sums - size])
    seen = abs(difference.sum())
    return float(np.mean(np.abs(sums) >= seen - 1e-9 * np.abs(difference).sum()))
# --8<-- [end:paired]


if __name__ == "__main__":
    for seeds in (3, 4, 5, 6, 8):
        print(f"{seeds} seeds: smallest possible p {sign_flip_p(np.ones(seeds)):.4f}")
    baseline = np.array([88.0, 91.0, 94.0, 90.0, 96.0, 93.0])
    ours = baseline + np.array([1.0, 0.5, 1.5, 1.0, 0.5, 1.5])
    mean, error = paired_difference(ours, baseline)
    print(f"paired: {mean:.2f} +- {error:.2f}, p {sign_flip_p(ours - baseline):.4f}")
    apart = math.sqrt((ours.var(ddof=1) + baseline.var(ddof=1)) / 6)
    print(f"not paired: {mean:.2f} +- {apart:.2f}; "
          f"baseline {baseline.mean():.1f} +- {baseline.std(ddof=1):.1f}")
