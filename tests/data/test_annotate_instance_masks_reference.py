"""The same matches from an optimal assignment, and the proof that no object matches twice."""

import numpy as np
from scipy import ndimage
from scipy.optimize import linear_sum_assignment

from snippets.data.annotate_instance_masks import overlaps, panoptic_quality


def objects(seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=(60, 70))
    labels, _ = ndimage.label(ndimage.gaussian_filter(noise, 3) > 0.03)
    return labels


def test_matches_are_those_of_the_optimal_assignment():
    rng = np.random.default_rng(0)
    for seed in range(10):
        first = objects(seed)
        second = np.roll(first, rng.integers(0, 3, size=2), axis=(0, 1))
        n, m = first.max(), second.max()
        iou = np.zeros((n, m))
        for i in range(n):
            for j in range(m):
                a, b = first == i + 1, second == j + 1
                iou[i, j] = np.sum(a & b) / np.sum(a | b)
        assert np.all(np.sum(iou > 0.5, axis=0) <= 1) and np.all(np.sum(iou > 0.5, axis=1) <= 1)
        rows, columns = linear_sum_assignment(-iou)
        matched = iou[rows, columns][iou[rows, columns] > 0.5]
        pq, sq, rq = panoptic_quality(overlaps(first, second), np.zeros(n), np.zeros(m))
        np.testing.assert_allclose(sq, matched.mean())
        np.testing.assert_allclose(rq, len(matched) / ((n + m) / 2))
        np.testing.assert_allclose(pq, matched.sum() / ((n + m) / 2))
