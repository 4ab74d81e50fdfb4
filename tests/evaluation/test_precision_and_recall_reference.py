"""The same numbers as scikit-learn's, for one and for several labels per example."""

import re
import warnings

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, matthews_corrcoef, precision_recall_fscore_support

from snippets.evaluation.precision_and_recall import (
    balanced_accuracy,
    counts,
    matthews,
    precision_recall_fscore,
)


def compare(targets, predictions, classes):
    for beta in (0.5, 1.0, 2.0):
        for average in (None, "micro", "macro", "weighted"):
            for value in (0.0, 1.0, np.nan):
                expected = precision_recall_fscore_support(
                    targets, predictions, beta=beta, labels=np.arange(classes), average=average,
                    zero_division=value)[:3]
                ours = precision_recall_fscore(*counts(targets, predictions, classes), beta, average, value)
                for a, b in zip(ours, expected, strict=True):
                    np.testing.assert_allclose(a, b, rtol=1e-12)


def test_many_classes_also_absent_ones():
    rng = np.random.default_rng(0)
    for classes, present, number in ((2, 2, 31), (5, 4, 17), (7, 3, 11)):
        targets, predictions = rng.integers(0, present, number), rng.integers(0, present, number)
        compare(targets, predictions, classes)
        tp, fp, fn = counts(targets, predictions, classes)
        np.testing.assert_allclose(matthews(tp, fp, fn), matthews_corrcoef(targets, predictions), atol=1e-12)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a class that is said and never true
            np.testing.assert_allclose(balanced_accuracy(tp, fn),
                                       balanced_accuracy_score(targets, predictions), rtol=1e-12)


def test_several_labels_per_example():
    rng = np.random.default_rng(1)
    for rate in (0.1, 0.6):
        targets = (rng.random((13, 4)) < rate).astype(np.int64)
        predictions = (rng.random((13, 4)) < 0.4).astype(np.int64)
        targets[:, 2] = predictions[:, 2] = 0  # a label that nobody has
        compare(targets, predictions, 4)


def test_classes_out_of_range_are_named_with_the_range():
    four, twos = np.array([0, 1, 2, 1]), np.full((1, 3), 2)
    for args, refused in (((four, four, 2), "targets must lie in 0..1, got [0 1 2]"),
                          ((four[:1], np.array([3]), 3), "predictions must lie in 0..2, got [3]"),
                          ((twos, twos, 3), "targets must lie in 0..1, got [2]")):
        with pytest.raises(ValueError, match=f"^{re.escape(refused)}$"):
            counts(*args)
