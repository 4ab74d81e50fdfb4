"""What regularization does, on least squares where everything can be computed.

Hoerl and Kennard, *Ridge regression: biased estimation for nonorthogonal
problems*, https://doi.org/10.1080/00401706.1970.10488634.
"""

import numpy as np


# --8<-- [start:ridge]
def ridge(x: np.ndarray, targets: np.ndarray, alpha: float) -> np.ndarray:
    """Weights w that minimize ``sum((x @ w - targets)**2) + alpha * sum(w**2)``.

    Args:
        x: Inputs, (N, D). No intercept is added and none is left unpenalized.
        targets: (N,), or (N, R) for R data sets with the same inputs.
        alpha: Strength of the penalty, > 0.

    Returns:
        Weights, (D,) or (D, R).

    Raises:
        ValueError: If ``alpha`` is not positive.

    >>> ridge(np.ones((4, 1)), np.array([1.0, 2.0, 3.0, 2.0]), 4.0)
    array([1.])
    """
    if not alpha > 0:
        raise ValueError(f"alpha must be positive, got {alpha}")
    # gradient zero: x'(x w - t) + alpha w = 0. solve() is more exact than inv()
    return np.linalg.solve(x.T @ x + alpha * np.eye(x.shape[1]), x.T @ targets)
# --8<-- [end:ridge]


# --8<-- [start:parts]
def bias_variance(
    predictions: np.ndarray, truth: np.ndarray
) -> tuple[float, float]:
    """Squared bias and variance of a learner, each averaged over the inputs.

    Args:
        predictions: (R, N), row r by the model fitted on data set r.
        truth: Noise-free values of the function, (N,).

    Returns:
        Squared bias and variance. Divided by R, not R - 1, so that their sum
        is exactly the mean squared distance to the truth.

    >>> bias_variance(np.array([[1.0], [3.0]]), np.array([0.0]))
    (4.0, 1.0)
    """
    average = predictions.mean(axis=0)  # (R, N) -> (N,)
    bias = float(np.mean((average - truth) ** 2))
    variance = float(np.mean((predictions - average) ** 2))
    return bias, variance
# --8<-- [end:parts]


# --8<-- [start:map]
def negative_log_posterior(
    w: np.ndarray, x: np.ndarray, targets: np.ndarray, noise: float, prior: float
) -> float:
    """-log p(w | targets) up to a constant: Gaussian noise, Gaussian prior.

    Args:
        w: Weights, (D,). Prior: independent, mean 0, variance ``prior``.
        x: Inputs, (N, D).
        targets: (N,), equal to ``x @ w`` plus noise of variance ``noise``.
        noise: Variance of the noise, > 0.
        prior: Variance of the prior, > 0.

    Returns:
        Sum of squared errors over ``2 * noise`` plus sum of squared weights
        over ``2 * prior``.

    >>> weight, target = np.array([2.0]), np.array([5.0])
    >>> negative_log_posterior(weight, np.eye(1), target, 1.0, 4.0)
    5.0
    """
    errors = targets - x @ w
    return float(errors @ errors / (2 * noise) + w @ w / (2 * prior))
# --8<-- [end:map]


# --8<-- [start:implicit]
def gradient_descent(
    x: np.ndarray, targets: np.ndarray, start: np.ndarray, lr: float, steps: int
) -> np.ndarray:
    """Plain gradient descent on half the sum of squared errors, no penalty.

    Args:
        x: Inputs, (N, D).
        targets: (N,).
        start: First weights, (D,). Not modified.
        lr: Learning rate, below 2 over the largest eigenvalue of ``x.T @ x``.
        steps: Number of steps.

    Returns:
        Weights, (D,).

    >>> w = gradient_descent(
    ...     np.array([[3.0, 4.0]]), np.array([5.0]), np.zeros(2), 0.02, 200)
    >>> w.round(6).tolist()
    [0.6, 0.8]
    """
    w = start.copy()
    for _ in range(steps):
        # each step is a combination of the rows of x: nothing else ever moves
        w -= lr * x.T @ (x @ w - targets)
    return w
# --8<-- [end:implicit]


if __name__ == "__main__":
    for true_weight in (1.0, 3.0):
        for alpha in (0.0, 4 / 9, 4.0, 12.0):
            bias = (alpha * true_weight / (4 + alpha)) ** 2
            variance = 4 * 4 / (4 + alpha) ** 2
            print(f"w {true_weight:g}, alpha {alpha:8g}: bias^2 {bias:.4f},"
                  f" variance {variance:.4f}, error {bias + variance:.4f}")
    one, five = np.array([[3.0, 4.0]]), np.array([5.0])
    for first in ([0.0, 0.0], [4.0, -3.0]):
        w = gradient_descent(one, five, np.array(first), 0.02, 200)
        print(f"from {first}: {w.round(6)}, norm {np.linalg.norm(w):.3f}")
