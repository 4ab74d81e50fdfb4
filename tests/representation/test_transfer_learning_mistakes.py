"""How each mistake fails."""

from snippets.representation.transfer_learning_mistakes import frozen_mean, frozen_weight


def test_a_frozen_batch_norm_in_training_mode_follows_the_new_data():
    assert abs(frozen_mean(evaluate=False) - 10 * (1 - 0.9**10)) < 1e-4  # 6.5
    assert frozen_mean(evaluate=True) == 0.0


def test_a_frozen_weight_left_in_the_optimizer_shrinks():
    assert abs(frozen_weight(leave_out=False) - 0.99**100) < 1e-4  # 0.366
    assert frozen_weight(leave_out=True) == 1.0
