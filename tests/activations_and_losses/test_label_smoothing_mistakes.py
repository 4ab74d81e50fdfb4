"""How each mistake fails."""

import numpy as np

from snippets.activations_and_losses.label_smoothing import label_smoothing_loss, smooth_labels
from snippets.activations_and_losses.label_smoothing_mistakes import (
    log_loss_on_smoothed_targets,
    soften_and_smooth,
    targets_of_the_other_definition,
)


def test_the_other_definition_differs_most_for_two_classes():
    ours, other = smooth_labels(np.array([0]), 2, 0.1)[0], targets_of_the_other_definition(0, 2, 0.1)
    np.testing.assert_allclose([ours[0], other[0]], [0.95, 0.9])
    ours, other = smooth_labels(np.array([0]), 1000, 0.1)[0], targets_of_the_other_definition(0, 1000, 0.1)
    assert abs(ours[0] - other[0]) < 1.1e-4


def test_smoothing_twice_is_smoothing_more():
    np.testing.assert_allclose(soften_and_smooth(1, 5, 0.1), smooth_labels(np.array([1]), 5, 0.19)[0])


def test_a_smoothed_report_makes_a_better_model_look_worse():
    sure = np.array([[8.0] + [0.0] * 9])  # right, with probability 0.997
    target = np.array([0])
    log_q = sure - np.log(np.exp(sure).sum())
    assert label_smoothing_loss(sure, target, 0.0)[0] < 0.0031
    assert abs(log_loss_on_smoothed_targets(log_q, target, 0.1) - 0.723) < 5e-4
