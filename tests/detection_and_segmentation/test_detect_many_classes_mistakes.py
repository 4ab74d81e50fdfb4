"""The wrong versions fail in the way the page says."""

import numpy as np

from snippets.detection_and_segmentation.detect_many_classes import federated_loss
from snippets.detection_and_segmentation.detect_many_classes_mistakes import (
    wrong_checked,
    wrong_logits,
    wrong_overlapping,
)


def test_without_correction_the_optimum_is_the_ratio_to_the_sampling_frequency():
    """Minimize the exact expected loss over two classes, whose probability is 0.9 and 0.1.

    With negatives drawn with q, the expected loss for one draw of each kind is smallest
    where p * exp(-z) * q balances: logits differ by log(p0 / q0) - log(p1 / q1).
    """
    p, q = np.array([0.9, 0.1]), np.array([0.75, 0.25])
    grid = np.linspace(-3, 6, 9001)

    def best_difference(correct):
        expected = np.log(q)
        z = np.stack([grid, np.zeros_like(grid)], axis=1)
        if correct:
            z = z - expected
        else:
            z = wrong_logits(z, expected)
        # target 0 meets a drawn class 1 with probability q1, and the other way round
        loss = p[0] * q[1] * np.log1p(np.exp(z[:, 1] - z[:, 0]))
        loss += p[1] * q[0] * np.log1p(np.exp(z[:, 0] - z[:, 1]))
        return grid[loss.argmin()]

    np.testing.assert_allclose(best_difference(True), np.log(0.9 / 0.1), atol=1e-3)
    np.testing.assert_allclose(best_difference(False), np.log(0.9 / 0.75) - np.log(0.1 / 0.25),
                               atol=1e-3)


def test_silence_taken_for_absence_pushes_down_a_class_that_is_there():
    logits, targets = np.array([[2.0, 2.0]]), np.array([[1.0, 0.0]])  # class 1: never looked for
    _, wrong = federated_loss(logits, targets, wrong_checked(targets))
    _, right = federated_loss(logits, targets, np.array([[True, False]]))
    assert wrong[0, 1] > 0.8 and right[0, 1] == 0


def test_one_softmax_gives_two_true_names_half_each():
    probs = wrong_overlapping(np.array([8.0, 8.0, -8.0]))
    np.testing.assert_allclose(probs[:2], 0.5, atol=1e-6)
    assert round(1 / (1 + np.exp(-8.0)), 4) == 0.9997  # two sigmoids say yes to both
