"""How each mistake fails."""

import numpy as np

from snippets.language_models.decoding import next_token_probs, softmax
from snippets.language_models.decoding_mistakes import heat, nucleus, penalize


def test_a_nucleus_by_the_cumulative_sum_can_be_empty():
    probs = np.array([0.7, 0.2, 0.1])
    assert nucleus(probs, 0.5).size == 0  # and an empty set cannot be renormalized
    assert nucleus(probs, 0.8).tolist() == [0]  # 0.7 of mass where 0.8 was asked for


def test_dividing_a_negative_logit_makes_the_token_more_probable():
    logits = np.array([1.0, -2.0, 0.0])
    assert softmax(penalize(logits, np.array([1]), 1.2))[1] > softmax(logits)[1]


def test_dividing_probabilities_changes_nothing():
    logits = np.array([2.0, 1.0, 0.0, -1.0])
    np.testing.assert_allclose(heat(logits, 5.0), softmax(logits), rtol=1e-12)
    assert next_token_probs(logits, 5.0)[0] < 0.4 < softmax(logits)[0]
