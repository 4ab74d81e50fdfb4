"""How each mistake fails."""

import numpy as np

from snippets.optimization.gradient_descent_variants_mistakes import (
    epoch_loss,
    settle,
    sorted_epoch,
)

TARGETS = np.repeat(np.array([0.0, 1.0]), 50)


def test_sorted_batches_end_near_the_last_kind():
    assert round(settle(sorted_epoch(TARGETS, 10), TARGETS, 0.3, 100), 3) == 0.856
    order = np.random.default_rng(0).permutation(100)
    shuffled = settle([order[i : i + 10] for i in range(0, 100, 10)], TARGETS, 0.3, 100)
    assert abs(shuffled - 0.5) < 0.2


def test_the_mean_of_batch_means_is_not_the_mean():
    losses = np.array([1.0] * 32 + [3.0])
    assert epoch_loss(losses, 32) == 2.0
    assert round(float(losses.mean()), 3) == 1.061
    assert epoch_loss(losses[:32], 8) == 1.0
