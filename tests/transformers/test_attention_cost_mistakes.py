"""How each mistake fails."""

import numpy as np

from snippets.transformers.attention_cost_mistakes import linear_attention_of_everything, window_by_mask


def test_a_mask_saves_nothing():
    q, k = np.random.default_rng(0).standard_normal((2, 50, 3))
    scores = window_by_mask(q, k, 4)
    assert scores.size == 50 * 50 and np.isfinite(scores).sum() == 4 * 50 - 6


def test_one_sum_over_all_positions_tells_the_future():
    rng = np.random.default_rng(1)
    q, k, v = np.exp(rng.standard_normal((3, 6, 4)))
    before = linear_attention_of_everything(q, k, v)
    v[5] += 1
    after = linear_attention_of_everything(q, k, v)
    assert np.abs(after[0] - before[0]).max() > 0.01
