"""The same clusters as scikit-learn from the same starting centers."""

import numpy as np
from sklearn.cluster import KMeans, kmeans_plusplus
from sklearn.metrics import silhouette_score
from sklearn.metrics.pairwise import euclidean_distances

from snippets.classical.k_means import k_means, k_means_plus_plus, squared_distances
from snippets.classical.k_means_experiment import greedy_plus_plus, silhouette


def test_lloyd_matches_from_the_same_centers():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(203, 5)) + rng.integers(0, 3, size=(203, 1)) * 2.0
        start = x[rng.choice(203, 7, replace=False)]
        theirs = KMeans(7, init=start, n_init=1, tol=0, algorithm="lloyd").fit(x)
        centers, labels, losses = k_means(x, start)
        np.testing.assert_array_equal(labels, theirs.labels_)
        np.testing.assert_allclose(centers, theirs.cluster_centers_, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(losses[-1], theirs.inertia_, rtol=1e-10)


def test_distances_match():
    rng = np.random.default_rng(0)
    x, centers = rng.normal(size=(11, 3)), rng.normal(size=(5, 3))
    theirs = euclidean_distances(x, centers) ** 2
    np.testing.assert_allclose(squared_distances(x, centers), theirs, rtol=1e-9)


def cost(x: np.ndarray, seeds: np.ndarray) -> float:
    return float(squared_distances(x, seeds).min(axis=1).sum())


def same_mean(ours: list[float], theirs: list[float]) -> None:
    error = np.sqrt(np.var(ours) / len(ours) + np.var(theirs) / len(theirs))
    assert abs(np.mean(ours) - np.mean(theirs)) < 4 * error


def test_seeding_is_as_good_as_theirs():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(120, 2)) + rng.integers(0, 4, size=(120, 1)) * 5.0
    for ours, trials in [(k_means_plus_plus, 1), (greedy_plus_plus, None)]:
        same_mean(
            [cost(x, ours(x, 6, rng)) for _ in range(150)],
            [
                cost(x, kmeans_plusplus(x, 6, random_state=s, n_local_trials=trials)[0])
                for s in range(150)
            ],
        )


def test_the_experiments_silhouette_matches():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(61, 3))
    labels = np.concatenate([np.array([4]), rng.integers(0, 4, size=60)])  # cluster 4 has one point
    np.testing.assert_allclose(silhouette(x, labels), silhouette_score(x, labels), rtol=1e-10)
