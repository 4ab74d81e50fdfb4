"""L1 and L2 weight penalties on least squares.

Tibshirani, *Regression shrinkage and selection via the lasso*,
https://doi.org/10.1111/j.2517-6161.1996.tb02080.x, and Zou and Hastie,
*Regularization and variable selection via the elastic net*,
https://doi.org/10.1111/j.1467-9868.2005.00503.x.
"""

import numpy as np


# --8<-- [start:shrink]
def l2_shrinkage(eigenvalues: np.ndarray, l2: float) -> np.ndarray:
    """Factor by which ``l2 / 2 * sum(w**2)`` shrinks each eigen-direction.

    Args:
        eigenvalues: Of the Hessian of the loss, >= 0, any shape.
        l2: Strength, > 0.

    Returns:
        Factors in [0, 1), same shape.

    >>> l2_shrinkage(np.array([9.0, 1.0, 0.0]), 1.0).tolist()
    [0.9, 0.5, 0.0]
    """
    return eigenvalues / (eigenvalues + l2)


def soft_threshold(x: np.ndarray, threshold: float) -> np.ndarray:
    """Minimizer z of ``(z - x)**2 / 2 + threshold * abs(z)``, element by element.

    Args:
        x: Any shape.
        threshold: Amount by which each element moves toward 0, >= 0.

    Returns:
        Same shape; 0 where ``abs(x) <= threshold``.

    >>> (soft_threshold(np.array([3.0, -0.5, -2.0]), 1.0) + 0.0).tolist()
    [2.0, 0.0, -1.0]
    """
    return np.sign(x) * np.maximum(np.abs(x) - threshold, 0.0)
# --8<-- [end:shrink]


# --8<-- [start:ridge]
def ridge(x: np.ndarray, targets: np.ndarray, l2: float) -> np.ndarray:
    """Minimizer of ``mean((x @ w - targets)**2) / 2 + l2 / 2 * sum(w**2)``.

    Args:
        x: Inputs, (N, D), columns centered: there is no intercept.
        targets: (N,), centered.
        l2: Strength, > 0.

    Returns:
        Weights, (D,).

    Raises:
        ValueError: If ``l2`` is not positive or ``x`` has no rows.

    >>> ridge(np.array([[2.0], [-2.0]]), np.array([4.0, -4.0]), 4.0)
    array([1.])
    """
    n, d = x.shape
    if not l2 > 0 or n == 0:
        raise ValueError(f"l2 must be > 0 and x have rows, got {l2} and {x.shape}")
    return np.linalg.solve(x.T @ x / n + l2 * np.eye(d), x.T @ targets / n)
# --8<-- [end:ridge]


# --8<-- [start:elastic]
def elastic_net(
    x: np.ndarray, targets: np.ndarray, l1: float, l2: float = 0.0,
    start: np.ndarray | None = None, max_sweeps: int = 10_000, tol: float = 1e-12,
) -> np.ndarray:
    """Minimize the penalized loss by coordinate descent; ``l2=0`` is the lasso.

    The loss is ``mean((x @ w - targets)**2) / 2 + l1 * sum(abs(w)) + l2 / 2 *
    sum(w**2)``. One sweep solves for each weight in turn, the others held fixed.

    Args:
        x: Inputs, (N, D), columns centered: there is no intercept.
        targets: (N,), centered.
        l1: Strength of the absolute values, >= 0.
        l2: Strength of the squares, >= 0.
        start: First weights, (D,); zeros if not given. Not modified.
        max_sweeps: Sweeps at most.
        tol: Stop when no weight moved by more than this in a sweep.

    Returns:
        Weights, (D,), with exact zeros. A weight whose column is all zero is 0.

    Raises:
        ValueError: If ``l1`` or ``l2`` is negative or ``x`` has no rows.

    >>> x = np.array([[2.0], [-2.0]])
    >>> elastic_net(x, np.array([4.0, -4.0]), l1=2.0)
    array([1.5])
    >>> elastic_net(x, np.array([4.0, -4.0]), l1=2.0, l2=4.0)
    array([0.75])
    """
    if l1 < 0 or l2 < 0:
        raise ValueError(f"l1 and l2 must not be negative, got {l1} and {l2}")
    n, d = x.shape
    if n == 0:
        raise ValueError(f"x must have at least one row, got shape {x.shape}")
    gram, corr = x.T @ x / n, x.T @ targets / n  # (D, D), (D,)
    w = np.zeros(d) if start is None else start.astype(np.float64)
    for _ in range(max_sweeps):
        largest = 0.0
        for j in range(d):
            if gram[j, j] + l2 == 0.0:
                w[j] = 0.0
                continue
            # what is left for feature j once all other features have spoken
            rest = corr[j] - gram[j] @ w + gram[j, j] * w[j]
            new = np.sign(rest) * max(abs(rest) - l1, 0.0) / (gram[j, j] + l2)
            largest = max(largest, abs(new - w[j]))
            w[j] = new
        if largest <= tol:
            break
    return w
# --8<-- [end:elastic]


# --8<-- [start:proximal]
def proximal_step(
    w: np.ndarray, grad: np.ndarray, lr: float, l1: float
) -> np.ndarray:
    """One step of proximal gradient descent on loss + ``l1 * sum(abs(w))``.

    Args:
        w: Weights, any shape.
        grad: Gradient of the loss alone, without the penalty, same shape.
        lr: Learning rate, > 0.
        l1: Strength, >= 0.

    Returns:
        New weights: a gradient step, then each moves ``lr * l1`` toward 0 and
        stops there.

    >>> proximal_step(np.array([1.0, 0.2]), np.array([1.0, 1.0]), 0.5, 0.4).round(2)
    array([ 0.3, -0.1])
    """
    moved = w - lr * grad
    return np.sign(moved) * np.maximum(np.abs(moved) - lr * l1, 0.0)
# --8<-- [end:proximal]


if __name__ == "__main__":
    print("L2 factors:", l2_shrinkage(np.array([9.0, 1.0, 0.1]), 1.0).round(3))
    best = np.array([2.0, 0.5])
    print("best weights (2, 0.5), curvature 1, strength 1:",
          "L2", best * l2_shrinkage(np.ones(2), 1.0), "L1", soft_threshold(best, 1.0))
    column = np.array([1.0, -1.0, 1.0, -1.0])
    twins = np.stack([column, column], axis=1)
    for name, w in (("ridge", ridge(twins, 3 * column, 1.0)),
                    ("lasso", elastic_net(twins, 3 * column, 1.0)),
                    ("lasso, other start", elastic_net(
                        twins, 3 * column, 1.0, start=np.array([0.0, 1.0]))),
                    ("elastic net", elastic_net(twins, 3 * column, 1.0, 0.5))):
        print(f"two equal columns, {name}: {w.round(4)}")
