"""Each wrong way fails as the page says, and the right one does not."""

import numpy as np

from snippets.regularization.early_stopping import EarlyStopping
from snippets.regularization.early_stopping_mistakes import epochs_until_stop, train_and_restore


def test_without_a_copy_the_last_weights_come_back():
    np.testing.assert_array_equal(train_and_restore(np.zeros(1), [1.0, 1.0, 1.0], [3.0, 1.0, 2.0]), [3.0])
    stopper, weights = EarlyStopping(3), np.zeros(1)
    for loss in (3.0, 1.0, 2.0):
        weights += 1.0
        stopper.update(loss, [weights])
    np.testing.assert_array_equal(stopper.best_weights[0], [2.0])


def test_compared_with_the_epoch_before_a_rising_loss_never_stops():
    rising = [1.0 + 0.1 * epoch - 0.15 * (epoch % 2) for epoch in range(100)]
    assert rising[-1] > 10 and epochs_until_stop(rising, 3) == 100
    stopper = EarlyStopping(3)
    assert [stopper.update(loss, []) for loss in rising].index(True) + 1 == 5
