"""Wrong code around k-means. The tests show how each piece fails."""

import numpy as np


# --8<-- [start:expanded]
def squared_distances_expanded(x: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """WRONG far from the origin: subtracts two huge, nearly equal numbers.

    >>> point = np.array([[4097.0]], dtype=np.float32)
    >>> squared_distances_expanded(point, point - 1)
    array([[0.]], dtype=float32)
    """
    x_squares = np.sum(x**2, axis=1)[:, None]  # (N, 1)
    return x_squares - 2 * x @ centers.T + np.sum(centers**2, axis=1)  # (N, K)
# --8<-- [end:expanded]


# --8<-- [start:empty]
def update_without_empty(
    x: np.ndarray, labels: np.ndarray, num_clusters: int
) -> np.ndarray:
    """WRONG: an empty cluster's center is 0/0 = NaN, and argmin prefers NaN."""
    sums = np.stack([x[labels == k].sum(axis=0) for k in range(num_clusters)])
    counts = np.bincount(labels, minlength=num_clusters)
    return sums / counts[:, None]
# --8<-- [end:empty]


# --8<-- [start:manhattan]
def k_means_manhattan(
    x: np.ndarray, centers: np.ndarray, max_iterations: int = 300
) -> tuple[np.ndarray, np.ndarray, list[float]]:
    """WRONG: assigns by L1, yet the mean does not minimize it. The median would."""
    labels, losses = None, []
    for _ in range(max_iterations):
        columns = [np.abs(x - center).sum(axis=1) for center in centers]
        distances = np.stack(columns, axis=1)  # (N, K)
        new_labels = np.argmin(distances, axis=1)
        losses.append(float(distances.min(axis=1).sum()))
        if labels is not None and np.array_equal(new_labels, labels):
            break
        labels = new_labels
        means = [x[labels == k].mean(axis=0) for k in range(len(centers))]
        centers = np.stack(means)
    return centers, labels, losses
# --8<-- [end:manhattan]
