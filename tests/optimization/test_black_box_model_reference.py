"""The same numbers as scikit-learn's ensembles."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import AdaBoostClassifier, BaggingRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from snippets.optimization.black_box_model import bagging, boosting, fit_stump, reweight


def data() -> tuple[np.ndarray, np.ndarray]:
    x, y = load_breast_cancer(return_X_y=True)
    return x, np.where(y == 1, 1, -1)


def test_reweighting_replays_adaboost():
    x, targets = data()
    stump = DecisionTreeClassifier(max_depth=1, random_state=0)
    theirs = AdaBoostClassifier(stump, n_estimators=20, random_state=0).fit(x, targets)
    weights, total = np.full(len(x), 1 / len(x)), 0.0
    for i, model in enumerate(theirs.estimators_):
        wrong = model.predict(x) != targets
        np.testing.assert_allclose(weights[wrong].sum(), theirs.estimator_errors_[i], rtol=1e-6)
        weights, vote = reweight(weights, wrong)
        # Theirs is log((1 - e) / e): the same vote in another unit.
        np.testing.assert_allclose(2 * vote, theirs.estimator_weights_[i], rtol=1e-6)
        total = total + vote * model.predict(x)
    their_score = theirs.decision_function(x)
    np.testing.assert_array_equal(np.sign(total), np.sign(their_score))


def test_bagging_from_the_same_bootstrap_samples():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(53, 3)), rng.normal(size=53)
    theirs = BaggingRegressor(
        DecisionTreeRegressor(max_features=None, random_state=0), 15, oob_score=True,
        random_state=1,
    ).fit(x, y)

    class Replay:
        def __init__(self):
            self.samples = iter(theirs.estimators_samples_)

        def integers(self, low, high, size):
            return next(self.samples)

    fits = iter(theirs.estimators_)
    predict, out_of_bag = bagging(lambda a, b: next(fits).predict, x, y, 15, Replay())
    np.testing.assert_allclose(predict(x), theirs.predict(x), rtol=1e-9)
    known = ~np.isnan(out_of_bag)
    np.testing.assert_allclose(out_of_bag[known], theirs.oob_prediction_[known], rtol=1e-9)


def test_our_stump_errs_no_more_than_a_tree_of_depth_one():
    x, targets = data()
    x = x[:120, :5]
    targets = targets[:120]
    theirs = DecisionTreeClassifier(max_depth=1, random_state=0).fit(x, targets)
    # The tree minimizes the Gini impurity, ours the number of errors.
    ours = np.mean(fit_stump(x, targets)(x) != targets)
    assert ours <= np.mean(theirs.predict(x) != targets)


def test_resampling_and_weights_reach_the_same_accuracy():
    x, targets = data()
    train, test = slice(0, 350), slice(350, None)

    def box(a, b):
        return DecisionTreeClassifier(max_depth=1, random_state=0).fit(a, b).predict

    stump = DecisionTreeClassifier(max_depth=1, random_state=0)
    theirs = AdaBoostClassifier(stump, n_estimators=60, random_state=0)
    their_error = np.mean(theirs.fit(x[train], targets[train]).predict(x[test]) != targets[test])
    score = boosting(box, x[train], targets[train], 60, np.random.default_rng(0))
    our_error = np.mean(np.sign(score(x[test])) != targets[test])
    error = np.sqrt(2 * 0.04 * 0.96 / 219)
    assert abs(our_error - their_error) < 3 * error


def test_models_that_are_never_better_than_chance_are_told_in_how_many_rounds():
    def worse(x, targets):
        return lambda new: -np.ones(len(new))

    with pytest.raises(ValueError, match=r"^fit was better than chance in none of 3 rounds$"):
        boosting(worse, np.zeros((4, 1)), np.ones(4), 3, np.random.default_rng(0))


def test_an_error_without_a_finite_vote_is_told():
    for wrong, error in ((False, r"0\.0"), (True, r"1\.0")):
        with pytest.raises(ValueError, match=rf"^wrong must have a weight between 0 and 1, got {error}$"):
            reweight(np.full(2, 0.5), np.array([wrong, wrong]))
