"""How each mistake fails."""

import numpy as np

from snippets.evaluation.precision_and_recall import precision_recall_fscore
from snippets.evaluation.precision_and_recall_mistakes import f1_of_averages, mean_f1_over_batches


def test_a_perfect_classifier_loses_half_of_its_f1_by_averaging_over_batches():
    targets = (np.random.default_rng(0).random(32 * 2000) < 0.02).astype(np.int64)
    expected = 1 - 0.98**32  # share of batches with a positive
    assert round(expected, 3) == 0.476
    # Standard deviation of the share in 2,000 batches: 0.011.
    assert abs(mean_f1_over_batches(targets, targets, 32) - expected) < 0.045
    assert mean_f1_over_batches(targets, targets, len(targets)) == 1.0


def test_f1_of_averages_pays_half_for_a_useless_classifier():
    # 1 of 1,000 is class 0; 998 of the 999 others are called class 0, the one of class 0 as well.
    tp, fp, fn = np.array([1, 1]), np.array([998, 0]), np.array([0, 998])
    precision, recall, f1 = precision_recall_fscore(tp, fp, fn)
    assert round(float(f1.mean()), 3) == 0.002
    assert round(f1_of_averages(precision, recall), 3) == 0.501
