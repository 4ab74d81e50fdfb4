"""The wrong code fails, and the right code beside it does not."""

import numpy as np

from snippets.classical.random_forest import best_split, grow_forest, out_of_bag, predict_tree
from snippets.classical.random_forest_mistakes import best_cut_ignoring_ties, error_in_bag


def test_with_random_labels_the_error_in_bag_is_near_zero_and_out_of_bag_one_half():
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(200, 4)), rng.integers(0, 2, size=200)
    forest = grow_forest(x, labels, 2, 60, 2, rng)
    probs = np.stack([predict_tree(tree, x, 2) for tree, _ in forest])
    assert error_in_bag(probs, labels) < 0.02
    honest = np.mean(out_of_bag(forest, x, 2).argmax(axis=1) != labels)
    assert abs(honest - 0.5) < 4 * np.sqrt(0.25 / 200)  # nothing can be learned


def test_a_cut_between_equal_values_cannot_be_carried_out():
    values, labels = np.array([1.0, 1.0, 1.0, 2.0]), np.array([0, 1, 1, 1])
    count, cost = best_cut_ignoring_ties(values, labels)
    assert (count, cost) == (1, 0.0)  # "perfect", by the order of the rows
    feature, threshold, cost = best_split(values[:, None], labels, 2, np.array([0]))
    assert (feature, threshold) == (0, 1.5)
    np.testing.assert_allclose(cost, 3 / 4 * 2 * (1 / 3) * (2 / 3))
    distinct = np.array([1.0, 2.0, 3.0, 4.0])
    assert best_cut_ignoring_ties(distinct, labels) == (1, 0.0)
    assert best_split(distinct[:, None], labels, 2, np.array([0]))[1:] == (1.5, 0.0)
