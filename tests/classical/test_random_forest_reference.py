"""The same tree as scikit-learn's, and a forest that errs as often."""

import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from snippets.classical.random_forest import (
    best_split,
    grow_forest,
    grow_tree,
    out_of_bag,
    predict_forest,
    predict_tree,
)


def test_the_root_splits_alike():
    for seed in range(5):
        rng = np.random.default_rng(seed)
        x, labels = rng.normal(size=(150, 7)), rng.integers(0, 3, size=150)
        theirs = DecisionTreeClassifier(max_depth=1, random_state=0).fit(x, labels).tree_
        feature, threshold, cost = best_split(x, labels, 3, np.arange(7))
        assert feature == theirs.feature[0]
        np.testing.assert_allclose(threshold, theirs.threshold[0])
        shares = theirs.n_node_samples / 150
        np.testing.assert_allclose(cost, shares[1] * theirs.impurity[1] + shares[2] * theirs.impurity[2])


def test_a_full_tree_on_one_feature_predicts_alike():
    # With one feature nothing is left to chance but ties between cuts.
    x, labels = load_wine(return_X_y=True)
    rng = np.random.default_rng(0)
    new = np.linspace(x[:, 6].min(), x[:, 6].max(), 500)[:, None]
    theirs = DecisionTreeClassifier(random_state=0).fit(x[:, 6:7], labels)
    ours = grow_tree(x[:, 6:7], labels, 3, 1, rng)
    same = predict_tree(ours, new, 3).argmax(axis=1) == theirs.predict(new)
    assert same.mean() > 0.98
    np.testing.assert_allclose(predict_tree(ours, x[:, 6:7], 3), theirs.predict_proba(x[:, 6:7]))


@pytest.mark.slow
def test_the_forest_errs_as_often_out_of_bag_and_on_new_rows():
    x, labels = load_breast_cancer(return_X_y=True)
    ours, theirs = [], []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        order = rng.permutation(569)
        train, test = order[:300], order[300:]
        forest = grow_forest(x[train], labels[train], 2, 25, 5, rng)
        guess = predict_forest(forest, x[test], 2).argmax(axis=1)
        unseen = out_of_bag(forest, x[train], 2)
        voted = ~np.isnan(unseen[:, 0])
        ours.append([np.mean(guess != labels[test]),
                     np.mean(unseen[voted].argmax(axis=1) != labels[train][voted])])
        other = RandomForestClassifier(25, random_state=seed, oob_score=True).fit(x[train], labels[train])
        theirs.append([1 - other.score(x[test], labels[test]), 1 - other.oob_score_])
    # Paired by split: the difference is what two forests of 25 trees differ by.
    difference = np.array(ours) - np.array(theirs)
    error = difference.std(axis=0, ddof=1) / np.sqrt(6)
    quantile = stats.t.ppf(1 - 1e-3 / 2 / 2, df=5)  # two comparisons, together 1 in 1,000
    assert np.all(np.abs(difference.mean(axis=0)) < quantile * error)
    assert np.all(np.array(ours).mean(axis=0) < 0.08)
