"""The same numbers as scikit-learn's."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    auc,
    average_precision_score,
    precision_recall_curve,
    precision_score,
    recall_score,
)

from snippets.data.unbalanced_data import average_precision, correct_prior, precision_from_rates
from snippets.data.unbalanced_data_mistakes import area_by_trapezoids


def test_average_precision_matches_with_and_without_ties():
    rng = np.random.default_rng(0)
    for decimals in (8, 1, 0):
        for rate in (0.02, 0.5):
            targets = (rng.random(701) < rate).astype(np.int64)
            targets[0] = 1
            scores = np.round(rng.random(701) + 0.3 * targets, decimals)
            np.testing.assert_allclose(average_precision(targets, scores),
                                       average_precision_score(targets, scores), rtol=1e-12)


def test_the_trapezoid_is_what_the_area_of_the_librarys_curve_gives():
    targets = np.array([1, 1] + [0] * 999)
    scores = np.array([1.0] + [0.0] * 1000)
    precision, recall, _ = precision_recall_curve(targets, scores)  # recall falls
    np.testing.assert_allclose(auc(recall, precision), 0.7505, atol=1e-4)
    np.testing.assert_allclose(area_by_trapezoids(recall[::-1], precision[::-1]),
                               auc(recall, precision), rtol=1e-12)
    np.testing.assert_allclose(average_precision_score(targets, scores), 0.501, atol=5e-5)


def test_precision_matches():
    targets = np.repeat([1, 0], [50, 950])
    said = np.concatenate([np.arange(50) < 40, np.arange(950) < 19]).astype(np.int64)
    np.testing.assert_allclose(precision_from_rates(recall_score(targets, said), 19 / 950, 0.05),
                               precision_score(targets, said), rtol=1e-12)


def test_corrected_probabilities_are_those_of_a_model_trained_at_the_other_rate():
    rng = np.random.default_rng(0)
    labels = (rng.random(200_000) < 0.02).astype(np.int64)
    x = rng.standard_normal((200_000, 2)) + 1.5 * labels[:, None]
    negatives = rng.permutation(np.flatnonzero(labels == 0))[: labels.sum()]
    balanced = np.concatenate([np.flatnonzero(labels == 1), negatives])
    natural = LogisticRegression(C=1e6).fit(x, labels).predict_proba(x[:5000])[:, 1]
    trained = LogisticRegression(C=1e6).fit(x[balanced], labels[balanced]).predict_proba(x[:5000])[:, 1]
    assert np.abs(trained - natural).mean() > 0.1
    assert np.abs(correct_prior(trained, 0.5, 0.02) - natural).mean() < 0.002


def test_without_a_positive_the_message_says_why_there_is_no_average_precision():
    with pytest.raises(ValueError, match=r"^targets has no positive: recall is not defined$"):
        average_precision(np.zeros(2), np.ones(2))
