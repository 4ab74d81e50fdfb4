"""How each mistake fails."""

import numpy as np

from snippets.language_models import dpo, dpo_mistakes


def test_the_unshifted_sum_rewards_a_copy():
    # A model that is sure to repeat the token it has just read.
    labels, mask = np.array([[0, 1, 2, 0]]), np.array([[0, 1, 1, 1]])
    logits = 20.0 * np.eye(3)[labels]
    copied = dpo_mistakes.unshifted_logps(dpo.log_softmax(logits), labels, mask)
    assert copied[0] > -1e-6, "looks perfect"
    assert dpo.sequence_logps(logits, labels, mask)[0] < -59, "and writes nothing of it"


def test_the_mean_hides_the_length():
    taken, mask = -np.ones((2, 6)), np.zeros((2, 6))
    mask[0, :2], mask[1, :6] = 1, 1
    np.testing.assert_array_equal(dpo_mistakes.averaged_logps(taken, mask), [-1, -1])
    # exp of the sum is a probability: 2 tokens of 1/e each, against 6 of them.
    np.testing.assert_array_equal((taken * mask).sum(axis=1), [-2, -6])


def test_without_reference_the_loss_sees_length_before_training():
    chosen, rejected = np.array([-40.0]), np.array([-10.0])  # the preferred one is longer
    assert abs(dpo_mistakes.dpo_without_reference(chosen, rejected, 0.1) - np.log(1 + np.exp(3))) < 1e-12
    assert abs(dpo.dpo_loss(chosen, rejected, chosen, rejected, 0.1)[0] - np.log(2)) < 1e-12
