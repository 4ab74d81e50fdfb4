"""Support vector machine: the hinge loss by sub-gradients, and its dual by SMO.

Cortes and Vapnik, *Support-vector networks*, https://doi.org/10.1007/BF00994018.
The pair that violates optimality most: Keerthi et al., *Improvements to Platt's SMO
algorithm for SVM classifier design*, https://doi.org/10.1162/089976601300014493.
"""

import numpy as np


# --8<-- [start:hinge]
def objective(
    weight: np.ndarray, bias: float,
    x: np.ndarray, targets: np.ndarray, penalty: float,
) -> tuple[float, np.ndarray, float]:
    """Soft-margin loss ½|w|² + C Σ max(0, 1 - y (w·x + b)) and one sub-gradient.

    A point exactly at margin 1 sits on the kink; it counts as outside, gradient 0.

    Args:
        weight: w, (D,).
        bias: b, not penalized.
        x: (N, D).
        targets: y, (N,), each -1 or +1.
        penalty: C, > 0.

    Returns:
        The loss, its sub-gradient for ``weight`` (D,) and for ``bias``.

    Raises:
        ValueError: If ``targets`` is not (N,); a column would broadcast to (N, N).

    >>> objective(np.zeros(1), 0.0, np.array([[2.0]]), np.array([1]), 3.0)
    (3.0, array([-6.]), -3.0)
    """
    if targets.shape != (len(x),):
        raise ValueError(f"targets must be ({len(x)},), got {targets.shape}")
    margins = targets * (x @ weight + bias)  # (N,)
    loss = 0.5 * weight @ weight + penalty * np.maximum(0.0, 1.0 - margins).sum()
    pull = penalty * np.where(margins < 1.0, targets, 0)  # (N,), zero outside
    return float(loss), weight - pull @ x, float(-pull.sum())


def fit_subgradient(
    x: np.ndarray, targets: np.ndarray, penalty: float, steps: int
) -> tuple[np.ndarray, float, float]:
    """Sub-gradient descent from zero with step size 1 / (C N + t), t = 1, 2, ….

    A sub-gradient step may raise the loss, so the best iterate is kept; the start
    counts as one.

    Args:
        x: (N, D), standardized.
        targets: (N,), each -1 or +1.
        penalty: C, > 0.
        steps: Number of steps, >= 0.

    Returns:
        The best weight (D,), its bias and its loss.
    """
    weight, bias = np.zeros(x.shape[1]), 0.0
    best = weight, bias, float("inf")
    for t in range(1, steps + 2):
        loss, grad, grad_bias = objective(weight, bias, x, targets, penalty)
        if loss < best[2]:
            best = weight, bias, loss
        lr = 1.0 / (penalty * len(x) + t)
        weight, bias = weight - lr * grad, bias - lr * grad_bias
    return best
# --8<-- [end:hinge]


# --8<-- [start:kernels]
def rbf_kernel(a: np.ndarray, b: np.ndarray, gamma: float) -> np.ndarray:
    """Gaussian kernel exp(-gamma |a - b|²) of every row of a with every row of b.

    Args:
        a: (N, D).
        b: (M, D).
        gamma: > 0, in one over squared units of the features.

    Returns:
        (N, M), between 0 and 1.
    """
    # 1.0 makes floats: differences of uint8 pixels would wrap around.
    squares = [np.sum((b - 1.0 * row) ** 2, axis=1) for row in a]  # N times (M,)
    return np.exp(-gamma * np.array(squares).reshape(len(a), len(b)))


def polynomial_kernel(a: np.ndarray, b: np.ndarray, degree: int) -> np.ndarray:
    """Polynomial kernel (1 + a·b)^degree of every row of a with every row of b.

    Args:
        a: (N, D).
        b: (M, D).
        degree: >= 1.

    Returns:
        (N, M).
    """
    return (1.0 + 1.0 * a @ b.T) ** degree
# --8<-- [end:kernels]


# --8<-- [start:smo]
def smo(
    kernel: np.ndarray, targets: np.ndarray, penalty: float,
    tolerance: float = 1e-3, max_steps: int = 100_000,
) -> tuple[np.ndarray, float]:
    """Maximize Σ α - ½ Σ α_i α_j y_i y_j K_ij over 0 <= α <= C with Σ α y = 0.

    Each step changes the two multipliers that violate optimality most. ``wanted``
    is y - Σ α y K, the bias that would put a point exactly on its margin.

    Args:
        kernel: K, (N, N), symmetric and positive semi-definite.
        targets: y, (N,), each -1 or +1, both present.
        penalty: C, > 0.
        tolerance: Largest disagreement about the bias that is left, > 0.
        max_steps: Largest number of steps.

    Returns:
        The multipliers α (N,) and the bias: the mean of what the free multipliers
        (0 < α < C) want, or the middle of what is allowed if none is free.

    Raises:
        ValueError: If ``targets`` are not -1 and +1 with both present, if
            ``kernel`` is not (N, N), if ``penalty`` is not positive or if
            ``max_steps`` did not suffice.
    """
    if set(np.unique(targets).tolist()) != {-1, 1}:
        raise ValueError(f"targets must be -1 and +1, got {np.unique(targets)}")
    if kernel.shape != 2 * targets.shape:
        raise ValueError(f"kernel {kernel.shape} for targets {targets.shape}")
    if penalty <= 0:
        raise ValueError(f"penalty must be positive, got {penalty}")
    alpha = np.zeros(len(targets))
    wanted = targets.astype(np.float64)  # (N,)
    for _ in range(max_steps):
        above = penalty - alpha
        room_up = np.where(targets > 0, above, alpha)  # of α y
        room_down = np.where(targets > 0, alpha, above)
        i = int(np.argmax(np.where(room_up > 0, wanted, -np.inf)))
        j = int(np.argmin(np.where(room_down > 0, wanted, np.inf)))
        gap = wanted[i] - wanted[j]
        if gap <= tolerance:
            break
        curvature = kernel[i, i] + kernel[j, j] - 2 * kernel[i, j]
        step = min(gap / max(curvature, 1e-12), room_up[i], room_down[j])
        alpha[i] += targets[i] * step  # α y rises at i, falls at j: the sum stays
        alpha[j] -= targets[j] * step
        wanted -= step * (kernel[:, i] - kernel[:, j])
    else:
        raise ValueError(f"max_steps {max_steps} did not suffice, gap {gap}")
    free = (alpha > 0) & (above > 0)
    bias = wanted[free].mean() if free.any() else (wanted[i] + wanted[j]) / 2
    return alpha, float(bias)


def decision(
    kernel: np.ndarray, alpha: np.ndarray, targets: np.ndarray, bias: float
) -> np.ndarray:
    """Signed score Σ α y K(x, x_n) + b of new points.

    Args:
        kernel: K of M new points with the N training points, (M, N).
        alpha: Multipliers, (N,).
        targets: Labels of the training points, (N,), each -1 or +1.
        bias: b.

    Returns:
        (M,), positive for class +1; at least 1 in size outside the margin.
    """
    return kernel @ (alpha * targets) + bias
# --8<-- [end:smo]


if __name__ == "__main__":
    corners = np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
    xor = np.array([1, 1, -1, -1])
    kernel = polynomial_kernel(corners, corners, 2)
    alpha, bias = smo(kernel, xor, 10.0)
    print("XOR, (1 + a·b)²:", alpha, bias, decision(kernel, alpha, xor, bias))
    line, labels = np.array([[0.0], [2.0], [3.0]]), np.array([-1, 1, 1])
    alpha, bias = smo(line @ line.T, labels, 10.0)
    print("line:", alpha, "w", alpha * labels @ line, "b", bias)
    alpha, bias = smo(line @ line.T, labels, 0.25)
    print("line, C = 1/4:", alpha, "w", alpha * labels @ line, "b", bias)
    print("by sub-gradients:", fit_subgradient(line, labels, 10.0, 2000))
