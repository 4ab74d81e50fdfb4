"""How each mistake fails."""

import numpy as np

from snippets.transformers.multi_head_attention import merge_heads, split_heads
from snippets.transformers.multi_head_attention_mistakes import (
    attend_with,
    merge_by_reshape,
    scores_of_a_head,
    split_by_reshape,
)

X = np.random.default_rng(0).standard_normal((1, 4, 6))


def reaches(split, merge, source, target, heads=2):
    """Whether the output at one position depends on the input at another."""
    other = X.copy()
    other[:, source] += 1
    change = attend_with(split, merge, other, heads) - attend_with(split, merge, X, heads)
    return bool(np.abs(change[:, target]).max() > 1e-9)


def test_by_reshape_a_head_gets_half_of_the_tokens():
    np.testing.assert_array_equal(split_by_reshape(X, 2)[0, 0], X[0, :2].reshape(4, 3))
    # Split and merge wrong together: no leak, right shapes, and the last token never sees the first.
    np.testing.assert_array_equal(merge_by_reshape(split_by_reshape(X, 2)), X)
    assert not reaches(split_by_reshape, merge_by_reshape, 0, 3)
    assert reaches(split_heads, merge_heads, 0, 3)
    assert not any(reaches(split_by_reshape, merge_by_reshape, s, t)
                   for t in range(4) for s in range(t + 1, 4))


def test_a_merge_by_reshape_leaks_the_future():
    assert reaches(split_heads, merge_by_reshape, 3, 1)  # although the scores are masked
    assert not reaches(split_heads, merge_heads, 3, 1)


def test_the_model_s_width_flattens_the_scores():
    rng = np.random.default_rng(0)
    q, k = rng.standard_normal((2, 500, 64))
    # 12 heads of 64 in 768 channels: standard deviation 1 / sqrt(12) instead of 1.
    assert abs(scores_of_a_head(q, k, 768).std() - 0.2887) < 0.02
