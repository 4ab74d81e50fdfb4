"""Weight penalties, wrong in three ways that people write.

tests/regularization/test_weight_penalties_mistakes.py shows how each one fails.
"""

import numpy as np


# --8<-- [start:subgradient]
def lasso_by_subgradient(x, targets, l1, lr, steps):
    """WRONG if zeros are wanted: near 0 the weight jumps from side to side."""
    w = np.full(x.shape[1], 1e-3)
    for _ in range(steps):
        w -= lr * (x.T @ (x @ w - targets) / len(x) + l1 * np.sign(w))
    return w
# --8<-- [end:subgradient]


# --8<-- [start:intercept]
def ridge_with_penalized_intercept(x, targets, l2):
    """WRONG: the column of ones is penalized with the rest."""
    columns = np.hstack([x, np.ones((len(x), 1))])
    gram = columns.T @ columns / len(x) + l2 * np.eye(columns.shape[1])
    return np.linalg.solve(gram, columns.T @ targets / len(x))
# --8<-- [end:intercept]


# --8<-- [start:factor]
def library_ridge_alpha(l2, n):
    """WRONG: scikit-learn's Ridge adds alpha to the sum, not to the mean."""
    return l2  # right: n * l2
# --8<-- [end:factor]


if __name__ == "__main__":
    x = np.array([[1.0], [-1.0], [2.0], [-2.0]])
    for shift in (0.0, 100.0):
        w = ridge_with_penalized_intercept(np.hstack([x + 1]), 3 * x[:, 0] + shift, 0.5)
        print(f"targets + {shift:g}: slope {w[0]:.3f}, intercept {w[1]:.3f}")
    w = lasso_by_subgradient(x, np.zeros(4), 1.0, 0.1, 1000)
    print("subgradient, best weight 0:", w)
