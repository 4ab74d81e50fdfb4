"""Metrics of a ranked list: precision and recall at k, MRR, MAP, nDCG.

Discounted cumulative gain: Järvelin and Kekäläinen 2002,
https://doi.org/10.1145/582415.582418. Equal scores share the discounts of their ranks.
"""

import numpy as np


def _check(relevance: np.ndarray, scores: np.ndarray, k: int | None) -> int:
    if relevance.shape != scores.shape or relevance.ndim == 0:
        raise ValueError(f"relevance {relevance.shape} for scores {scores.shape}")
    if np.any(np.isnan(scores)):  # they would sort as the highest
        raise ValueError(f"scores must not be nan, {np.isnan(scores).sum()} are")
    if k is not None and k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    return relevance.shape[-1] if k is None else min(k, relevance.shape[-1])


# --8<-- [start:binary]
def ranked(relevance: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Relevance in the order of falling scores; of equal scores the earlier first.

    Args:
        relevance: (..., n).
        scores: (..., n).

    Returns:
        (..., n).
    """
    _check(relevance, scores, None)
    # Ascending and stable on the reversed list, then reversed: -scores would wrap
    # around for unsigned integers.
    order = np.argsort(scores[..., ::-1], axis=-1, kind="stable")[..., ::-1]
    return np.take_along_axis(relevance[..., ::-1], order, axis=-1)


def precision_at_k(relevance: np.ndarray, scores: np.ndarray, k: int) -> np.ndarray:
    """Share of relevant items among the first k ranks; missing ranks are misses.

    Args:
        relevance: 0 or 1, (..., n), one list per query.
        scores: (..., n).
        k: Ranks that count, the divisor also where n < k.

    Returns:
        (...).

    Raises:
        ValueError: If shapes differ or k < 1.
    """
    top = _check(relevance, scores, k)
    return np.sum(ranked(relevance, scores)[..., :top] > 0, axis=-1) / k


def recall_at_k(relevance: np.ndarray, scores: np.ndarray, k: int) -> np.ndarray:
    """Share of the relevant items that stand among the first k ranks.

    Args:
        relevance: 0 or 1, (..., n).
        scores: (..., n).
        k: Ranks that count.

    Returns:
        (...), nan for a query without relevant items.

    Raises:
        ValueError: If shapes differ or k < 1.
    """
    top = _check(relevance, scores, k)
    hits = np.sum(ranked(relevance, scores)[..., :top] > 0, axis=-1)
    total = np.sum(relevance > 0, axis=-1)
    return np.where(total > 0, hits / np.maximum(total, 1), np.nan)


def reciprocal_rank(relevance: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """1 / rank of the first relevant item, 0 if there is none.

    Args:
        relevance: 0 or 1, (..., n).
        scores: (..., n).

    Returns:
        (...); its mean over queries is MRR.
    """
    hits = ranked(relevance, scores) > 0
    return np.max(hits / np.arange(1, hits.shape[-1] + 1), axis=-1, initial=0.0)


def average_precision(relevance: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Mean over the relevant items of the precision at their ranks.

    Args:
        relevance: 0 or 1, (..., n).
        scores: (..., n).

    Returns:
        (...), nan for a query without relevant items; the mean over queries is MAP.

    >>> average_precision(np.array([1, 0, 1]), np.array([3.0, 2.0, 1.0])).round(3)
    np.float64(0.833)
    """
    hits = ranked(relevance, scores) > 0
    precision = np.cumsum(hits, axis=-1) / np.arange(1, hits.shape[-1] + 1)
    total = hits.sum(axis=-1)
    found = np.sum(precision * hits, axis=-1)
    return np.where(total > 0, found / np.maximum(total, 1), np.nan)
# --8<-- [end:binary]


# --8<-- [start:ndcg]
def dcg(
    relevance: np.ndarray, scores: np.ndarray, k: int | None = None,
    gain: str = "linear",
) -> np.ndarray:
    """Sum over ranks r <= k of gain / log2(1 + r).

    Args:
        relevance: Grades >= 0, (..., n).
        scores: (..., n).
        k: Ranks that count, all if None.
        gain: "linear": the grade itself; "exponential": 2**grade - 1.

    Returns:
        (...). Items with equal scores each get the mean discount of the ranks they
        share: the expectation over a random order of them.

    Raises:
        ValueError: If shapes differ, k < 1, a grade is negative or gain is neither.
    """
    top = _check(relevance, scores, k)
    if gain not in ("linear", "exponential"):
        raise ValueError(f"gain must be 'linear' or 'exponential', got {gain!r}")
    if np.any(relevance < 0):
        raise ValueError(f"relevance must not be negative, got {relevance.min()}")
    n = relevance.shape[-1]
    discount = np.where(np.arange(n) < top, 1.0 / np.log2(np.arange(n) + 2.0), 0.0)
    total = np.append(0.0, np.cumsum(discount))
    grades = relevance.astype(np.float64)
    gains = grades if gain == "linear" else 2.0**grades - 1.0
    above = np.sum(scores[..., None, :] > scores[..., :, None], axis=-1)  # (..., n)
    not_below = np.sum(scores[..., None, :] >= scores[..., :, None], axis=-1)
    shared = (total[not_below] - total[above]) / (not_below - above)
    return np.sum(gains * shared, axis=-1)


def ndcg(
    relevance: np.ndarray, scores: np.ndarray, k: int | None = None,
    gain: str = "linear",
) -> np.ndarray:
    """DCG divided by that of the best possible order.

    Args:
        relevance: Grades >= 0, (..., n), of *all* items, not only of those shown.
        scores: (..., n).
        k: Ranks that count, all if None.
        gain: "linear" or "exponential".

    Returns:
        (...), 0 for a query without relevant items.

    >>> round(float(ndcg(np.array([0, 3, 2]), np.array([3.0, 2.0, 1.0]))), 3)
    0.679
    """
    best = dcg(relevance, relevance, k, gain)
    safe = np.where(best > 0, best, 1.0)
    return np.where(best > 0, dcg(relevance, scores, k, gain) / safe, 0.0)
# --8<-- [end:ndcg]


# --8<-- [start:ips]
def ips_value(
    clicks: np.ndarray, shown_rank: np.ndarray, new_rank: np.ndarray,
    examined: np.ndarray,
) -> float:
    """Estimate of the mean sum of 1 / log2(1 + new rank) over relevant items.

    In the position model a relevant item is clicked exactly if its position was
    examined. A click at a position examined with probability e stands for 1 / e.

    Args:
        clicks: 0 or 1, (queries, n).
        shown_rank: Rank at which each item was shown, from 1, (queries, n).
        new_rank: Rank in the list to be evaluated, from 1, (queries, n).
        examined: Probability that rank r is examined, at index r - 1, (n,).

    Returns:
        Mean over queries.

    Raises:
        ValueError: If an examination probability is not positive.
    """
    if not np.all(examined > 0):
        raise ValueError(f"examined must be positive, got {examined.min()}")
    weight = 1.0 / examined[shown_rank - 1]
    gain = clicks * weight / np.log2(new_rank + 1.0)
    return float(np.mean(np.sum(gain, axis=-1)))
# --8<-- [end:ips]


# --8<-- [start:clicks]
def simulate_clicks(
    queries: int, rng: np.random.Generator
) -> tuple[tuple, tuple, tuple]:
    """A shown order that is worse than a new one, judged by its clicks.

    Five items are relevant with probability 0.2, 0.25, 0.3, 0.35, 0.4, shown in
    this order, worst first. Rank r is examined with probability 1 / r. The new
    order is the reverse.

    Args:
        queries: How many.
        rng: Draws ``rng.random((queries, 5)) < relevant``, then ``< examined``.

    Returns:
        Per row (shown order, new order): the true value of ``ips_value``'s sum, the
        one with clicks taken for relevance, the IPS estimate.
    """
    relevant, examined = np.arange(4, 9) / 20, 1.0 / np.arange(1, 6)
    shown, new = np.arange(1, 6)[None], np.arange(5, 0, -1)[None]
    relevance = rng.random((queries, 5)) < relevant
    clicks = relevance & (rng.random((queries, 5)) < examined)
    always = np.ones(5)
    return (
        tuple(float(np.sum(relevant / np.log2(r + 1.0))) for r in (shown, new)),
        tuple(ips_value(clicks, shown, rank, always) for rank in (shown, new)),
        tuple(ips_value(clicks, shown, rank, examined) for rank in (shown, new)),
    )
# --8<-- [end:clicks]


# --8<-- [start:sampled]
def sampled_expectation(rank: int, items: int, negatives: int, k: int) -> float:
    """Chance that an item stays in the top k among a few random other items.

    Args:
        rank: Its rank among all items, from 1.
        items: Number of items.
        negatives: Others drawn with replacement from the items - 1 others.
        k: Ranks that count.

    Returns:
        The probability that at most k - 1 of those drawn rank above it.

    Raises:
        ValueError: If there is no other item, or rank is not in 1..items.
    """
    if items < 2 or not 1 <= rank <= items:
        raise ValueError(
            f"rank must lie in 1..items, items > 1, got {rank} and {items}")
    if negatives < k:  # even if all of them rank above it
        return 1.0
    above = (rank - 1) / (items - 1)
    chance, term = 0.0, (1 - above) ** negatives
    for drawn in range(k):
        chance += term
        if above < 1:
            term *= (negatives - drawn) / (drawn + 1) * above / (1 - above)
    return chance
# --8<-- [end:sampled]


if __name__ == "__main__":
    grades, scores = np.array([3, 0, 2, 0, 1]), np.array([0.7, 0.9, 0.6, 0.5, 0.4])
    hits = (grades > 0).astype(np.int64)
    print("P@3", precision_at_k(hits, scores, 3), "R@3", recall_at_k(hits, scores, 3),
          "RR", reciprocal_rank(hits, scores), "AP", average_precision(hits, scores).round(4))
    for gain in ("linear", "exponential"):
        print(gain, "DCG", dcg(grades, scores, None, gain).round(4),
              "ideal", dcg(grades, grades, None, gain).round(4),
              "nDCG", ndcg(grades, scores, None, gain).round(4),
              "nDCG@3", ndcg(grades, scores, 3, gain).round(4))
    places = np.arange(5, 0, -1)
    for name, grades in (("X", np.array([2, 2, 3, 0, 0])), ("Y", np.array([3, 0, 0, 2, 2]))):
        print(f"{name} {grades}: nDCG linear {ndcg(grades, places):.3f}, "
              f"exponential {ndcg(grades, places, None, 'exponential'):.3f}")
    ranks = {"A": [5] * 30 + [5000] * 70, "B": [60] * 100}
    for name, positions in ranks.items():
        full = np.mean([rank <= 10 for rank in positions])
        drawn = np.mean([sampled_expectation(rank, 10_000, 100, 10) for rank in positions])
        auc = np.mean([1 - (rank - 1) / 9_999 for rank in positions])
        print(f"{name}: hit rate at 10 {full:.2f}, with 100 sampled negatives {drawn:.3f}, AUC {auc:.3f}")
    truth, naive, ips = simulate_clicks(20_000, np.random.default_rng(0))
    for name, row in (("true", truth), ("clicks as they are", naive), ("IPS", ips)):
        print(f"{name}: shown order {row[0]:.3f}, new order {row[1]:.3f}")
