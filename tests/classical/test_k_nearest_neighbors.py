"""What the search for neighbors promises."""

import math

import numpy as np

from snippets.classical.k_nearest_neighbors import (
    box_distance,
    brute_force,
    build_tree,
    search_tree,
    vote,
)

POINTS = np.array([[1.0, 1.0], [2.0, 5.0], [4.0, 2.0], [6.0, 4.0], [7.0, 1.0], [8.0, 6.0]])


def raises(function, *args):
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")


def leaves(tree):
    return [tree] if len(tree) == 3 else leaves(tree[2]) + leaves(tree[3])


def test_the_neighbors_of_the_page():
    indices, distances = brute_force(POINTS, np.array([[5.0, 3.0]]), 4)
    np.testing.assert_array_equal(indices, [[2, 3, 4, 1]])
    np.testing.assert_allclose(distances, [[2**0.5, 2**0.5, 8**0.5, 13**0.5]])


def test_neighbors_come_nearest_first_with_their_distances():
    rng = np.random.default_rng(0)
    x, queries = rng.normal(size=(31, 5)), rng.normal(size=(7, 5))
    indices, distances = brute_force(x, queries, 11)
    assert indices.shape == distances.shape == (7, 11)
    full = np.linalg.norm(queries[:, None] - x[None], axis=2)
    np.testing.assert_array_equal(indices, np.argsort(full, axis=1)[:, :11])
    np.testing.assert_allclose(distances, np.sort(full, axis=1)[:, :11])


def test_equal_distances_go_to_the_smaller_index():
    x = np.array([[1.0], [-1.0], [1.0], [3.0], [-1.0]])
    np.testing.assert_array_equal(brute_force(x, np.zeros((1, 1)), 3)[0], [[0, 1, 2]])
    np.testing.assert_array_equal(brute_force(x, np.zeros((1, 1)), 5)[0], [[0, 1, 2, 4, 3]])
    for leaf_size in (1, 2, 5):
        tree = build_tree(x, np.arange(5), leaf_size)
        assert search_tree(tree, x, np.zeros(1), 5)[0].tolist() == [0, 1, 2, 4, 3]


def test_many_equal_distances_go_to_the_smaller_index_too():
    x = np.random.default_rng(5).integers(-2, 3, size=(200, 1)).astype(np.float64)
    expected = np.lexsort((np.arange(200), np.abs(x[:, 0])))
    for k in (1, 30, 150, 200):
        np.testing.assert_array_equal(brute_force(x, np.zeros((1, 1)), k)[0][0], expected[:k])


def test_pixels_of_eight_bits_do_not_wrap_around():
    rng = np.random.default_rng(4)
    for low, high, kind in [(0, 256, np.uint8), (-128, 128, np.int8), (0, 2, np.bool_)]:
        x = rng.integers(low, high, size=(40, 9)).astype(kind)
        exact = x.astype(np.float64)
        expected, distances = brute_force(exact, exact[:7], 5)
        np.testing.assert_array_equal(brute_force(x, x[:7], 5)[0], expected)
        tree = build_tree(x, np.arange(40), 3)
        for query, far in zip(x[:7], distances, strict=True):
            found = search_tree(tree, x, query, 5)[0]
            np.testing.assert_allclose(np.linalg.norm(exact[found] - query, axis=1), far)
    wide, narrow = np.array([[-100, 0], [100, 90]], dtype=np.int8), np.array([9, 0], dtype=np.uint8)
    assert build_tree(wide[[1, 0]], np.arange(2), 1)[2][2].tolist() == [1]  # cut along the first
    assert box_distance(narrow, narrow + np.uint8(3), narrow + np.uint8(4)) == 18.0


def test_no_query_gives_no_neighbor():
    indices, distances = brute_force(POINTS, np.zeros((0, 2)), 3)
    assert indices.shape == distances.shape == (0, 3)


def test_the_majority_wins_and_a_tie_goes_to_the_smaller_label():
    labels = np.array([[0, 1, 1], [2, 1, 0], [3, 3, 0]])
    np.testing.assert_array_equal(vote(labels, 4), [1, 0, 3])


def test_weights_can_overrule_the_count():
    labels = np.array([[0, 1, 1], [0, 1, 1]])
    weights = np.array([[5.0, 2.0, 2.0], [3.0, 2.0, 2.0]])
    np.testing.assert_array_equal(vote(labels, 2, weights), [0, 1])
    assert vote(np.array([[0, 1, 0]]), 2, np.array([[1.0, np.inf, 1.0]]))[0] == 1


def test_every_point_is_in_one_leaf_and_inside_its_box():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(103, 3))
    tree = build_tree(x, np.arange(103), 7)
    assert sum(len(rows) for _, _, rows in leaves(tree[2])) == 51
    found = leaves(tree)
    assert sorted(np.concatenate([rows for _, _, rows in found]).tolist()) == list(range(103))
    for low, high, rows in found:
        assert len(rows) <= 7
        np.testing.assert_array_equal(low, x[rows].min(axis=0))
        np.testing.assert_array_equal(high, x[rows].max(axis=0))


def test_the_widest_coordinate_is_cut_at_the_median():
    x = np.array([[0.0, 0.0], [1.0, 50.0], [2.0, 10.0], [3.0, 40.0], [4.0, 30.0]])
    _, high, left, right = build_tree(x, np.arange(5), 3)
    np.testing.assert_array_equal(high, [4.0, 50.0])
    np.testing.assert_array_equal(left[2], [0, 2])
    np.testing.assert_array_equal(right[2], [4, 3, 1])
    # The width counts, not where the points lie: 9 beats 2.
    far = build_tree(np.array([[9.0, 100.0], [0.0, 101.0], [4.0, 102.0]]), np.arange(3), 2)
    np.testing.assert_array_equal(far[2][2], [1])


def test_equal_points_can_be_halved_too():
    tree = build_tree(np.ones((9, 2)), np.arange(9), 1)
    assert len(leaves(tree)) == 9
    indices, computed = search_tree(tree, np.ones((9, 2)), np.ones(2), 2)
    assert len(set(indices.tolist())) == 2 and computed == 2


def test_a_box_is_as_far_as_its_nearest_point():
    low, high = np.array([0.0, 0.0]), np.array([2.0, 1.0])
    cases = {(1.0, 0.5): 0.0, (2.0, 1.0): 0.0, (5.0, 0.5): 9.0, (-1.0, -2.0): 5.0, (3.0, 3.0): 5.0}
    for query, expected in cases.items():
        assert box_distance(np.array(query), low, high) == expected


def test_the_tree_finds_what_brute_force_finds():
    rng = np.random.default_rng(2)
    for count, dimension, k, leaf_size in [(1, 2, 1, 3), (40, 1, 5, 4), (300, 3, 7, 10), (200, 12, 4, 1)]:
        x, queries = rng.normal(size=(count, dimension)), 2 * rng.normal(size=(25, dimension))
        tree = build_tree(x, np.arange(count), leaf_size)
        expected = brute_force(x, queries, k)[0]
        for query, right in zip(queries, expected, strict=True):
            np.testing.assert_array_equal(search_tree(tree, x, query, k)[0], right)


def test_the_number_of_distances_is_the_points_of_the_opened_leaves():
    x = np.arange(16.0)[:, None]
    tree = build_tree(x, np.arange(16), 2)
    # Leaves {0, 1}, {2, 3}, …: 6.9 is nearest to 7, and the next leaf begins 1.1 away.
    assert search_tree(tree, x, np.array([6.9]), 1)[1] == 2
    assert search_tree(tree, x, np.array([7.4]), 2)[1] == 4
    assert search_tree(tree, x, np.array([6.9]), 16)[1] == 16


def test_few_distances_in_the_plane_and_most_in_thirty_dimensions():
    rng = np.random.default_rng(3)
    shares = []
    for dimension in (2, 30):
        x = rng.uniform(size=(1000, dimension))
        tree = build_tree(x, np.arange(1000), 16)
        counts = [search_tree(tree, x, q, 1)[1] for q in rng.uniform(size=(10, dimension))]
        shares.append(np.mean(counts) / 1000)
    assert shares[0] < 0.05 and shares[1] > 0.95


def test_random_labels_cost_what_the_page_says():
    # P(label 1) = 0.9 everywhere: the Bayes error is 0.1.
    for k, expected in [(1, 0.18), (3, 0.1224), (5, 0.10685)]:
        wrong = sum(math.comb(k, i) * 0.1**i * 0.9 ** (k - i) for i in range(k // 2 + 1, k + 1))
        assert abs(0.9 * wrong + 0.1 * (1 - wrong) - expected) < 1e-5
        rng = np.random.default_rng(k)
        x, queries = rng.uniform(size=(2000, 2)), rng.uniform(size=(500, 2))
        labels, truth = (rng.uniform(size=n) < 0.9 for n in (2000, 500))
        guess = vote(labels[brute_force(x, queries, k)[0]].astype(np.int64), 2)
        error = np.mean(guess != truth)
        # Neighbors are shared between queries; truths are not: a binomial bound, doubled.
        assert abs(error - expected) < 2 * 3 * np.sqrt(expected * (1 - expected) / 500)


def test_bad_input_is_named():
    assert "k " in raises(brute_force, POINTS, POINTS, 0)
    assert "k " in raises(brute_force, POINTS, POINTS, 7)
    tree = build_tree(POINTS, np.arange(6), 2)
    assert "k " in raises(search_tree, tree, POINTS, POINTS[0], 0)
    assert "k " in raises(search_tree, tree, POINTS, POINTS[0], 7)
