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
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(500, 3)) + 1000).astype(np.float32)
    exact = ((x[:, None].astype(np.float64) - x[:20].astype(np.float64)) ** 2).sum(axis=2)
    wrong = squared_distances_expanded(x, x[:20])
    assert wrong.min() < 0
    mistaken = np.mean(np.argmin(wrong, axis=1) != np.argmin(exact, axis=1))
    assert abs(mistaken - 0.23) < 0.03
    assert np.mean(np.argmin(squared_distances(x, x[:20]), axis=1) != np.argmin(exact, axis=1)) == 0


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
