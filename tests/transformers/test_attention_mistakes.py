"""How each mistake fails."""

import numpy as np

from snippets.transformers.attention import attention_backward, attention_weights
from snippets.transformers.attention_mistakes import (
    scores_backward,
    weights_over_queries,
    weights_with_an_added_mask,
)


def test_over_the_queries_the_rows_do_not_sum_to_one():
    rng = np.random.default_rng(0)
    q, k = rng.standard_normal((3, 4)), rng.standard_normal((5, 4))
    wrong = weights_over_queries(q, k)
    np.testing.assert_allclose(wrong.sum(axis=0), 1)  # columns instead
    assert np.abs(wrong.sum(axis=1) - 1).max() > 0.1
    np.testing.assert_array_equal(weights_over_queries(q[:1], k), 1)  # one query: each key has weight 1


def test_an_added_mask_leaves_the_masked_key_visible():
    q, k = np.ones((1, 4)), np.zeros((2, 4))
    mask = np.array([[1, 0]])
    wrong = weights_with_an_added_mask(q, k, mask)
    assert wrong.round(3).tolist() == [[0.731, 0.269]]
    assert attention_weights(q, k, mask.astype(bool)).tolist() == [[1.0, 0.0]]


def test_the_diagonal_alone_is_another_gradient():
    rng = np.random.default_rng(0)
    q, k, grad = rng.standard_normal((1, 4)), rng.standard_normal((5, 4)), rng.standard_normal((1, 5))
    probs = attention_weights(q, k)
    wrong = scores_backward(probs, grad)
    right = attention_backward(q, k, np.eye(5), grad)[0]
    assert abs(wrong.sum()) > 0.05  # the true gradient at the scores sums to 0
    assert np.abs(wrong @ k / 2 - right).max() > 0.1 * np.abs(right).max()
