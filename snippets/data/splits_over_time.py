"""Splits for data recorded over time: by recording, by time with a gap, and the check for a leak.

Roberts et al., *Cross-validation strategies for data with temporal, spatial, hierarchical, or
phylogenetic structure*, Ecography 40, 2017, https://doi.org/10.1111/ecog.02881.
"""

import numpy as np


# --8<-- [start:group]
def split_by_group(
    groups: np.ndarray,
    fractions: list[float],
    rng: np.random.Generator,
    amounts: np.ndarray | None = None,
) -> np.ndarray:
    """Assign whole groups (recordings, places, patients) to splits.

    The groups come in random order. Each goes to the split that lacks most of what
    the group brings: the largest dot product of the split's deficit with the
    group's share. A deficit is the fraction that the split should have less the
    fraction that it has, a share is the group's fraction of the total, both for
    each column of ``amounts``. Ties go to the first split.

    Args:
        groups: Group of each frame, (N,), any sortable type.
        fractions: Wanted fraction of each of the S splits, positive, adding to 1.
        rng: Shuffles the groups.
        amounts: What to balance, (N, M): a column of ones for frames, a column per
            rare class, each with a positive sum. Without it, frames are balanced.

    Returns:
        Split of each frame, (N,) of int64 from 0 to S - 1.

    Raises:
        ValueError: If the fractions are not positive or do not add to 1, if
            ``amounts`` has another shape or a column without a positive sum, or if
            the groups are so few that a split stays empty.

    >>> drives = np.array(["mon", "mon", "tue", "wed", "wed", "wed"])
    >>> split = split_by_group(drives, [0.5, 0.5], np.random.default_rng(0))
    >>> set(drives[split == 0]) & set(drives[split == 1])
    set()
    """
    wanted = np.asarray(fractions, dtype=np.float64)
    if not (np.all(wanted > 0) and abs(wanted.sum() - 1) <= 1e-9):
        raise ValueError(f"fractions must be positive, add to 1, got {fractions}")
    names, group_of = np.unique(groups, return_inverse=True)
    if amounts is None:
        amounts = np.ones((len(groups), 1))
    if amounts.ndim != 2 or len(amounts) != len(groups):
        raise ValueError(f"amounts {amounts.shape} do not fit {len(groups)} frames")
    total = amounts.sum(axis=0)  # (M,)
    if not np.all(total > 0):
        raise ValueError(f"amounts must have positive column sums, got {total}")
    shares = np.zeros((len(names), len(total)))  # (G, M)
    np.add.at(shares, group_of, amounts)
    shares /= total
    deficit = np.tile(wanted[:, None], (1, shares.shape[1]))  # (S, M)
    split_of_group = np.empty(len(names), dtype=np.int64)
    for g in rng.permutation(len(names)):
        best = np.argmax(deficit @ shares[g])
        split_of_group[g] = best
        deficit[best] -= shares[g]
    filled = len(np.unique(split_of_group))
    if filled < len(wanted):
        raise ValueError(
            f"groups: {len(names)} groups fill {filled} of {len(wanted)} splits"
        )
    return split_of_group[group_of]
# --8<-- [end:group]


# --8<-- [start:time]
def split_by_time(times: np.ndarray, cuts: list[float], gap: float) -> np.ndarray:
    """Cut one recording at the given times, with a gap before each cut.

    Args:
        times: Time of each frame, (N,), in any order.
        cuts: Increasing times; split 0 lies before the first, split 1 from the
            first on, and so forth. Successive cuts are more than a gap apart, or a
            split would be empty.
        gap: Frames with cut - gap <= time < cut belong to no split, >= 0.

    Returns:
        Split of each frame, (N,) of int64, -1 for a dropped frame. Frames of
        different splits are more than a gap apart.

    Raises:
        ValueError: If the gap is negative or the cuts are not further apart.

    >>> split_by_time(np.arange(10.0), [4.0, 8.0], gap=2.0)
    array([ 0,  0, -1, -1,  1,  1, -1, -1,  2,  2])
    """
    if gap < 0:
        raise ValueError(f"gap must not be negative, got {gap}")
    edges = np.asarray(cuts, dtype=np.float64)
    if not np.all(np.diff(edges) > gap):
        raise ValueError(f"cuts must be more than the gap {gap} apart, got {cuts}")
    split = np.searchsorted(edges, times, side="right").astype(np.int64)
    for cut in edges:
        split[(times >= cut - gap) & (times < cut)] = -1
    return split
# --8<-- [end:time]


# --8<-- [start:leak]
def nearest_distances(queries: np.ndarray, references: np.ndarray) -> np.ndarray:
    """Euclidean distance from each query to the nearest reference.

    Args:
        queries: Positions or embeddings of the test frames, (N, D).
        references: The same of the training frames, (M, D), M >= 1.

    Returns:
        Distances, (N,) of float64.

    Raises:
        ValueError: If there are no references, if D differs or if a value is not
            finite: one NaN among the references would hide every leak.

    >>> references = np.array([[0.0, 0.0], [8.0, 0.0]])
    >>> nearest_distances(np.array([[3.0, 4.0], [9.0, 0.0]]), references)
    array([5., 1.])
    """
    queries = np.asarray(queries, dtype=np.float64)
    references = np.asarray(references, dtype=np.float64)
    if len(references) == 0 or queries.shape[1:] != references.shape[1:]:
        raise ValueError(
            f"references {references.shape} do not fit queries {queries.shape}"
        )
    for name, values in [("queries", queries), ("references", references)]:
        if not np.all(np.isfinite(values)):
            raise ValueError(f"{name} hold a value that is not finite")
    nearest = np.empty(len(queries))
    for i, query in enumerate(queries):  # (M, D) at a time instead of (N, M, D)
        nearest[i] = np.sqrt(np.min(np.sum((references - query) ** 2, axis=1)))
    return nearest


def leaked_fraction(
    queries: np.ndarray, references: np.ndarray, radius: float
) -> float:
    """Fraction of the queries with a reference closer than ``radius``.

    Args:
        queries: As for ``nearest_distances``; without queries the fraction is 0.0.
        references: As for ``nearest_distances``.
        radius: In the unit of the positions or embeddings.

    Returns:
        A number from 0.0 to 1.0.

    >>> leaked_fraction(np.array([[0.0], [7.0]]), np.array([[1.0]]), radius=5.0)
    0.5
    """
    distances = nearest_distances(queries, references)
    return float(np.mean(distances < radius)) if len(distances) else 0.0
# --8<-- [end:leak]


if __name__ == "__main__":
    # Three drives along the same 1,000 m road, one frame every 2 m.
    drive = np.repeat(np.arange(3), 500)
    meters = np.tile(np.arange(500) * 2.0, 3) + np.repeat([0.0, 0.7, 1.3], 500)
    position = meters[:, None]
    rng = np.random.default_rng(0)
    by_frame = rng.permutation(np.repeat([0, 1], [1000, 500]))
    by_drive = split_by_group(drive, [2 / 3, 1 / 3], rng)
    by_place = split_by_time(meters, [667.0], gap=50.0)  # a cut in space, not in time
    for name, split in [("frame", by_frame), ("drive", by_drive), ("place", by_place)]:
        test, train = position[split == 1], position[split == 0]
        leaked = leaked_fraction(test, train, radius=5.0)
        print(f"split by {name}: {len(train)} train, {len(test)} test, "
              f"{leaked:.0%} of the test frames within 5 m of a training frame")
