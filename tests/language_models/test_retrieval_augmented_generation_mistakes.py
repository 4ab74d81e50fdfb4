"""How each mistake fails."""

import numpy as np

from snippets.language_models.retrieval_augmented_generation import chunk, reciprocal_rank_fusion
from snippets.language_models.retrieval_augmented_generation_mistakes import add_scores, search
from snippets.language_models.retrieval_augmented_generation_mistakes import chunk as whole_chunks


def test_a_sum_of_scores_follows_bm25_alone():
    rng = np.random.default_rng(0)
    bm25, cosine = rng.uniform(0, 20, 30), rng.uniform(-1, 1, 30)
    order = add_scores(bm25, cosine)
    assert np.corrcoef(bm25[order], np.arange(30))[0, 1] < -0.95
    assert abs(np.corrcoef(cosine[order], np.arange(30))[0, 1]) < 0.4
    # Fused by rank, the best of the embedding is near the top.
    fused = reciprocal_rank_fusion([np.argsort(-bm25).tolist(), np.argsort(-cosine).tolist()])
    best = int(np.argmax(cosine))
    assert fused.index(best) < 10 < order.tolist().index(best)


def test_rights_checked_after_the_top_k_leave_a_tenth():
    rng = np.random.default_rng(0)
    left = []
    for _ in range(500):
        allowed = rng.random(1000) < 0.1
        scores = rng.standard_normal(1000)
        left.append(len(search(scores, allowed, 10)))
        assert len(np.argsort(-np.where(allowed, scores, -np.inf))[:10]) == 10
    # Binomial with 10 draws at 0.1: mean 1, deviation 0.95; nothing at all with 0.9**10 = 0.349.
    assert abs(np.mean(left) - 1) < 5 * 0.95 / 500**0.5
    assert abs(np.mean(np.array(left) == 0) - 0.349) < 5 * (0.349 * 0.651 / 500) ** 0.5


def test_whole_windows_lose_the_end_of_the_document():
    tokens = list(range(23))
    assert set(tokens) - {t for window in whole_chunks(tokens, 10) for t in window} == {20, 21, 22}
    assert {t for window in chunk(tokens, 10) for t in window} == set(tokens)
    assert whole_chunks(tokens[:7], 10) == []  # a short document vanishes altogether
