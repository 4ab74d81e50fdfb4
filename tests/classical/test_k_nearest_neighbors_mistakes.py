"""The wrong code fails, and the right code beside it does not."""

import numpy as np

from snippets.classical.k_nearest_neighbors import brute_force, build_tree, search_tree, vote
from snippets.classical.k_nearest_neighbors_mistakes import (
    inverse_distance_weights,
    nearest_unsorted,
    search_plane_only,
)


def test_a_distance_against_a_square_misses_neighbors_below_one():
    rng = np.random.default_rng(0)
    x, queries = rng.uniform(size=(200, 2)), rng.uniform(size=(100, 2))
    truth = brute_force(x, queries, 1)[0][:, 0]
    rows = np.arange(200)
    found = [search_plane_only(x, rows, q, (np.inf, -1))[1] for q in queries]
    assert np.mean(found == truth) < 0.9  # in a unit square, squares are smaller than distances
    tree = build_tree(x, rows, 5)
    assert [search_tree(tree, x, q, 1)[0][0] for q in queries] == truth.tolist()
    # In a unit 100 times smaller all distances are above one: too little is skipped, all is found.
    found = [search_plane_only(100 * x, rows, 100 * q, (np.inf, -1))[1] for q in queries]
    assert np.array_equal(found, truth)


def test_a_partition_is_not_sorted():
    # Some builds of NumPy sort small pieces on the way, so few neighbors can come out in order.
    x = np.random.default_rng(1).normal(size=(3000, 3))
    right = brute_force(x, x[:20], 700)[0]
    wrong = np.stack([nearest_unsorted(x, query, 700) for query in x[:20]])
    np.testing.assert_array_equal(np.sort(wrong, axis=1), np.sort(right, axis=1))
    assert np.mean(np.any(wrong != right, axis=1)) > 0.5
    np.testing.assert_array_equal(right[:, 0], np.arange(20))  # the nearest to a point is itself


def test_two_copies_of_the_query_make_infinite_votes():
    weights = inverse_distance_weights(np.array([[0.0, 0.0, 0.0, 0.1]]))
    labels = np.array([[1, 1, 0, 0]])
    # Two of three identical images say 1, yet infinity ties with infinity: the smaller label wins.
    assert vote(labels, 2, weights)[0] == 0
    assert vote(labels, 2, 1.0 / (np.array([[0.0, 0.0, 0.0, 0.1]]) + 1e-3))[0] == 1
