"""How each mistake fails."""

import numpy as np

from snippets.activations_and_losses.focal_loss import sigmoid_focal_loss, sigmoid_focal_loss_backward
from snippets.activations_and_losses.focal_loss_mistakes import (
    from_probabilities,
    gradient_with_a_constant_weight,
    mean_over_anchors,
)


def test_the_mean_over_anchors_is_two_thousand_times_smaller():
    losses = np.zeros(100_000)
    losses[:50] = 1.0
    np.testing.assert_allclose(losses.sum() / 50 / mean_over_anchors(losses), 2000)


def test_clipped_probabilities_stop_the_gradient_of_the_worst_mistake():
    z = np.array([-20.0, -20.001])
    losses = from_probabilities(1 / (1 + np.exp(-z)), np.ones(2))
    assert losses[0] == losses[1] and losses[0] < 16.2
    assert sigmoid_focal_loss_backward(z, np.ones(2), -1)[0] < -0.99
    assert sigmoid_focal_loss(z, np.ones(2), -1)[0] > 19.9


def test_a_constant_weight_is_three_times_weaker_on_easy_examples():
    z = np.array([np.log(0.99 / 0.01)])
    right = sigmoid_focal_loss_backward(z, np.ones(1), -1, 2)
    ratio = right / gradient_with_a_constant_weight(z, np.ones(1))
    assert abs(ratio.item() - 2.99) < 0.01
