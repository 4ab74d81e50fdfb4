"""What the trees and the forest promise."""

import numpy as np

from snippets.classical.random_forest import (
    best_split,
    grow_forest,
    grow_tree,
    out_of_bag,
    predict_forest,
    predict_tree,
)

ALL = np.array([0, 1, 2])


def raises(function, *args):
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")


def gini(labels, num_classes):
    shares = np.bincount(labels, minlength=num_classes) / max(len(labels), 1)
    return 1.0 - np.sum(shares**2)


def leaves(tree):
    return [tree] if len(tree) == 1 else leaves(tree[2]) + leaves(tree[3])


def features_used(tree):
    return set() if len(tree) == 1 else {tree[0]} | features_used(tree[2]) | features_used(tree[3])


def test_the_split_of_the_page():
    line = np.array([[1.0], [2.0], [3.0], [4.0], [5.0], [6.0]])
    feature, threshold, cost = best_split(line, np.array([0, 0, 1, 0, 1, 1]), 2, np.array([0]))
    assert (feature, threshold, cost) == (0, 2.5, 0.25)


def test_no_cut_is_better_than_the_one_that_is_found():
    for seed in range(8):
        rng = np.random.default_rng(seed)
        x, labels = rng.normal(size=(29, 3)), rng.integers(0, 4, size=29)
        feature, threshold, cost = best_split(x, labels, 4, ALL)
        costs = {}
        for d in range(3):
            for cut in np.sort(x[:, d])[:-1]:
                left = x[:, d] <= cut
                costs[d, cut] = (left.sum() * gini(labels[left], 4)
                                 + (~left).sum() * gini(labels[~left], 4)) / 29
        best = min(costs.values())
        assert abs(cost - best) < 1e-12
        left = x[:, feature] <= threshold
        reached = (left.sum() * gini(labels[left], 4) + (~left).sum() * gini(labels[~left], 4)) / 29
        assert abs(reached - best) < 1e-12


def test_the_threshold_lies_halfway_and_equal_values_stay_together():
    x = np.array([[1.0], [1.0], [5.0], [5.0]])
    assert best_split(x, np.array([0, 1, 1, 1]), 2, np.array([0])) == (0, 3.0, 0.25)


def test_the_first_of_equal_splits_is_kept():
    x = np.array([[0.0, 0.0], [1.0, 1.0]])
    assert best_split(x, np.array([0, 1]), 2, np.array([1, 0]))[0] == 1
    assert best_split(x, np.array([0, 1]), 2, np.array([0, 1]))[0] == 0


def test_neighboring_floats_are_split():
    low = 1.0
    high = np.nextafter(np.nextafter(low, 2.0), 2.0)
    for a, b in [(low, np.nextafter(low, 2.0)), (np.nextafter(low, 2.0), high)]:
        _, threshold, _ = best_split(np.array([[a], [b]]), np.array([0, 1]), 2, np.array([0]))
        assert a <= threshold < b
        tree = grow_tree(np.array([[a], [b]]), np.array([0, 1]), 2, 1, np.random.default_rng(0))
        np.testing.assert_array_equal(predict_tree(tree, np.array([[a], [b]]), 2), np.eye(2))


def test_no_value_overflows():
    huge, labels = np.finfo(np.float64).max, np.array([0, 1, 1])
    columns = [np.array([-huge, huge, huge]), np.array([False, True, True]),
               np.array([-100, 100, 90], dtype=np.int8), np.array([0, 255, 255], dtype=np.uint8),
               np.array([-3e38, 3e38, 3e38], dtype=np.float32)]
    for column in columns:
        with np.errstate(over="raise"):
            feature, threshold, cost = best_split(column[:, None], labels, 2, np.array([0]))
            tree = grow_tree(column[:, None], labels, 2, 1, np.random.default_rng(0))
        assert feature == 0 and column[0] <= threshold < min(column[1:]) and cost == 0.0
        np.testing.assert_array_equal(predict_tree(tree, column[:, None], 2), np.eye(2)[labels])


def test_constant_columns_cannot_be_split():
    feature, threshold, cost = best_split(np.ones((4, 3)), np.array([0, 1, 0, 1]), 2, ALL)
    assert feature == -1 and np.isnan(threshold) and cost == np.inf
    tree = grow_tree(np.ones((4, 3)), np.array([0, 1, 1, 1]), 2, 2, np.random.default_rng(0))
    assert len(tree) == 1
    np.testing.assert_array_equal(tree[0], [0.25, 0.75])


def test_one_row_is_a_leaf():
    tree = grow_tree(np.zeros((1, 2)), np.array([2]), 3, 1, np.random.default_rng(0))
    np.testing.assert_array_equal(tree[0], [0.0, 0.0, 1.0])


def test_a_full_tree_knows_its_training_rows_by_heart():
    rng = np.random.default_rng(1)
    x, labels = rng.normal(size=(120, 5)), rng.integers(0, 3, size=120)
    tree = grow_tree(x, labels, 3, 2, rng)
    np.testing.assert_array_equal(predict_tree(tree, x, 3), np.eye(3)[labels])
    assert all(leaf[0].max() == 1.0 for leaf in leaves(tree))


def test_constant_features_do_not_use_up_the_tries():
    rng = np.random.default_rng(2)
    x = np.concatenate([np.full((40, 9), 7.0), np.arange(40.0)[:, None]], axis=1)
    labels = (np.arange(40) >= 17).astype(np.int64)
    tree = grow_tree(x, labels, 2, 1, rng)
    assert tree[:2] == (9, 16.5) and len(tree[2]) == len(tree[3]) == 1


def test_one_try_uses_many_features_and_all_tries_the_best_one():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(200, 6))
    labels = (x[:, 2] > 0).astype(np.int64)
    assert features_used(grow_tree(x, labels, 2, 6, rng)) == {2}
    roots = {grow_tree(x, labels, 2, 1, rng)[0] for _ in range(60)}
    assert roots == {0, 1, 2, 3, 4, 5}
    assert [features_used(tree) for tree, _ in grow_forest(x, labels, 2, 3, 6, rng)] == [{2}] * 3


def test_xor_needs_two_levels():
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    tree = grow_tree(x, np.array([0, 1, 1, 0]), 2, 2, np.random.default_rng(4))
    np.testing.assert_array_equal(predict_tree(tree, x, 2).argmax(axis=1), [0, 1, 1, 0])


def test_a_monotone_change_of_a_feature_changes_nothing():
    rng = np.random.default_rng(5)
    x, labels = rng.normal(size=(90, 3)), rng.integers(0, 2, size=90)
    warped = np.stack([np.exp(x[:, 0]), x[:, 1] ** 3, 100 * x[:, 2] - 7], axis=1)
    trees = [grow_tree(data, labels, 2, 2, np.random.default_rng(6)) for data in (x, warped)]
    # Judged at the training rows: between two of them the thresholds differ.
    rows = rng.integers(90, size=90)
    first, second = (predict_tree(tree, data[rows], 2)
                     for tree, data in zip(trees, (x, warped), strict=True))
    np.testing.assert_array_equal(first, second)
    def shape(tree):
        return len(tree) == 1 or (tree[0], shape(tree[2]), shape(tree[3]))
    assert shape(trees[0]) == shape(trees[1])


def test_each_tree_gets_as_many_rows_as_there_are_with_repetitions():
    rng = np.random.default_rng(7)
    x, labels = rng.normal(size=(400, 2)), rng.integers(0, 2, size=400)
    forest = grow_forest(x, labels, 2, 25, 1, rng)
    unseen = []
    for tree, rows in forest:
        assert rows.shape == (400,)
        np.testing.assert_array_equal(predict_tree(tree, x[rows], 2).argmax(axis=1), labels[rows])
        unseen.append(1 - len(np.unique(rows)) / 400)
    assert len({tuple(rows) for _, rows in forest}) == 25
    # Expected share (1 - 1/400)^400 = 0.367; one tree's share has a deviation below 0.016.
    assert abs(np.mean(unseen) - (1 - 1 / 400) ** 400) < 4 * 0.016 / 5


def test_the_forest_is_the_mean_of_its_trees():
    rng = np.random.default_rng(8)
    x, labels = rng.normal(size=(50, 3)), rng.integers(0, 3, size=50)
    forest = grow_forest(x, labels, 3, 7, 1, rng)
    new = rng.normal(size=(11, 3))
    probs = predict_forest(forest, new, 3)
    assert probs.shape == (11, 3)
    np.testing.assert_allclose(probs, sum(predict_tree(tree, new, 3) for tree, _ in forest) / 7)
    np.testing.assert_allclose(probs.sum(axis=1), 1.0)
    assert predict_forest(forest, new[:0], 3).shape == (0, 3)


def test_out_of_bag_asks_only_trees_that_did_not_see_the_row():
    x = np.array([[0.0], [1.0], [2.0]])
    always_one, always_zero = (np.array([0.0, 1.0, 0.0]),), (np.array([1.0, 0.0, 0.0]),)
    forest = [(always_one, np.array([0, 0, 1])), (always_zero, np.array([1, 1, 1])),
              (always_one, np.array([1, 0, 1]))]
    probs = out_of_bag(forest, x, 3)
    np.testing.assert_allclose(probs[0], [1.0, 0.0, 0.0])  # unseen by the second tree
    assert np.isnan(probs[1]).all()  # seen by all
    np.testing.assert_allclose(probs[2], [1 / 3, 2 / 3, 0.0])


def test_out_of_bag_is_as_bad_as_guessing_on_random_labels():
    rng = np.random.default_rng(9)
    x, labels = rng.normal(size=(250, 3)), rng.integers(0, 2, size=250)
    forest = grow_forest(x, labels, 2, 40, 1, rng)
    error = np.mean(out_of_bag(forest, x, 2).argmax(axis=1) != labels)
    assert abs(error - 0.5) < 4 * np.sqrt(0.25 / 250)
    assert np.mean(predict_forest(forest, x, 2).argmax(axis=1) != labels) < 0.05


def test_the_forest_errs_less_than_its_trees():
    rng = np.random.default_rng(10)
    x = rng.normal(size=(500, 4))
    labels = (np.sum(x[:, :3] ** 2, axis=1) > 2.4).astype(np.int64)
    forest = grow_forest(x[:200], labels[:200], 2, 40, 2, rng)
    together = np.mean(predict_forest(forest, x[200:], 2).argmax(axis=1) != labels[200:])
    alone = np.mean([predict_tree(tree, x[200:], 2).argmax(axis=1) != labels[200:] for tree, _ in forest])
    assert together < alone - 0.03


def test_bad_input_is_named():
    rng = np.random.default_rng(11)
    x, labels = np.zeros((4, 3)), np.array([0, 1, 0, 1])
    assert "num_trees" in raises(grow_forest, x, labels, 2, 0, 1, rng)
    assert "max_features" in raises(grow_forest, x, labels, 2, 1, 0, rng)
    assert "max_features" in raises(grow_forest, x, labels, 2, 1, 4, rng)
