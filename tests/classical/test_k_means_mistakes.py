"""The wrong code fails, and the right code beside it does not."""

import numpy as np

from snippets.classical.k_means import k_means, squared_distances, update_centers
from snippets.classical.k_means_mistakes import (
    k_means_manhattan,
    squared_distances_expanded,
    update_without_empty,
)


def test_expanding_the_square_loses_the_distance():
    x = np.array([[4097.0]], dtype=np.float32)
    center = np.array([[4096.0]], dtype=np.float32)
    assert squared_distances_expanded(x, center)[0, 0] == 0.0  # 4097² is odd and above 2²⁴
    assert squared_distances(x, center)[0, 0] == 1.0


def test_expanding_the_square_gives_negative_distances_and_wrong_neighbors():
    # The fraction depends on the order in which the library multiplies and adds, and on its use
    # of fused operations: 0.17 to 0.20 for five ways of computing the product.
    mistaken, lowest = [], []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        x = (rng.normal(size=(500, 3)) + 1000).astype(np.float32)
        exact = ((x[:, None].astype(np.float64) - x[:20].astype(np.float64)) ** 2).sum(axis=2)
        wrong = squared_distances_expanded(x, x[:20])
        lowest.append(wrong.min())
        mistaken.append(np.mean(np.argmin(wrong, axis=1) != np.argmin(exact, axis=1)))
        right = np.argmin(squared_distances(x, x[:20]), axis=1)
        assert np.mean(right != np.argmin(exact, axis=1)) < 0.01
    assert 0.1 < np.mean(mistaken) < 0.3
    assert min(lowest) < 0


def test_an_empty_cluster_swallows_everything():
    x = np.array([[0.0], [1.0], [10.0]])
    labels = np.array([0, 0, 0])
    with np.errstate(invalid="ignore"):
        centers = update_without_empty(x, labels, 2)
    assert np.isnan(centers[1, 0])
    np.testing.assert_array_equal(np.argmin((x - centers.T) ** 2, axis=1), [1, 1, 1])
    assert np.all(np.isfinite(update_centers(x, labels, 2)))


def test_a_mean_with_another_distance_raises_the_objective():
    x, start = np.array([[0.0], [0.0], [10.0], [100.0]]), np.array([[0.0], [100.0]])
    _, _, losses = k_means_manhattan(x, start)
    np.testing.assert_allclose(losses, [10.0, 40 / 3])
    assert np.all(np.diff(k_means(x, start)[2]) <= 0)
