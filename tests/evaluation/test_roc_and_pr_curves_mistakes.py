"""How each mistake fails."""

import numpy as np

from snippets.evaluation.roc_and_pr_curves import gaussian_rates, probability_of_ranking
from snippets.evaluation.roc_and_pr_curves_mistakes import auc_by_sorting, auc_of_decisions


def test_decisions_have_the_balanced_accuracy_as_their_area():
    rng = np.random.default_rng(0)
    targets = rng.integers(0, 2, 500)
    scores = 1 / (1 + np.exp(-rng.normal(2.0 * targets, 1.0)))
    said = scores >= 0.5
    balanced = (np.mean(said[targets == 1]) + np.mean(~said[targets == 0])) / 2
    found = auc_of_decisions(targets, scores, probability_of_ranking)
    np.testing.assert_allclose(found, balanced, rtol=1e-12)
    # The page's Gaussians, cut at 0: recall 0.977, false-positive rate 0.5.
    fpr, tpr, thresholds = gaussian_rates(2.0)
    at = np.argmin(np.abs(thresholds))
    assert round(float((tpr[at] + 1 - fpr[at]) / 2), 3) == 0.739


def test_sorting_gives_constant_scores_any_area_that_the_file_s_order_suggests():
    scores = np.zeros(10)
    sorted_by_class = np.repeat([0, 1], [6, 4])
    assert auc_by_sorting(sorted_by_class, scores) == 1.0
    assert auc_by_sorting(sorted_by_class[::-1], scores) == 0.0
    assert probability_of_ranking(sorted_by_class, scores) == 0.5
