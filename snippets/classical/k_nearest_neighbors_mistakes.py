"""Wrong code around nearest neighbors. The tests show how each piece fails."""

import numpy as np


# --8<-- [start:units]
def search_plane_only(
    x: np.ndarray, rows: np.ndarray, query: np.ndarray, best: tuple[float, int]
) -> tuple[float, int]:
    """WRONG: compares a distance with a squared distance, so it skips too much."""
    if len(rows) == 1:
        square = float(np.sum((x[rows[0]] - query) ** 2))
        return min(best, (square, int(rows[0])))
    axis = int(np.argmax(np.ptp(x[rows], axis=0)))
    order = rows[np.argsort(x[rows, axis], kind="stable")]
    half = len(rows) // 2
    plane = x[order[half], axis]
    near, far = order[:half], order[half:]
    if query[axis] >= plane:
        near, far = far, near
    best = search_plane_only(x, near, query, best)
    if abs(query[axis] - plane) <= best[0]:  # best[0] is squared, the left is not
        best = search_plane_only(x, far, query, best)
    return best
# --8<-- [end:units]


# --8<-- [start:partition]
def nearest_unsorted(x: np.ndarray, query: np.ndarray, k: int) -> np.ndarray:
    """WRONG if the order matters: argpartition finds the k nearest in any order."""
    return np.argpartition(np.sum((x - query) ** 2, axis=1), k - 1)[:k]
# --8<-- [end:partition]


# --8<-- [start:inverse]
def inverse_distance_weights(distances: np.ndarray) -> np.ndarray:
    """WRONG: a neighbor at distance 0 weighs infinity, and two of them tie."""
    with np.errstate(divide="ignore"):
        return 1.0 / distances
# --8<-- [end:inverse]
