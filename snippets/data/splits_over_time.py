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
    """Assign whole groups (recordings, places, patients) to splits; no group is divided.

    The groups come in random order. Each goes to the split that lacks most of what the group
    brings: the largest dot product of the split's deficit with the group's share. A deficit is
    the fraction that the split should have less the fraction that it has, a share is the group's
    fraction of the total, both for each column of ``amounts``. Ties go to the first split.

    Args:
        groups: Group of each frame, (N,), any sortable type.
        fractions: Wanted fraction of each of the S splits, positive, adding to 1.
        rng: Shuffles the groups.
        amounts: What to balance, (N, M): a column of ones for frames, a column per rare class.
            Every column has a positive sum. Without it only the frames are balanced.

    Returns:
        Split of each frame, (N,) of int64 from 0 to S - 1.

    Raises:
        ValueError: If the fractions are not positive or do not add to 1, or if there are
            fewer groups than splits.

    >>> drives = np.array(["mon", "mon", "tue", "wed", "wed", "wed"])
    >>> split = split_by_group(drives, [0.5, 0.5], np.random.default_rng(0))
    >>> set(drives[split == 0]) & set(drives[split == 1])
    set()
    """
    wanted = np.asarray(fractions, dtype=np.float64)
    if np.any(wanted <= 0) or abs(wanted.sum() - 1) > 1e-9:
        raise ValueError(f"fractions must be positive and add to 1, got {fractions}")
    names, group_of = np.unique(groups, return_inverse=True)
    if len(names) < len(wanted):
        raise ValueError(f"groups has {len(names)} groups for {len(wanted)} splits")
    if amounts is None:
        amounts = np.ones((len(groups), 1))
    shares = np.stack([amounts[group_of == g].sum(axis=0) for g in range(len(names))])  # (G, M)
    shares = shares / shares.sum(axis=0)
    deficit = np.tile(wanted[:, None], (1, shares.shape[1]))  # (S, M)
    split_of_group = np.empty(len(names), dtype=np.int64)
    for g in rng.permutation(len(names)):
        best = np.argmax(deficit @ shares[g])
        split_of_group[g] = best
        deficit[best] -= shares[g]
    return split_of_group[group_of]
# --8<-- [end:group]


# --8<-- [start:time]
def split_by_time(times: np.ndarray, cuts: list[float], gap: float) -> np.ndarray:
    """Cut one recording at the given times and drop what lies less than a gap before a cut.

    Args:
        times: Time of each frame, (N,), in any order.
        cuts: Increasing times; split 0 lies before the first, split 1 from the first on, and so
            forth. Successive cuts are more than a gap apart, or a split would be empty.
        gap: Frames with cut - gap <= time < cut belong to no split, >= 0.

    Returns:
        Split of each frame, (N,) of int64, -1 for a dropped frame. Frames of different splits
        are at least a gap apart.

    Raises:
        ValueError: If the gap is negative or the cuts are not more than a gap apart.

    >>> split_by_time(np.arange(10.0), [4.0, 8.0], gap=2.0)
    array([ 0,  0, -1, -1,  1,  1, -1, -1,  2,  2])
    """
    if gap < 0:
        raise ValueError(f"gap must not be negative, got {gap}")
    edges = np.asarray(cuts, dtype=np.float64)
    if np.any(np.diff(edges) <= gap):
        raise ValueError(f"cuts must increase by more than the gap {gap}, got {cuts}")
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
        ValueError: If there are no references or D differs.

    >>> nearest_distances(np.array([[3.0, 4.0], [9.0, 0.0]]), np.array([[0.0, 0.0], [8.0, 0.0]]))
    array([5., 1.])
    """
    queries = np.asarray(queries, dtype=np.float64)
    references = np.asarray(references, dtype=np.float64)
    if len(references) == 0 or queries.shape[1] != references.shape[1]:
        raise ValueError(f"references {references.shape} do not fit queries {queries.shape}")
    nearest = np.empty(len(queries))
    for i, query in enumerate(queries):  # (M, D) at a time instead of (N, M, D)
        nearest[i] = np.sqrt(np.min(np.sum((references - query) ** 2, axis=1)))
    return nearest


def leaked_fraction(queries: np.ndarray, references: np.ndarray, radius: float) -> float:
    """Fraction of the queries with a reference closer than ``radius``; 0.0 without queries.

    >>> leaked_fraction(np.array([[0.0], [7.0]]), np.array([[1.0]]), radius=5.0)
    0.5
    """
    distances = nearest_distances(queries, references)
    return float(np.mean(distances < radius)) if len(distances) else 0.0
# --8<-- [end:leak]


if __name__ == "__main__":
    # Three drives along the same 1,000 m road, one frame every 2 m.
    drive = np.repeat(np.arange(3), 500)
    metres = np.tile(np.arange(500) * 2.0, 3) + np.repeat([0.0, 0.7, 1.3], 500)
    position = metres[:, None]
    rng = np.random.default_rng(0)
    by_frame = rng.permutation(np.repeat([0, 1], [1000, 500]))
    by_drive = split_by_group(drive, [2 / 3, 1 / 3], rng)
    by_place = split_by_time(metres, [667.0], gap=50.0)  # a cut in space works like one in time
    for name, split in [("frame", by_frame), ("drive", by_drive), ("place", by_place)]:
        test, train = position[split == 1], position[split == 0]
        leaked = leaked_fraction(test, train, radius=5.0)
        print(f"split by {name}: {len(train)} train, {len(test)} test, "
              f"{leaked:.0%} of the test frames within 5 m of a training frame")
