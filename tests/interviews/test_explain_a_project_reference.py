"""Kappa and precision against scikit-learn, and the tables that the page prints."""

import numpy as np
from sklearn.metrics import cohen_kappa_score, precision_score

from snippets.interviews.explain_a_project import (
    _two_annotators,
    cohens_kappa,
    labels_from_boxes,
    precision,
)


def test_kappa_matches_scikit_learn():
    rng = np.random.default_rng(0)
    for classes, items in [(2, 7), (3, 50), (5, 211)]:
        first = rng.integers(0, classes, items)
        second = np.where(rng.random(items) < 0.6, first, rng.integers(0, classes, items))
        np.testing.assert_allclose(cohens_kappa(first, second), cohen_kappa_score(first, second), rtol=1e-12)


def test_precision_matches_counting():
    # 30 positive frames of which 24 fire, 970 negative of which 97 fire
    targets = np.repeat([1, 1, 0, 0], [24, 6, 97, 873])
    fired = np.repeat([1, 0, 1, 0], [24, 6, 97, 873])
    np.testing.assert_allclose(
        precision(24 / 30, 97 / 970, 30 / 1000), precision_score(targets, fired), rtol=1e-12
    )


def test_the_page_s_tables_become_one_pair_of_labels_per_item():
    first, second = _two_annotators((1, 2, 3, 4))
    pairs = [(1, 1)] + 2 * [(1, 0)] + 3 * [(0, 1)] + 4 * [(0, 0)]
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == pairs


def test_boxes_in_bytes_do_not_overflow():
    boxes = np.array([[0, 0, 160, 120], [60, 50, 10, 5]], np.uint8)
    np.testing.assert_array_equal(labels_from_boxes(boxes, 480, 640, 0.05), [True, False])
