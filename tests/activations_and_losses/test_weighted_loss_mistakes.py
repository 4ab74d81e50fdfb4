"""Each wrong weighting fails where the page says, and the right one does not."""

import numpy as np

from snippets.activations_and_losses.weighted_loss_mistakes import (
    accumulate_batches_of_one,
    odds_of_a_balanced_sampler_and_weights,
    weight_after_the_mean,
)

LOSSES, TARGETS, WEIGHTS = np.array([0.2, 0.2, 0.2, 2.0]), np.array([0, 0, 0, 1]), np.array([1.0, 3.0])


def test_after_the_mean_every_example_keeps_its_share():
    base = weight_after_the_mean(LOSSES, TARGETS, WEIGHTS)
    for i in range(4):  # what one more unit of loss costs: the same for both classes
        more = weight_after_the_mean(LOSSES + np.eye(4)[i], TARGETS, WEIGHTS) - base
        np.testing.assert_allclose(more, 1.5 / 4)


def test_batches_of_one_forget_the_weights():
    np.testing.assert_allclose(accumulate_batches_of_one(LOSSES, TARGETS, WEIGHTS), 0.65)
    assert accumulate_batches_of_one(LOSSES, TARGETS, WEIGHTS) == accumulate_batches_of_one(
        LOSSES, TARGETS, np.ones(2))
    np.testing.assert_allclose((WEIGHTS[TARGETS] * LOSSES).sum() / WEIGHTS[TARGETS].sum(), 1.1)


def test_sampler_and_weights_count_twice():
    odds = odds_of_a_balanced_sampler_and_weights(0.02 / 0.98, 49.0)
    np.testing.assert_allclose(odds, 49.0)
    np.testing.assert_allclose(odds / (1 + odds), 0.98)
    assert abs(0.02 / 0.98 * 49 - 1) < 1e-12  # one of them gives even odds
