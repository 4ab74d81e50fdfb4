"""The same scores from scikit-learn's counts, SciPy's ranks and PyTorch's cosine."""

import numpy as np
import pytest
import torch
from scipy.stats import rankdata
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import label_ranking_average_precision_score
from sklearn.metrics.pairwise import cosine_similarity

from snippets.language_models.retrieval_augmented_generation import (
    bm25_scores,
    cosine_scores,
    reciprocal_rank,
    reciprocal_rank_fusion,
)


def test_bm25_from_a_matrix_of_counts():
    rng = np.random.default_rng(0)
    for k1, b in ((1.2, 0.75), (0.9, 0.4), (2.0, 1.0)):
        documents = [[f"w{i}" for i in rng.zipf(1.5, rng.integers(3, 12)) % 17] for _ in range(13)]
        query = ["w1", "w2", "w9", "w1"]
        vectorizer = CountVectorizer(analyzer=lambda tokens: tokens)
        counts = vectorizer.fit_transform(documents).toarray().astype(float)
        n = (counts > 0).sum(0)
        idf = np.log((13 + 1) / (n + 0.5))  # 1 + (N - n + .5)/(n + .5), the same number
        length = counts.sum(1, keepdims=True)
        weights = idf * counts * (k1 + 1) / (counts + k1 * (1 - b + b * length / length.mean()))
        columns = [vectorizer.vocabulary_[term] for term in query if term in vectorizer.vocabulary_]
        expected = weights[:, columns].sum(1)
        np.testing.assert_allclose(bm25_scores(query, documents, k1, b), expected, rtol=1e-12)


def test_cosines_match_two_libraries():
    rng = np.random.default_rng(1)
    query, documents = rng.standard_normal((2, 3, 7)), rng.standard_normal((5, 7))
    expected = torch.nn.functional.cosine_similarity(
        torch.tensor(query)[:, :, None], torch.tensor(documents), dim=-1)
    np.testing.assert_allclose(cosine_scores(query, documents), expected.numpy(), atol=1e-14)
    again = cosine_similarity(query[0], documents)
    np.testing.assert_allclose(cosine_scores(query[0], documents), again, atol=1e-14)


def test_fusion_orders_by_scipy_s_ranks():
    rng = np.random.default_rng(2)
    for k in (0, 1, 60):
        scores = rng.standard_normal((3, 11))
        rankings = [np.argsort(-row).tolist() for row in scores]
        total = (1 / (k + rankdata(-scores, axis=1))).sum(0)
        fused = reciprocal_rank_fusion(rankings, k)
        assert np.all(np.diff(total[fused]) <= 1e-12)


def test_reciprocal_rank_of_one_relevant_document_is_the_ranking_precision():
    rng = np.random.default_rng(3)
    scores = rng.standard_normal((20, 9))
    target = rng.integers(0, 9, 20)
    ours = [reciprocal_rank(np.argsort(-row).tolist(), {int(t)})
            for row, t in zip(scores, target, strict=True)]
    assert abs(np.mean(ours) - label_ranking_average_precision_score(np.eye(9)[target], scores)) < 1e-12


def test_a_ranking_that_repeats_a_document_is_shown():
    with pytest.raises(ValueError, match=r"^rankings must not repeat a document, got \['b', 'a', 'b'\]$"):
        reciprocal_rank_fusion([["a", "b"], ["b", "a", "b"]])
