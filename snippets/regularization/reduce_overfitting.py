"""Did a remedy help, which strength is chosen, and how many examples is it worth.

The power law of learning curves: Hestness et al., *Deep Learning Scaling is
Predictable, Empirically*, https://arxiv.org/abs/1712.00409.
"""

import numpy as np


# --8<-- [start:gain]
def paired_gain(
    baseline: np.ndarray, remedy: np.ndarray
) -> tuple[float, float, int]:
    """How much a remedy lowers the error, judged split by split.

    Args:
        baseline: Test error without the remedy on S splits, shape (S,), S >= 2.
        remedy: Test error with it on the same splits, shape (S,).

    Returns:
        Mean of the differences baseline - remedy, their standard error (standard
        deviation with S - 1, over the root of S), and on how many splits the
        remedy was better. What a split makes hard for both cancels.

    Raises:
        ValueError: If the shapes differ or there are fewer than two splits.

    >>> baseline, remedy = np.array([9.0, 7.0, 8.0]), np.array([8.0, 5.5, 7.5])
    >>> gain, error, wins = paired_gain(baseline, remedy)
    >>> round(gain, 3), round(error, 3), wins
    (1.0, 0.289, 3)
    """
    baseline = np.asarray(baseline, dtype=np.float64)
    remedy = np.asarray(remedy, dtype=np.float64)
    if baseline.shape != remedy.shape or baseline.ndim != 1 or len(baseline) < 2:
        raise ValueError(f"baseline and remedy must have one shape (S,), S >= 2, "
                         f"got {baseline.shape} and {remedy.shape}")
    gains = baseline - remedy
    error = gains.std(ddof=1) / np.sqrt(len(gains))
    return float(gains.mean()), float(error), int((gains > 0).sum())
# --8<-- [end:gain]


# --8<-- [start:choose]
def strongest_within_one_error(losses: np.ndarray) -> int:
    """The strongest setting that validation cannot tell from the best one.

    Args:
        losses: Validation loss of each example under each setting, shape
            (settings, N), N >= 2, the strongest regularization first.

    Returns:
        Index of the first setting whose mean loss exceeds the lowest mean by at
        most one standard error of the *difference* over the same examples
        (standard deviation with N - 1, over the root of N).

    Raises:
        ValueError: If ``losses`` is not of that shape or not finite.

    >>> rng = np.random.default_rng(0)
    >>> base = rng.exponential(size=100)
    >>> noisy = base + rng.normal(size=100)
    >>> strongest_within_one_error(np.stack([base + 1, noisy, base]))
    1
    """
    losses = np.asarray(losses, dtype=np.float64)
    if losses.ndim != 2 or len(losses) == 0 or losses.shape[1] < 2:
        raise ValueError(f"losses must be (settings, N >= 2), got {losses.shape}")
    if not np.isfinite(losses).all():  # NaN would choose the first setting unseen
        raise ValueError("losses must be finite, got NaN or infinity")
    best = losses[losses.mean(axis=1).argmin()]
    differences = losses - best  # (settings, N)
    error = differences.std(axis=1, ddof=1) / np.sqrt(losses.shape[1])
    return int(np.argmax(differences.mean(axis=1) <= error))
# --8<-- [end:choose]


# --8<-- [start:curve]
def power_law(sizes: np.ndarray, errors: np.ndarray) -> tuple[float, float]:
    """Fit error = a * n ** -b by least squares on the logarithms.

    Args:
        sizes: Training set sizes n > 0, shape (M,), at least two of them different.
        errors: Errors > 0 at these sizes, shape (M,).

    Returns:
        a and b.

    Raises:
        ValueError: If the shapes differ, a value is not positive or all sizes are
            equal.

    >>> a, b = power_law(np.array([100, 400]), np.array([8.0, 4.0]))
    >>> round(a, 6), round(b, 6)
    (80.0, 0.5)
    """
    sizes = np.asarray(sizes, dtype=np.float64)
    errors = np.asarray(errors, dtype=np.float64)
    if sizes.shape != errors.shape or sizes.ndim != 1 or len(sizes) < 2:
        raise ValueError(f"sizes and errors must have one shape (M,), M >= 2, "
                         f"got {sizes.shape} and {errors.shape}")
    if not (sizes.min() > 0 and errors.min() > 0 and sizes.max() > sizes.min()):
        raise ValueError(f"sizes and errors must be positive and sizes differ, "
                         f"got {sizes} and {errors}")
    x, y = np.log(sizes), np.log(errors)
    dx, dy = x - x.mean(), y - y.mean()
    b = -float((dx * dy).sum() / (dx * dx).sum())
    return float(np.exp(y.mean() + b * x.mean())), b
# --8<-- [end:curve]


# --8<-- [start:worth]
def examples_for(error: float, a: float, b: float) -> float:
    """Training set size at which a * n ** -b equals ``error``.

    Raises:
        ValueError: If ``error``, ``a`` or ``b`` is not positive.

    >>> round(examples_for(2.0, 80.0, 0.5), 6)
    1600.0
    """
    if not (error > 0 and a > 0 and b > 0):
        raise ValueError(f"error, a, b must be positive, got {error}, {a}, {b}")
    return float((a / error) ** (1 / b))
# --8<-- [end:worth]


if __name__ == "__main__":
    sizes, errors = np.array([150, 300, 600]), np.array([8.89, 5.96, 4.23])
    a, b = power_law(sizes, errors)
    print(f"error = {a:.0f} * n ** -{b:.3f}; twice the data: times {2 ** -b:.3f}")
    for name, error in [("label smoothing", 7.10), ("augmentation, 6 averaged", 7.07)]:
        n = examples_for(error, a, b)
        print(f"{name}: {error} % is reached with {n:.0f} examples, {n - 150:.0f} more")
