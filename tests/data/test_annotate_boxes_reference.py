"""The same numbers from SciPy."""

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.stats import binom, binomtest

from snippets.data.annotate_boxes import (
    acceptance_probability,
    agreement,
    box_iou,
    wilson_interval,
)


def test_wilson_interval_as_in_scipy():
    z = 1.959963984540054
    for errors, checked in [(0, 60), (1, 3), (12, 400), (400, 400)]:
        theirs = binomtest(errors, checked).proportion_ci(0.95, method="wilson")
        np.testing.assert_allclose(wilson_interval(errors, checked, z), theirs, atol=1e-12)


def test_acceptance_probability_as_in_scipy():
    for checked, allowed, rate in [(132, 3, 0.05), (306, 10, 0.02), (5, 0, 0.3), (5000, 400, 0.08)]:
        ours = acceptance_probability(checked, allowed, rate)
        np.testing.assert_allclose(ours, binom.cdf(allowed, checked, rate))


def test_greedy_pairs_are_the_optimal_ones_when_annotators_mean_the_same_objects():
    rng = np.random.default_rng(0)
    for _ in range(20):
        corner = rng.uniform(0, 1000, size=(12, 2))
        boxes = np.concatenate([corner, corner + rng.uniform(30, 90, size=(12, 2))], axis=1)
        others = rng.permutation(boxes + rng.normal(0, 3, size=(12, 4)))[:10]
        iou = box_iou(boxes, others)
        rows, columns = linear_sum_assignment(-np.where(iou >= 0.5, iou, 0.0))
        kept = iou[rows, columns] >= 0.5
        found, placed, _ = agreement(boxes, np.zeros(12), others, np.zeros(10))
        np.testing.assert_allclose(found, 2 * kept.sum() / 22)
        np.testing.assert_allclose(placed, iou[rows, columns][kept].mean())
