"""The same numbers as scikit-learn's and SciPy's, with ties and weights."""

import re

import numpy as np
import pytest
from scipy.stats import mannwhitneyu
from sklearn import metrics

from snippets.evaluation.roc_and_pr_curves import (
    area,
    average_precision,
    gaussian_rates,
    partial_auc,
    probability_of_ranking,
    roc_curve,
)


def problems():
    rng = np.random.default_rng(0)
    for decimals in (1, 2, 8):
        for rate in (0.05, 0.5):
            targets = (rng.random(311) < rate).astype(np.int64)
            targets[:2] = 0, 1
            yield targets, np.round(rng.normal(targets, 1.0), decimals), rng.random(311) + 0.01


def test_curve_and_areas_match_scikit_learn():
    for targets, scores, weights in problems():
        for weight in (None, weights):
            expected = metrics.roc_curve(targets, scores, sample_weight=weight, drop_intermediate=False)
            ours = roc_curve(targets, scores, weight)
            for a, b in zip(ours, expected, strict=True):
                np.testing.assert_allclose(a, b, atol=1e-12)
            whole = metrics.roc_auc_score(targets, scores, sample_weight=weight)
            np.testing.assert_allclose(area(*ours[:2]), whole, rtol=1e-12)
            np.testing.assert_allclose(average_precision(targets, scores, weight),
                                       metrics.average_precision_score(targets, scores, sample_weight=weight),
                                       rtol=1e-12)
            for limit in (0.02, 0.3):
                np.testing.assert_allclose(
                    partial_auc(*ours[:2], limit),
                    metrics.roc_auc_score(targets, scores, sample_weight=weight, max_fpr=limit), rtol=1e-12)


def test_the_probability_of_ranking_is_mann_and_whitney_s_u():
    for targets, scores, _ in problems():
        positive, negative = scores[targets == 1], scores[targets == 0]
        u = mannwhitneyu(positive, negative).statistic
        np.testing.assert_allclose(probability_of_ranking(targets, scores),
                                   u / len(positive) / len(negative), rtol=1e-12)


def test_a_missing_class_is_refused_with_those_that_are_there():
    scores, both = np.arange(7.0), "targets need both classes, got"
    for function, targets, refused in (
        (roc_curve, np.ones(7), f"{both} [1.]"),
        (roc_curve, np.zeros(7), f"{both} [0.]"),
        (roc_curve, np.zeros(0), f"{both} []"),
        (probability_of_ranking, np.zeros(7), f"{both} [0.]"),
        (average_precision, np.zeros(7), "targets need a positive, got [0.]"),
    ):
        with pytest.raises(ValueError, match=f"^{re.escape(refused)}$"):
            function(targets, scores[: len(targets)])


def test_the_grid_of_thresholds_falls_by_a_thousandth():
    thresholds = gaussian_rates(2.0)[2]
    np.testing.assert_allclose(np.diff(thresholds), -0.001, rtol=1e-9)
