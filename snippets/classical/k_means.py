"""k-means: Lloyd's iteration and k-means++ seeding.

Lloyd, *Least squares quantization in PCM*, https://doi.org/10.1109/TIT.1982.1056489.
Arthur and Vassilvitskii, *k-means++: The advantages of careful seeding*, SODA 2007,
https://theory.stanford.edu/~sergei/papers/kMeansPP-soda.pdf.
"""

import numpy as np


# --8<-- [start:distances]
def squared_distances(x: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """Squared Euclidean distance of every point to every center.

    Args:
        x: Points, (N, D).
        centers: (K, D).

    Returns:
        (N, K), never negative and exact zero where a point is a center; float32 if
        points and centers are.

    >>> x = np.array([[0.0, 0.0], [3.0, 4.0]])
    >>> squared_distances(x, np.array([[3.0, 0.0]]))
    array([[ 9.],
           [16.]])
    """
    # Unsigned integers would wrap.
    centers = centers.astype(np.result_type(centers, np.float32))
    # One center at a time: (N, D) of memory, not the (N, K, D) of broadcasting.
    # Subtracting before squaring keeps the digits that |x|^2 - 2 x.c + |c|^2 loses
    # far from the origin.
    columns = [np.sum((x - center) ** 2, axis=1) for center in centers]
    return np.stack(columns, axis=1)  # K times (N,) -> (N, K)
# --8<-- [end:distances]


# --8<-- [start:seeding]
def k_means_plus_plus(
    x: np.ndarray, num_clusters: int, rng: np.random.Generator
) -> np.ndarray:
    """Seed centers: the first point uniformly, each next one by squared distance.

    A point is drawn with a probability proportional to its squared distance to the
    nearest center chosen so far; uniformly if all those distances are zero.

    Args:
        x: Points, (N, D).
        num_clusters: K, from 1 to N.
        rng: Draws the points.

    Returns:
        Centers, (K, D), rows of ``x``.

    Raises:
        ValueError: If ``num_clusters`` is not from 1 to N.
    """
    if not 1 <= num_clusters <= len(x):
        raise ValueError(
            f"num_clusters must be from 1 to {len(x)}, got {num_clusters}"
        )
    chosen = [int(rng.integers(len(x)))]
    nearest = squared_distances(x, x[chosen])[:, 0].astype(np.float64)  # (N,)
    while len(chosen) < num_clusters:
        total = nearest.sum()
        probs = nearest / total if total > 0 else np.full(len(x), 1 / len(x))
        chosen.append(int(rng.choice(len(x), p=probs)))
        newest = squared_distances(x, x[chosen[-1:]])[:, 0]
        nearest = np.minimum(nearest, newest)
    return x[chosen]
# --8<-- [end:seeding]


# --8<-- [start:lloyd]
def update_centers(
    x: np.ndarray, labels: np.ndarray, num_clusters: int
) -> np.ndarray:
    """Mean of each cluster; an empty one moves to the point that is worst off.

    The empty clusters are filled one after another. Each takes the point with the
    largest squared distance to its nearest center, among the means and the empty
    clusters filled before it.

    Args:
        x: Points, (N, D), N >= 1.
        labels: Cluster of each point, (N,), integers from 0 to K - 1.
        num_clusters: K.

    Returns:
        Centers, (K, D).
    """
    dtype = np.result_type(x, np.float32)
    centers = np.zeros((num_clusters, x.shape[1]), dtype=dtype)
    counts = np.bincount(labels, minlength=num_clusters)
    filled = list(np.flatnonzero(counts > 0))
    for k in filled:
        # In float32 the mean of 10^6 points near 1000 can be off by 9.
        centers[k] = x[labels == k].mean(axis=0, dtype=np.float64)
    for k in np.flatnonzero(counts == 0):
        nearest = squared_distances(x, centers[filled]).min(axis=1)
        centers[k] = x[np.argmax(nearest)]
        filled.append(k)
    return centers


def k_means(
    x: np.ndarray, centers: np.ndarray, max_iterations: int = 300
) -> tuple[np.ndarray, np.ndarray, list[float]]:
    """Lloyd's iteration from given centers until no label changes.

    Args:
        x: Points, (N, D), N >= 1.
        centers: Starting centers, (K, D), K >= 1; not modified.
        max_iterations: Largest number of assignments, >= 1.

    Returns:
        Centers (K, D), the label of each point (N,), a tie going to the smaller
        label, and the objective after each assignment: the sum of the squared
        distances of the points to the centers they were assigned to. If the labels
        settled, the centers are the means of these labels.

    Raises:
        ValueError: If there are no points or no centers, if their shapes do not
            fit, if a point or a center is not finite or if ``max_iterations`` is
            less than 1.
    """
    if len(x) == 0 or len(centers) == 0 or x.shape[1:] != centers.shape[1:]:
        raise ValueError(f"centers {centers.shape} do not fit x {x.shape}")
    if max_iterations < 1:
        raise ValueError(f"max_iterations must be at least 1, got {max_iterations}")
    for name, values in [("x", x), ("centers", centers)]:
        if not np.all(np.isfinite(values)):
            raise ValueError(f"{name} holds a value that is not finite")
    labels, losses = None, []
    for _ in range(max_iterations):
        distances = squared_distances(x, centers)  # (N, K)
        new_labels = np.argmin(distances, axis=1)
        losses.append(float(distances.min(axis=1).sum()))
        if labels is not None and np.array_equal(new_labels, labels):
            break
        labels = new_labels
        centers = update_centers(x, labels, len(centers))
    return centers, labels, losses
# --8<-- [end:lloyd]


# --8<-- [start:restarts]
def best_of(
    x: np.ndarray, num_clusters: int, restarts: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, list[float]]:
    """Best of several runs of Lloyd's iteration, each seeded by k-means++.

    Args:
        x: Points, (N, D).
        num_clusters: K, from 1 to N.
        restarts: Number of runs, >= 1.
        rng: Draws the seeds.

    Returns:
        The centers, labels and objectives, as from ``k_means``, of the run whose
        last objective is the lowest.

    Raises:
        ValueError: If ``restarts`` is less than 1.
    """
    if restarts < 1:
        raise ValueError(f"restarts must be at least 1, got {restarts}")
    runs = []
    for _ in range(restarts):
        runs.append(k_means(x, k_means_plus_plus(x, num_clusters, rng)))
    return min(runs, key=lambda run: run[2][-1])
# --8<-- [end:restarts]


if __name__ == "__main__":
    line = np.array([[0.0], [2.0], [3.0], [7.0], [8.0]])
    for start in [[0.0, 2.0], [0.0, 8.0]]:
        centers, labels, losses = k_means(line, np.array(start)[:, None])
        print(f"from {start}: centers {centers[:, 0].round(3)}, labels {labels}, losses {losses}")
    # The corners of a wide rectangle: two stable partitions, one of them 16 times as bad.
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [4.0, 0.0], [4.0, 1.0]])
    for start in [[[0.0, 0.5], [4.0, 0.5]], [[2.0, 0.0], [2.0, 1.0]]]:
        _, labels, losses = k_means(corners, np.array(start))
        print(f"rectangle from {start}: labels {labels}, losses {losses}")
