"""Each wrong loss fails where the page says, and the right one does not."""

import numpy as np

from snippets.activations_and_losses.l1_and_l2_loss import l2_loss
from snippets.activations_and_losses.l1_and_l2_loss_mistakes import (
    loss_that_broadcasts,
    mean_of_batch_rmse,
    summed_over_units,
)

TARGET = np.array([1.0, 2.0, 6.0])


def test_broadcasting_prefers_the_mean_to_the_truth():
    np.testing.assert_allclose(loss_that_broadcasts(TARGET[:, None], TARGET), 28 / 3)
    np.testing.assert_allclose(loss_that_broadcasts(np.full((3, 1), 3.0), TARGET), 14 / 3)
    assert l2_loss(TARGET, TARGET)[0] == 0


def test_mean_of_rmse_is_too_small():
    batches = [np.array([0.0, 0.0]), np.array([4.0, 4.0])]
    assert mean_of_batch_rmse(batches) == 2.0
    np.testing.assert_allclose(np.sqrt(np.mean(np.concatenate(batches) ** 2)), 2.828, atol=5e-4)


def test_degrees_drown_meters():
    # 0.1 m, 0.1 m and 5 degrees: 99.9 % of the loss is the angle. Divided by spreads, a third each.
    pred, target = np.array([[0.1, 0.1, 5.0]]), np.zeros((1, 3))
    share = 25 / 3 / summed_over_units(pred, target)
    np.testing.assert_allclose(share, 0.9992, atol=5e-5)
    spread = np.array([0.1, 0.1, 5.0])
    scaled = l2_loss(pred / spread, target / spread)[1]
    np.testing.assert_allclose(scaled, np.full((1, 3), 2 / 3))
