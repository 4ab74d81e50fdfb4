"""How each mistake fails."""

import numpy as np

from snippets.sequences.sequence_to_sequence import softmax
from snippets.sequences.sequence_to_sequence_mistakes import decoder_inputs, grad_scores, masked_weights


def test_without_the_shift_a_copy_of_the_input_is_a_perfect_model():
    targets = np.array([3, 1, 4, 1, 5])
    guess = decoder_inputs(targets, start=9)  # the "model" returns what it reads
    assert np.all(guess == targets)
    right = np.concatenate([[9], targets[:-1]])
    assert not np.any(right == targets)


def test_a_mask_after_the_softmax_leaves_weights_that_do_not_sum_to_one():
    scores, real = np.array([[0.0, 0.0, 5.0]]), np.array([[1.0, 1.0, 0.0]])
    assert masked_weights(scores, real).sum() < 0.02
    np.testing.assert_allclose(softmax(np.where(real > 0, scores, -np.inf)).sum(), 1.0)


def test_the_diagonal_alone_gives_a_gradient_where_nothing_can_change():
    # A constant gradient at weights that sum to 1 means: no effect at all.
    weights, grad = np.array([[0.2, 0.3, 0.5]]), np.full((1, 3), 7.0)
    assert np.abs(grad_scores(weights, grad)).min() > 1
    mean = (weights * grad).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(weights * (grad - mean), 0.0, atol=1e-12)
