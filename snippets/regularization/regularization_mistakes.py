"""Regularization, wrong in two ways that people write.

tests/regularization/test_regularization_mistakes.py shows how each one fails.
"""

import numpy as np


# --8<-- [start:gap]
def choose_by_gap(alphas, train_errors, test_errors):
    """WRONG: the smallest gap belongs to the model that has learned nothing."""
    return alphas[np.argmin(np.array(test_errors) - np.array(train_errors))]
# --8<-- [end:gap]


# --8<-- [start:mean]
def ridge_on_the_mean(x, targets, alpha):
    """WRONG: alpha was tuned for the sum; here it is N times as strong."""
    n, d = x.shape
    return np.linalg.solve(x.T @ x / n + alpha * np.eye(d), x.T @ targets / n)
# --8<-- [end:mean]


if __name__ == "__main__":
    x, targets = np.ones((4, 1)), np.full(4, 2.0)
    print("alpha 4: sum", x.T @ targets / (x.T @ x + 4).ravel(),
          "mean", ridge_on_the_mean(x, targets, 4.0))
