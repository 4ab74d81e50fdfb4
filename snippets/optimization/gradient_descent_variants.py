"""Batch, mini-batch and single-example gradient descent, and the noise that separates them.

Survey: Bottou, Curtis and Nocedal, *Optimization Methods for Large-Scale Machine Learning*,
https://arxiv.org/abs/1606.04838. Noise scale: McCandlish and colleagues,
*An Empirical Model of Large-Batch Training*, https://arxiv.org/abs/1812.06162.
"""

import numpy as np


# --8<-- [start:gradients]
def gradients(weight: np.ndarray, x: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Gradient of every example's loss 0.5 * (x_i @ weight - target_i)**2.

    Args:
        weight: Parameters, (D,).
        x: Inputs, (N, D).
        targets: What should come out, (N,).

    Returns:
        One gradient per row, (N, D). Their mean is the gradient of the mean loss.

    Raises:
        ValueError: If ``targets`` is not (N,); (N, 1) would broadcast silently.

    >>> gradients(np.array([1.0]), np.array([[1.0], [2.0]]), np.array([0.0, 0.0]))
    array([[1.],
           [4.]])
    """
    if np.shape(targets) != (len(x),):
        raise ValueError(f"targets must be ({len(x)},), got {np.shape(targets)}")
    return (x @ weight - targets)[:, None] * x  # (N,) -> (N, D)
# --8<-- [end:gradients]


# --8<-- [start:epoch]
def epoch(n: int, batch: int, rng: np.random.Generator) -> list[np.ndarray]:
    """The index sets of one pass over n examples in random order.

    Args:
        n: Number of examples.
        batch: Examples per step; the last set is smaller if n is not a multiple.
        rng: Draws the order.

    Returns:
        Index arrays that together contain each of 0 ... n - 1 exactly once.

    Raises:
        ValueError: If ``batch`` is not between 1 and n.

    >>> [len(rows) for rows in epoch(7, 3, np.random.default_rng(0))]
    [3, 3, 1]
    """
    if not 1 <= batch <= n:
        raise ValueError(f"batch must be between 1 and {n}, got {batch}")
    order = rng.permutation(n)
    return [order[i : i + batch] for i in range(0, n, batch)]
# --8<-- [end:epoch]


# --8<-- [start:descend]
def descend(weight: np.ndarray, x: np.ndarray, targets: np.ndarray, batch: int,
            lr: float, epochs: int, rng: np.random.Generator) -> np.ndarray:
    """Descent on the mean of gradients(): batch N is batch descent, 1 stochastic.

    Every epoch takes a new random order from epoch(N, batch, rng), every index set
    gives one step with the mean gradient of its examples.

    Args:
        weight: First parameters, (D,); not modified.
        x: Inputs, (N, D).
        targets: What should come out, (N,).
        batch: Examples per step.
        lr: Learning rate.
        epochs: Passes over the data; each costs N gradient evaluations.
        rng: Draws the orders.

    Returns:
        Parameters before the first and after every step, (steps + 1, D).
    """
    path = [np.array(weight, dtype=np.float64)]
    for _ in range(epochs):
        for rows in epoch(len(targets), batch, rng):
            grad = gradients(path[-1], x[rows], targets[rows]).mean(axis=0)
            path.append(path[-1] - lr * grad)
    return np.stack(path)
# --8<-- [end:descend]


# --8<-- [start:variance]
def batch_variance(grads: np.ndarray, batch: int, replace: bool) -> float:
    """Expected squared distance of a random batch's mean from the full mean.

    With S the mean of |g_i - g|**2 over all N examples, it is S / batch when drawn
    with replacement, and S / batch * (N - batch) / (N - 1) without.

    Args:
        grads: Gradients of all examples, (N, D).
        batch: Examples drawn.
        replace: Whether an example can be drawn twice.

    Raises:
        ValueError: If ``batch`` is below 1, or above N without replacement.

    >>> grads = np.array([[0.0], [2.0], [4.0], [6.0]])
    >>> batch_variance(grads, 2, True), batch_variance(grads, 4, replace=False)
    (2.5, 0.0)
    """
    n = len(grads)
    if batch < 1 or (batch > n and not replace):
        raise ValueError(f"batch must be between 1 and {n}, got {batch}")
    spread = float(((grads - grads.mean(axis=0)) ** 2).sum(axis=1).mean())
    return spread / batch * (1.0 if replace else (n - batch) / max(n - 1, 1))
# --8<-- [end:variance]


# --8<-- [start:noise]
def noise_scale(grads: np.ndarray, hessian: np.ndarray) -> float:
    """The batch size at which one best step gains half of what a full batch would.

    It is trace(H C) / (g @ H @ g) with g the mean of the gradients and C their
    covariance, whose sums are divided by N.

    Args:
        grads: Gradients of all examples, (N, D); their mean is not zero.
        hessian: Second derivatives of the mean loss, (D, D), positive definite.

    >>> round(noise_scale(np.array([[0.0], [2.0], [4.0], [6.0]]), np.eye(1)), 3)
    0.556
    """
    mean = grads.mean(axis=0)
    centered = grads - mean
    covariance = centered.T @ centered / len(grads)  # (N, D) -> (D, D)
    return float(np.sum(hessian * covariance) / (mean @ hessian @ mean))
# --8<-- [end:noise]


if __name__ == "__main__":
    x, targets = np.ones((4, 1)), np.array([0.0, 2.0, 4.0, 6.0])
    grads = gradients(np.array([6.0]), x, targets)
    print("gradients at w = 6:", grads[:, 0], "mean", grads.mean())
    for batch in (1, 2, 4):
        print(f"batch {batch}: variance {batch_variance(grads, batch, True):.2f} with "
              f"replacement, {batch_variance(grads, batch, False):.2f} without")
    print("noise scale at w = 6:", round(noise_scale(grads, np.eye(1)), 3),
          "at w = 3.1:", round(noise_scale(gradients(np.array([3.1]), x, targets), np.eye(1))))
    for batch in (1, 2, 4):
        path = descend(np.array([6.0]), x, targets, batch, 0.1, 2000,
                       np.random.default_rng(0))
        late = path[len(path) // 2 :, 0]
        print(f"batch {batch}, rate 0.1, without replacement: {len(path) - 1} steps, mean of "
              f"0.5 * (w - 3)**2 {0.5 * ((late - 3) ** 2).mean():.4f}")
