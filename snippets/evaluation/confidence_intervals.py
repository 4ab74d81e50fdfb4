"""Intervals and tests for one metric and for the difference of two models.

BCa: Efron 1987, https://doi.org/10.1080/01621459.1987.10478410; the interval for a
proportion: Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953
"""

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np


# --8<-- [start:wilson]
def wilson(successes: int, total: int, level: float = 0.95) -> tuple[float, float]:
    """Interval of the proportions p that the test |hat p - p| <= z sd(p) accepts.

    Args:
        successes: Number of hits.
        total: Number of trials, n. sd(p) is sqrt(p (1 - p) / n).
        level: Confidence level; z is the normal quantile of (1 + level) / 2.

    Returns:
        Lower and upper end.

    Raises:
        ValueError: If total is not positive, or successes not in 0..total.

    >>> [round(end, 3) for end in wilson(20, 20)]
    [0.839, 1.0]
    """
    if total <= 0 or not 0 <= successes <= total:
        raise ValueError(f"need 0 <= successes <= total, total > 0, "
                         f"got {successes} and {total}")
    z = NormalDist().inv_cdf((1 + level) / 2)
    p, shrink = successes / total, 1 + z * z / total
    middle = (p + z * z / (2 * total)) / shrink
    half = z / shrink * math.sqrt(p * (1 - p) / total + z * z / (4 * total**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)
# --8<-- [end:wilson]


# --8<-- [start:bootstrap]
def bootstrap(
    statistic: Callable[[np.ndarray], float], rows: np.ndarray,
    rng: np.random.Generator, resamples: int = 2000, level: float = 0.95,
    method: str = "percentile",
) -> tuple[float, float]:
    """Interval from drawing the rows again with replacement.

    Args:
        statistic: Takes (n, ...) rows, returns a number. Put everything that
            belongs to one example into one row: then it is drawn together.
        rows: (n, ...), at least two, one per independent unit.
        rng: Draws ``rng.integers(0, n, n)`` once per resample.
        resamples: How many.
        level: Confidence level.
        method: "percentile": the quantiles (1 - level) / 2 and (1 + level) / 2 of
            the resampled values. "bca": quantiles shifted for bias and skewness,
            by ``bca_levels``.

    Returns:
        Lower and upper end.

    Raises:
        ValueError: If there are fewer than two rows, or method is neither.
    """
    n = len(rows)
    if n < 2:
        raise ValueError(f"rows must hold at least two examples, got {n}")
    if method not in ("percentile", "bca"):
        raise ValueError(f"method must be 'percentile' or 'bca', got {method!r}")
    values = np.array(
        [statistic(rows[rng.integers(0, n, n)]) for _ in range(resamples)])
    levels = [(1 - level) / 2, (1 + level) / 2]
    if method == "bca":
        left_out = [statistic(np.delete(rows, i, axis=0)) for i in range(n)]
        levels = bca_levels(values, statistic(rows), np.array(left_out), level)
    low, high = np.quantile(values, levels)
    return float(low), float(high)


def bca_levels(
    values: np.ndarray, estimate: float, left_out: np.ndarray, level: float = 0.95
) -> list[float]:
    """The two quantile levels of a bias-corrected and accelerated interval.

    With z the normal quantile and d = mean(left_out) - left_out: the bias b is z at
    the share of values below the estimate (equal ones count one half), the
    acceleration is a = sum(d^3) / (6 sum(d^2)^1.5), and each end's z becomes
    b + (b + z) / (1 - a (b + z)).

    Args:
        values: Resampled statistics.
        estimate: The statistic of the data itself.
        left_out: The statistic without row i, for each i.
        level: Confidence level.

    Returns:
        Lower and upper level; 0 or 1 where all values lie on one side.
    """
    normal = NormalDist()
    below = np.mean(values < estimate) + np.mean(values == estimate) / 2
    if below in (0.0, 1.0):
        return [float(below), float(below)]
    bias = normal.inv_cdf(float(below))
    d = left_out.mean() - left_out
    spread = float(np.sum(d**2))
    a = float(np.sum(d**3)) / (6 * spread**1.5) if spread > 0 else 0.0
    ends = [bias + normal.inv_cdf(q) for q in ((1 - level) / 2, (1 + level) / 2)]
    return [normal.cdf(bias + z / (1 - a * z)) for z in ends]
# --8<-- [end:bootstrap]


# --8<-- [start:tests]
def mcnemar(only_a: int, only_b: int) -> float:
    """Exact two-sided p-value for two classifiers on the same examples.

    If both are equally good, each example on which exactly one is right is a fair
    coin: twice the binomial tail up to the smaller count, at most 1.

    Args:
        only_a: Examples that only A gets right.
        only_b: Examples that only B gets right.

    Raises:
        ValueError: If a count is negative.

    >>> round(mcnemar(2, 8), 4)
    0.1094
    """
    if min(only_a, only_b) < 0:
        raise ValueError(f"counts must not be negative, got {only_a} and {only_b}")
    only_a, only_b = int(only_a), int(only_b)  # Python integers: 2**n is exact
    n, fewer = only_a + only_b, min(only_a, only_b)
    tail = ways = 1
    for k in range(fewer):
        ways = ways * (n - k) // (k + 1)  # n over k + 1
        tail += ways
    return min(1.0, 2 * tail / 2**n)


def permutation_test(
    differences: np.ndarray, rng: np.random.Generator, resamples: int = 9999
) -> float:
    """Two-sided p-value of a paired permutation test on the mean difference.

    Args:
        differences: Score of B minus score of A on each example, (n,).
        rng: Draws ``rng.random((resamples, n)) < 0.5``; where True, A and B swap.
        resamples: Random swaps.

    Returns:
        (1 + swaps at least as extreme) / (1 + resamples): never 0.

    Raises:
        ValueError: If there are no differences.
    """
    if len(differences) == 0:
        raise ValueError(f"differences must not be empty, got {differences.shape}")
    swap = rng.random((resamples, len(differences))) < 0.5
    differences = differences.astype(np.float64)  # -1 does not exist in uint8
    means = np.where(swap, -differences, differences).mean(axis=1)
    extreme = np.abs(means) >= np.abs(differences.mean()) - 1e-12
    return float((1 + extreme.sum()) / (1 + resamples))


def holm(p_values: np.ndarray) -> np.ndarray:
    """p-values adjusted for the number of comparisons.

    Sorted from the smallest, the i-th of m (from 0) is multiplied by m - i; then
    none may be smaller than one before it, and none exceeds 1.

    Args:
        p_values: (m,).

    Returns:
        (m,), in the order given.

    >>> holm(np.array([0.01, 0.04, 0.03])).round(3)
    array([0.03, 0.06, 0.06])
    """
    order = np.argsort(p_values, kind="stable")
    scaled = p_values[order] * np.arange(len(order), 0, -1)
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted
# --8<-- [end:tests]


if __name__ == "__main__":
    both, only_a, only_b, neither = 850, 20, 40, 90
    n = both + only_a + only_b + neither
    p_a, p_b = (both + only_a) / n, (both + only_b) / n
    difference = p_b - p_a
    paired = math.sqrt((only_a + only_b) / n - difference**2) / math.sqrt(n)
    unpaired = math.sqrt((p_a * (1 - p_a) + p_b * (1 - p_b)) / n)
    rows = np.repeat([[1.0, 1], [1, 0], [0, 1], [0, 0]], [both, only_a, only_b, neither], axis=0)
    rng = np.random.default_rng(0)
    print(f"A {p_a:.4f}, B {p_b:.4f}, difference {difference:.4f}, standard error "
          f"paired {paired:.4f}, unpaired {unpaired:.4f}")
    print("A", np.round(wilson(both + only_a, n), 4), "B", np.round(wilson(both + only_b, n), 4))
    print(f"McNemar {mcnemar(only_a, only_b):.4f}, permutation "
          f"{permutation_test(rows[:, 1] - rows[:, 0], rng):.4f}")
    for method in ("percentile", "bca"):
        low, high = bootstrap(lambda r: float(np.mean(r[:, 1] - r[:, 0])), rows, rng, method=method)
        print(f"{method}: {low:.4f} to {high:.4f}")
    print("16 of 20:", np.round(wilson(16, 20), 3), "20 of 20:", np.round(wilson(20, 20), 3))
    print(f"20 comparisons without a difference: {1 - 0.95**20:.3f} have a p below 0.05 somewhere")
    grid = np.linspace(-6, 6, 24001)
    density = np.array([math.exp(-t * t / 2) / math.sqrt(2 * math.pi) for t in grid])
    below = np.cumsum(density) * (grid[1] - grid[0])
    print(f"largest of 20 standard normals on average {np.sum(grid * 20 * density * below**19) * 0.0005:.2f}")
