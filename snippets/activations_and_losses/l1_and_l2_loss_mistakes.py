"""Regression losses, wrong in three ways that people write.

tests/activations_and_losses/test_l1_and_l2_loss_mistakes.py shows how each one fails.
"""

import numpy as np


# --8<-- [start:broadcast]
def loss_that_broadcasts(pred, target):
    """WRONG: (N, 1) minus (N,) is (N, N): each prediction against each target."""
    return ((pred - target) ** 2).mean()
# --8<-- [end:broadcast]


# --8<-- [start:roots]
def mean_of_batch_rmse(batches):
    """WRONG: the mean of square roots is not the square root of the mean."""
    return np.mean([np.sqrt(np.mean(residuals**2)) for residuals in batches])
# --8<-- [end:roots]


# --8<-- [start:units]
def summed_over_units(pred, target):
    """WRONG: columns in meters, meters and degrees; the degrees drown the rest."""
    return ((pred - target) ** 2).mean()
# --8<-- [end:units]


if __name__ == "__main__":
    target = np.array([1.0, 2.0, 6.0])
    print("perfect predictions, broadcast:", round(loss_that_broadcasts(target[:, None], target), 3))
    print("the mean for everyone, broadcast:",
          round(loss_that_broadcasts(np.full((3, 1), 3.0), target), 3))
    print("mean of RMSE", mean_of_batch_rmse([np.array([0.0, 0.0]), np.array([4.0, 4.0])]),
          "RMSE", round(float(np.sqrt(8.0)), 3))
