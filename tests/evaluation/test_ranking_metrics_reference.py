"""The same numbers as scikit-learn's, with ties and both gains."""

import numpy as np
from scipy.stats import binom
from sklearn.metrics import (
    average_precision_score,
    dcg_score,
    label_ranking_average_precision_score,
    ndcg_score,
)

from snippets.evaluation.ranking_metrics import average_precision, dcg, ndcg, sampled_expectation


def test_dcg_and_ndcg():
    rng = np.random.default_rng(0)
    for decimals in (0, 1, 8):
        grades, scores = rng.integers(0, 4, (17, 11)), np.round(3 * rng.random((17, 11)), decimals)
        grades[3] = 0  # a query without anything relevant
        for k in (None, 1, 4, 11, 20):
            for gain, given in (("linear", grades), ("exponential", 2**grades - 1)):
                for ours, theirs in ((dcg, dcg_score), (ndcg, ndcg_score)):
                    np.testing.assert_allclose(ours(grades, scores, k, gain).mean(),
                                               theirs(given, scores, k=k), rtol=1e-12)


def test_average_precision_of_lists_without_ties():
    rng = np.random.default_rng(1)
    hits, scores = (rng.random((23, 9)) < 0.3).astype(np.int64), rng.random((23, 9))
    hits[:, 0] = 1
    each = [average_precision_score(h, s) for h, s in zip(hits, scores, strict=True)]
    np.testing.assert_allclose(average_precision(hits, scores), each, rtol=1e-12)
    np.testing.assert_allclose(np.mean(each), label_ranking_average_precision_score(hits, scores), rtol=1e-12)


def test_the_sampled_expectation_is_a_binomial_probability():
    for rank, items, negatives, k in ((60, 10_000, 100, 10), (700, 10_000, 100, 10), (3, 7, 5, 2)):
        expected = binom.cdf(k - 1, negatives, (rank - 1) / (items - 1))
        np.testing.assert_allclose(sampled_expectation(rank, items, negatives, k), expected, rtol=1e-9)
