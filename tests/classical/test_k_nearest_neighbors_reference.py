"""The same neighbors, trees and votes as scikit-learn."""

import numpy as np
from sklearn.datasets import load_iris
from sklearn.neighbors import KDTree, KNeighborsClassifier

from snippets.classical.k_nearest_neighbors import brute_force, build_tree, search_tree, vote


def test_neighbors_match():
    rng = np.random.default_rng(0)
    x, queries = rng.normal(size=(211, 4)), rng.normal(size=(17, 4))
    distances, indices = KDTree(x, leaf_size=8).query(queries, k=6)
    ours, how_far = brute_force(x, queries, 6)
    np.testing.assert_array_equal(ours, indices)
    np.testing.assert_allclose(how_far, distances)
    tree = build_tree(x, np.arange(211), 8)
    for query, row in zip(queries, indices, strict=True):
        np.testing.assert_array_equal(search_tree(tree, x, query, 6)[0], row)


def test_predictions_match():
    x, y = load_iris(return_X_y=True)
    rng = np.random.default_rng(1)
    x = x + 1e-3 * rng.normal(size=x.shape)  # no equal distances
    train, test = np.split(rng.permutation(150), [100])
    for k in (1, 2, 7):
        for name in ("uniform", "distance"):
            theirs = KNeighborsClassifier(k, weights=name).fit(x[train], y[train])
            indices, distances = brute_force(x[train], x[test], k)
            weights = 1 / distances if name == "distance" else None
            ours = vote(y[train][indices], 3, weights)
            np.testing.assert_array_equal(ours, theirs.predict(x[test]))
