"""Bayesian search: a Gaussian process and expected improvement.

Snoek, Larochelle and Adams, *Practical Bayesian optimization of machine
learning algorithms*, https://arxiv.org/abs/1206.2944.
"""

import math
from collections.abc import Callable

import numpy as np


# --8<-- [start:space]
def to_value(unit: float, low: float, high: float) -> float:
    """Map a point of [0, 1] to [low, high] on a logarithmic scale.

    Args:
        unit: Position in [0, 1].
        low: Value at 0, > 0.
        high: Value at 1, > low.

    Returns:
        ``low`` at 0, ``high`` at 1, the geometric mean at 0.5.

    Raises:
        ValueError: If not 0 < low < high.

    >>> round(to_value(0.5, 1e-4, 1.0), 10)
    0.01
    """
    if not 0 < low < high:
        raise ValueError(f"need 0 < low < high, got low {low} and high {high}")
    return float(low * (high / low) ** unit)
# --8<-- [end:space]


# --8<-- [start:kernel]
def matern(a: np.ndarray, b: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Matern 5/2 correlation between each row of a and each row of b.

    With r the Euclidean distance after dividing axis i by ``lengths[i]`` and
    s = sqrt(5) r, it is (1 + s + s * s / 3) * exp(-s).

    Args:
        a: Points, shape (N, D).
        b: Points, shape (M, D).
        lengths: How far one must go along each axis before the function is
            likely to have changed, shape (D,), all > 0.

    Returns:
        Correlations in (0, 1], shape (N, M).

    Raises:
        ValueError: If a length is not positive.

    >>> matern(np.array([[0.0]]), np.array([[0.0], [1.0]]), np.ones(1)).round(3)
    array([[1.   , 0.524]])
    """
    if not np.all(lengths > 0):
        raise ValueError(f"lengths must be positive, got {lengths}")
    # (N, 1, D) - (1, M, D) -> (N, M, D) -> (N, M)
    difference = (a[:, None] - b[None]) / lengths
    s = np.sqrt(5.0 * np.sum(difference**2, axis=2))
    return (1.0 + s + s * s / 3.0) * np.exp(-s)
# --8<-- [end:kernel]


# --8<-- [start:posterior]
def posterior(
    x: np.ndarray,
    y: np.ndarray,
    query: np.ndarray,
    lengths: np.ndarray,
    noise: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of the noise-free function, given noisy values.

    The prior is a Gaussian process with mean 0, variance 1 and ``matern``.

    Args:
        x: Points tried, shape (N, D).
        y: Their scores, standardized, shape (N,).
        query: Points to predict, shape (M, D).
        lengths: One length per axis, shape (D,).
        noise: Variance of the noise in y, > 0.

    Returns:
        Mean and standard deviation, each of shape (M,).

    Raises:
        ValueError: If ``noise`` is not positive.
    """
    if not noise > 0:
        raise ValueError(f"noise must be positive, got {noise}")
    covariance = matern(x, x, lengths) + noise * np.eye(len(x))
    root = np.linalg.cholesky(covariance)  # L with L L^T = covariance
    half = np.linalg.solve(root, matern(x, query, lengths))  # (N, M)
    mean = half.T @ np.linalg.solve(root, y)
    variance = 1.0 - np.sum(half**2, axis=0)
    return mean, np.sqrt(np.maximum(variance, 1e-12))  # rounding can go below 0
# --8<-- [end:posterior]


# --8<-- [start:improvement]
def expected_improvement(
    mean: np.ndarray, std: np.ndarray, best: float
) -> np.ndarray:
    """Expected amount by which a value falls below best: lower is better.

    For f normal with this mean and standard deviation: E[max(best - f, 0)].

    Args:
        mean: Predicted means, shape (M,).
        std: Predicted standard deviations, > 0, shape (M,).
        best: The score to beat.

    Returns:
        Expected improvement, > 0 up to rounding, shape (M,).

    >>> expected_improvement(np.zeros(1), np.ones(1), 0.0).round(4)
    array([0.3989])
    """
    z = (best - mean) / std
    density = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    below = np.array([0.5 * math.erfc(-value / math.sqrt(2.0)) for value in z])
    return (best - mean) * below + std * density
# --8<-- [end:improvement]


# --8<-- [start:fit]
def log_evidence(
    x: np.ndarray, y: np.ndarray, lengths: np.ndarray, noise: float
) -> float:
    """Log density of the scores y under the process: the marginal likelihood.

    Args:
        x: Points tried, shape (N, D).
        y: Their scores, standardized, shape (N,).
        lengths: One length per axis, shape (D,).
        noise: Variance of the noise in y, > 0.

    Returns:
        log N(y; 0, matern(x, x) + noise * identity), the constant included.

    Raises:
        ValueError: If ``noise`` is not positive.
    """
    if not noise > 0:
        raise ValueError(f"noise must be positive, got {noise}")
    root = np.linalg.cholesky(matern(x, x, lengths) + noise * np.eye(len(x)))
    half = np.linalg.solve(root, y)
    log_det = 2.0 * np.sum(np.log(np.diag(root)))
    return float(-0.5 * (half @ half + log_det + len(x) * math.log(2.0 * math.pi)))


def _fit(
    x: np.ndarray, y: np.ndarray, start: tuple, rng: np.random.Generator
) -> tuple:
    """Lengths and noise of largest evidence, of 40 random ones and the last."""
    choices = [start] + [
        (10.0 ** rng.uniform(-1, 1, x.shape[1]), 10.0 ** rng.uniform(-4, 0))
        for _ in range(40)
    ]
    return max(choices, key=lambda choice: log_evidence(x, y, *choice))
# --8<-- [end:fit]


# --8<-- [start:search]
def bayesian_search(
    objective: Callable[[np.ndarray], float],
    dims: int,
    budget: int,
    rng: np.random.Generator,
    start: int = 8,
) -> tuple[np.ndarray, np.ndarray]:
    """Minimize a noisy, expensive function on the unit cube.

    The first ``start`` points are uniform. Each later one has the largest
    expected improvement among 500 uniform candidates and 100 near the best
    point (normal noise of deviation 0.1, clipped to the cube), under a process
    fitted to everything seen so far.

    Args:
        objective: Takes a point with D coordinates between 0 and 1, returns a
            finite score, lower is better.
        dims: Number of hyper-parameters D.
        budget: Number of calls of the objective, >= start.
        rng: Source of randomness.
        start: Number of random points before the model takes over, >= 2.

    Returns:
        Points, shape (budget, D), and scores, shape (budget,), in the order tried.

    Raises:
        ValueError: If start or budget is too small, or a score is not finite.
    """
    if not 2 <= start <= budget:
        raise ValueError(f"need 2 <= start <= budget, got {start} and {budget}")

    def measure(point: np.ndarray) -> float:
        score = float(objective(point))
        if not math.isfinite(score):  # it would spoil the scale of all others
            raise ValueError(f"objective must return finite scores, got {score}")
        return score

    x = rng.uniform(size=(start, dims))
    scores = np.array([measure(point) for point in x])
    fitted = (np.full(dims, 0.5), 0.01)
    while len(x) < budget:
        # Standardize, because the prior has mean 0 and variance 1.
        y = (scores - scores.mean()) / max(float(scores.std()), 1e-12)
        fitted = _fit(x, y, fitted, rng)
        near = x[np.argmin(scores)] + 0.1 * rng.normal(size=(100, dims))
        near = np.clip(near, 0.0, 1.0)
        candidates = np.vstack([rng.uniform(size=(500, dims)), near])
        mean, std = posterior(x, y, candidates, *fitted)
        # To beat: the best *mean* at a point tried, as the best score is lucky.
        best = posterior(x, y, x, *fitted)[0].min()
        point = candidates[np.argmax(expected_improvement(mean, std, best))]
        x = np.vstack([x, point])
        scores = np.append(scores, measure(point))
    return x, scores
# --8<-- [end:search]


if __name__ == "__main__":
    tried = np.array([[0.0], [1.0]])
    score = np.array([1.0, -1.0])
    query = np.array([[0.5], [1.0], [2.0]])
    mean, std = posterior(tried, score, query, np.ones(1), 1e-6)
    gain = expected_improvement(mean, std, -1.0)
    for row in zip(query[:, 0], mean, std, gain, strict=True):
        print("x {:.1f}: mean {:.3f}, std {:.3f}, expected improvement {:.4f}".format(*row))
    print("kernel at distance 0.5, 1, 2:", matern(tried[:1], query, np.ones(1)).round(4))
    for target in (0.05, 0.01):
        trials = math.ceil(math.log(0.05) / math.log(1 - target))
        print(f"best {target:.0%} of the space hit with 95%: {trials} random trials")
