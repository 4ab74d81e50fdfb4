"""Learning rates: where gradient descent diverges, how to measure it, a range test.

The bound 2 / largest curvature: Bottou, Curtis and Nocedal, section 4,
https://arxiv.org/abs/1606.04838. The range test: Smith, *Cyclical Learning Rates for
Training Neural Networks*, section 3.3, https://arxiv.org/abs/1506.01186; he raises the rate
linearly and watches the accuracy, here the loss is watched.
"""

from collections.abc import Callable

import numpy as np


# --8<-- [start:descend]
def descend(curvatures: np.ndarray, start: np.ndarray, lr: float, steps: int,
            momentum: float = 0.0) -> np.ndarray:
    """Gradient descent on the loss 0.5 * sum(curvatures * x**2).

    The minimum is x = 0. With momentum, the velocity starts at zero; each step
    is velocity = momentum * velocity + gradient, then x = x - lr * velocity.

    Args:
        curvatures: Second derivative along each axis, (D,).
        start: First position, (D,).
        lr: Learning rate.
        steps: Number of steps.
        momentum: Share of the velocity that is kept, 0 for plain descent.

    Returns:
        All positions with the first, (steps + 1, D).

    Raises:
        ValueError: If ``lr`` is not positive.

    >>> descend(np.array([1.0, 10.0]), np.ones(2), lr=0.1, steps=2).round(2)
    array([[1.  , 1.  ],
           [0.9 , 0.  ],
           [0.81, 0.  ]])
    """
    if not lr > 0:
        raise ValueError(f"lr must be positive, got {lr}")
    path = np.empty((steps + 1, len(start)))
    path[0] = start
    velocity = np.zeros(len(start))
    for t in range(steps):
        velocity = momentum * velocity + curvatures * path[t]
        path[t + 1] = path[t] - lr * velocity
    return path
# --8<-- [end:descend]


# --8<-- [start:curvature]
def largest_curvature(grad: Callable[[np.ndarray], np.ndarray], x: np.ndarray,
                      rng: np.random.Generator, steps: int = 50,
                      eps: float = 1e-4) -> float:
    """The eigenvalue of largest magnitude of the Hessian at x, by power iteration.

    The Hessian is never formed. Its product with a unit vector v is the central
    difference (grad(x + eps * v) - grad(x - eps * v)) / (2 * eps).

    Args:
        grad: Gradient of the loss, (D,) to (D,).
        x: Where to measure, (D,); in float32 the difference drowns in rounding.
        rng: Draws the first direction.
        steps: Products with the Hessian.
        eps: Length of the difference.

    Returns:
        v @ (Hessian @ v) for the last v; 0 if the Hessian maps v to zero.

    >>> scale = np.array([1.0, 3.0, 10.0])
    >>> rng = np.random.default_rng(0)
    >>> round(largest_curvature(lambda x: scale * x, np.ones(3), rng), 6)
    10.0
    """
    v = rng.standard_normal(len(x))
    v /= np.linalg.norm(v)
    value = 0.0
    for _ in range(steps):
        product = (grad(x + eps * v) - grad(x - eps * v)) / (2 * eps)
        value = float(v @ product)
        norm = np.linalg.norm(product)
        if norm == 0:
            return 0.0
        v = product / norm  # the largest eigenvalue outgrows the others
    return value
# --8<-- [end:curvature]


# --8<-- [start:range]
def range_test(loss_and_grad: Callable[[np.ndarray], tuple[float, np.ndarray]],
               x: np.ndarray, lrs: np.ndarray, smoothing: float = 0.9,
               stop: float = 4.0) -> tuple[np.ndarray, np.ndarray]:
    """One short run in which each step has the next, larger learning rate.

    At each step: compute loss and gradient, update the running average
    smoothing * average + (1 - smoothing) * loss, record the average without its
    bias toward the zero at which it starts (divide by 1 - smoothing**t,
    t = 1, 2, ...), then move x by -lr * grad. Stop *before* recording once the
    corrected average is not finite or exceeds stop times the smallest one recorded.

    Args:
        loss_and_grad: Loss (not negative) and gradient at x, on the next batch.
        x: First parameters, (D,); not modified.
        lrs: Rising learning rates, (T,).
        smoothing: Decay of the running average of the loss, at least 0, below 1.
        stop: How many times the smallest loss counts as diverged.

    Returns:
        The learning rates reached and the smoothed losses, both (R,) with R <= T.

    Raises:
        ValueError: If ``lrs`` does not rise at every step.
    """
    lrs = np.asarray(lrs, dtype=np.float64)
    if np.any(np.diff(lrs) <= 0):
        raise ValueError(f"lrs must rise at every step, got {lrs}")
    average, smoothed = 0.0, []
    for t, lr in enumerate(lrs, start=1):
        loss, grad = loss_and_grad(x)
        average = smoothing * average + (1 - smoothing) * loss
        corrected = average / (1 - smoothing**t)
        limit = stop * min(smoothed, default=np.inf)
        if not np.isfinite(corrected) or corrected > limit:
            break
        smoothed.append(corrected)
        x = x - lr * grad
    return lrs[: len(smoothed)], np.array(smoothed, dtype=np.float64)
# --8<-- [end:range]


# --8<-- [start:pick]
def pick(lrs: np.ndarray, losses: np.ndarray) -> tuple[float, bool]:
    """The best learning rate of a sweep, and whether to widen the sweep.

    Args:
        lrs: Learning rates in rising order, (R,).
        losses: Validation loss of each run, (R, S) for S seeds; a run that
            diverged has inf or nan. A rate's score is its mean over the seeds;
            a rate with a diverged run has the score inf.

    Returns:
        The rate with the smallest score, and True if it is the first or the last
        rate: the best one may then lie outside.

    Raises:
        ValueError: If every rate in ``losses`` has a diverged run.

    >>> losses = np.array([[0.5, 0.6], [0.2, 0.3], [0.1, np.nan]])
    >>> pick(np.array([0.01, 0.1, 1.0]), losses)
    (0.1, False)
    """
    losses = np.asarray(losses, dtype=np.float64)
    finite = np.isfinite(losses).all(axis=1)
    if not finite.any():
        raise ValueError(f"every rate diverged: losses are {losses.tolist()}")
    scores = np.full(len(lrs), np.inf)
    scores[finite] = losses[finite].mean(axis=1)
    best = int(np.argmin(scores))
    return float(lrs[best]), best in (0, len(lrs) - 1)
# --8<-- [end:pick]


if __name__ == "__main__":
    curvatures, start = np.array([1.0, 10.0]), np.ones(2)
    for lr in (0.01, 0.1, 2 / 11, 0.19, 0.2, 0.21):
        path = descend(curvatures, start, lr, 50)
        losses = 0.5 * (path**2) @ curvatures
        print(f"lr {lr:.3f}: factors {1 - lr:+.3f} {1 - 10 * lr:+.3f}, "
              f"x after 50 steps {path[-1, 0]:+.1e} {path[-1, 1]:+.1e}, "
              f"loss {losses[0]:.2f} -> {losses[-1]:.1e}")
    for lr in (0.37, 0.38, 0.39):
        path = descend(curvatures, start, lr, 400, momentum=0.9)
        print(f"momentum 0.9, lr {lr}: steep axis after 400 steps {abs(path[-1, 1]):.1e}")

    # Two batches with curvatures 1 and 19: the mean curvature is 10.
    rng = np.random.default_rng(0)
    for lr in (0.10, 0.12, 0.19):
        factor = ((1 - lr) ** 2 + (1 - 19 * lr) ** 2) / 2
        print(f"curvature 1 or 19, lr {lr}: mean of x**2 times {factor:.3f} per step")
    for lr in (0.01, 0.1):
        x = np.zeros(10_000)
        for _ in range(600):
            x = x - lr * (x + rng.standard_normal(len(x)))
        print(f"noise 1, curvature 1, lr {lr}: mean loss {0.5 * (x**2).mean():.5f}, "
              f"formula {lr / (2 * (2 - lr)):.5f}")
