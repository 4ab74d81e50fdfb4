"""Early stopping, wrong in two ways that people write.

tests/regularization/test_early_stopping_mistakes.py shows how each one fails.
"""

import numpy as np


# --8<-- [start:reference]
def train_and_restore(weights, changes, losses):
    """WRONG: best is not a copy; the steps in place go on changing it."""
    best, best_loss = weights, float("inf")
    for change, loss in zip(changes, losses, strict=True):
        weights += change
        if loss < best_loss:
            best, best_loss = weights, loss
    return best
# --8<-- [end:reference]


# --8<-- [start:previous]
def epochs_until_stop(losses, patience):
    """WRONG: compares with the epoch before, so any wiggle resets the count."""
    bad = 0
    for epoch in range(1, len(losses)):
        bad = 0 if losses[epoch] < losses[epoch - 1] else bad + 1
        if bad >= patience:
            return epoch + 1
    return len(losses)
# --8<-- [end:previous]


if __name__ == "__main__":
    print("restored:", train_and_restore(np.zeros(1), [1.0, 1.0, 1.0], [3.0, 1.0, 2.0]),
          "best was [2.]")
    rising = [1.0 + 0.1 * epoch - 0.15 * (epoch % 2) for epoch in range(100)]
    print("epochs:", epochs_until_stop(rising, 3))
