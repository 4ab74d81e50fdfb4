"""k nearest neighbors: by brute force, by a k-d tree, and the vote.

Cover and Hart, *Nearest neighbor pattern classification*,
https://doi.org/10.1109/TIT.1967.1053964. Friedman, Bentley and Finkel, *An algorithm
for finding best matches in logarithmic expected time*,
https://doi.org/10.1145/355744.355745.
"""

import heapq
import math

import numpy as np


# --8<-- [start:brute]
def brute_force(
    x: np.ndarray, queries: np.ndarray, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Indices and distances of the k nearest points, nearest first.

    Args:
        x: Points, (N, D).
        queries: (M, D).
        k: From 1 to N.

    Returns:
        Indices into ``x``, (M, k), equal distances by smaller index, and Euclidean
        distances, (M, k).

    Raises:
        ValueError: If ``k`` is not from 1 to N.

    >>> x = np.array([[0.0], [5.0], [2.0]])
    >>> near, far = brute_force(x, np.array([[1.5]]), 2)
    >>> near.tolist(), far.tolist()
    ([[2, 0]], [[0.5, 1.5]])
    """
    if not 1 <= k <= len(x):
        raise ValueError(f"k must be from 1 to {len(x)}, got {k}")
    indices = np.zeros((len(queries), k), dtype=np.int64)
    distances = np.zeros((len(queries), k))
    for m, query in enumerate(1.0 * queries):  # floats: uint8 would wrap around
        squares = np.sum((x - query) ** 2, axis=1)  # (N,)
        kth = np.partition(squares, k - 1)[k - 1]  # O(N), no full sort
        close = np.flatnonzero(squares <= kth)  # k of them, or more in a tie
        order = close[np.argsort(squares[close], kind="stable")][:k]
        indices[m], distances[m] = order, np.sqrt(squares[order])
    return indices, distances
# --8<-- [end:brute]


# --8<-- [start:vote]
def vote(
    labels: np.ndarray, num_classes: int, weights: np.ndarray | None = None
) -> np.ndarray:
    """The label with the most votes; a tie goes to the smaller label.

    Args:
        labels: Labels of the neighbors, (M, k), integers from 0 to num_classes - 1.
        num_classes: Number of classes.
        weights: What each vote counts, (M, k); one each if None.

    Returns:
        (M,).

    >>> vote(np.array([[2, 0, 2], [1, 0, 2]]), 3).tolist()
    [2, 0]
    """
    if weights is None:
        weights = np.ones(labels.shape)
    # where, not a product: an infinite weight times 0 would be NaN.
    votes = [np.where(labels == c, weights, 0.0) for c in range(num_classes)]
    columns = [cast.sum(axis=1) for cast in votes]
    return np.argmax(np.stack(columns, axis=1), axis=1)  # (M, num_classes) -> (M,)
# --8<-- [end:vote]


# --8<-- [start:build]
def build_tree(x: np.ndarray, rows: np.ndarray, leaf_size: int) -> tuple:
    """A k-d tree: halve the points at the median of their widest coordinate.

    Args:
        x: Points, (N, D).
        rows: Indices of the points of this node, at least one.
        leaf_size: Largest number of points of a leaf, >= 1.

    Returns:
        A leaf ``(low, high, rows)`` or a node ``(low, high, left, right)``. ``low``
        and ``high`` (D,) are the corners of the smallest box around its points.
        ``left`` holds the half with the smaller coordinates, rounded down.
    """
    low, high = x[rows].min(axis=0), x[rows].max(axis=0)
    if len(rows) <= leaf_size:
        return low, high, rows
    axis = int(np.argmax(1.0 * high - low))
    order = rows[np.argsort(x[rows, axis], kind="stable")]
    half = len(rows) // 2
    left = build_tree(x, order[:half], leaf_size)
    return low, high, left, build_tree(x, order[half:], leaf_size)


def box_distance(query: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Squared distance of a point to the box between two corners; 0 inside.

    Args:
        query: (D,).
        low: Smallest coordinates of the box, (D,).
        high: Largest coordinates of the box, (D,).
    """
    query = 1.0 * query  # floats: uint8 would wrap around
    gap = np.maximum(np.maximum(low - query, query - high), 0.0)
    return float(gap @ gap)
# --8<-- [end:build]


# --8<-- [start:search]
def search_tree(
    tree: tuple, x: np.ndarray, query: np.ndarray, k: int
) -> tuple[np.ndarray, int]:
    """The k nearest points of one query, exactly, opening the nearest box first.

    Stops as soon as the nearest box not opened yet is at least as far as the k-th
    best point: no point in any box can be nearer.

    Args:
        tree: From ``build_tree`` over all of ``x``.
        x: Points, (N, D).
        query: (D,).
        k: From 1 to N.

    Returns:
        Indices (k,), nearest first and equal distances by smaller index, and the
        number of points whose distance was computed. Which of several equally far
        points is the k-th is left open.

    Raises:
        ValueError: If ``k`` is not from 1 to N.
    """
    if not 1 <= k <= len(x):
        raise ValueError(f"k must be from 1 to {len(x)}, got {k}")
    best = []  # heap of (-squared distance, row): the worst of the best on top
    computed = 0
    boxes = [(box_distance(query, tree[0], tree[1]), 0, tree)]
    ticket = 1  # breaks ties, so that trees are never compared
    while boxes:
        distance, _, node = heapq.heappop(boxes)
        if len(best) == k and distance >= -best[0][0]:
            break
        if len(node) == 4:
            for child in node[2:]:
                bound = box_distance(query, child[0], child[1])
                heapq.heappush(boxes, (bound, ticket, child))
                ticket += 1
            continue
        rows = node[2]
        computed += len(rows)
        squares = np.sum((x[rows] - 1.0 * query) ** 2, axis=1)
        for row, square in zip(rows.tolist(), squares.tolist(), strict=True):
            if len(best) < k:
                heapq.heappush(best, (-square, row))
            elif square < -best[0][0]:
                heapq.heapreplace(best, (-square, row))
    best.sort(key=lambda pair: (-pair[0], pair[1]))
    return np.array([row for _, row in best]), computed
# --8<-- [end:search]


if __name__ == "__main__":
    points = np.array([[1.0, 1.0], [2.0, 5.0], [4.0, 2.0], [6.0, 4.0], [7.0, 1.0], [8.0, 6.0]])
    query = np.array([5.0, 3.0])
    near, far = brute_force(points, query[None], 2)
    print("brute force:", near[0], far[0])
    tree = build_tree(points, np.arange(6), 2)
    found, computed = search_tree(tree, points, query, 2)
    print("tree:", found, "after", computed, "of 6 distances")
    for k in (1, 3, 5):  # labels are 1 with probability 0.9 everywhere
        wrong = sum(math.comb(k, i) * 0.1**i * 0.9 ** (k - i) for i in range(k // 2 + 1, k + 1))
        print(f"k = {k}: majority wrong {wrong:.5f}, error {wrong * 0.9 + (1 - wrong) * 0.1:.4f}")
    rng = np.random.default_rng(0)
    for dimension in (2, 8, 16):
        x = rng.uniform(size=(4000, dimension))
        tree = build_tree(x, np.arange(4000), 16)
        counts = [search_tree(tree, x, q, 1)[1] for q in rng.uniform(size=(50, dimension))]
        print(f"D = {dimension}: {np.mean(counts) / 4000:.3f} of the distances")
