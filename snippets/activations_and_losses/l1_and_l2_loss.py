"""Losses for regression with their gradients: squared, absolute, Huber and quantile.

Huber, *Robust Estimation of a Location Parameter*, Ann. Math. Statist. 35, 1964,
https://doi.org/10.1214/aoms/1177703732. Koenker and Bassett, *Regression Quantiles*,
Econometrica 46, 1978.
"""

from collections.abc import Callable

import numpy as np


# --8<-- [start:check]
def _residuals(pred: np.ndarray, target: np.ndarray) -> np.ndarray:
    """pred - target; equal shapes only: broadcasting would hide a mistake."""
    if pred.shape != target.shape:
        raise ValueError(f"pred {pred.shape} and target {target.shape} must agree")
    if pred.size == 0:
        raise ValueError("pred is empty: a mean over nothing is not defined")
    floats = np.result_type(pred, target, np.float32)  # uint8 pixels: 1 - 2 = 255
    return np.subtract(pred, target, dtype=floats)
# --8<-- [end:check]


# --8<-- [start:losses]
def l2_loss(pred: np.ndarray, target: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean squared error and its gradient 2 r / N, with r = pred - target.

    Args:
        pred: Predictions, any shape with N > 0 elements.
        target: Same shape.

    Returns:
        The loss, in squared units of the target, and the gradient at ``pred``.

    Raises:
        ValueError: If the shapes of ``pred`` and ``target`` differ or are empty.

    >>> l2_loss(np.array([1.0, 5.0]), np.array([2.0, 2.0]))
    (5.0, array([-1.,  3.]))
    """
    residuals = _residuals(pred, target)
    return float((residuals**2).mean()), 2 * residuals / residuals.size


def l1_loss(pred: np.ndarray, target: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean absolute error and its gradient sign(r) / N; 0 where r = 0.

    Args:
        pred: Predictions, any shape with N > 0 elements.
        target: Same shape.

    Returns:
        The loss, in units of the target, and a subgradient at ``pred``.

    Raises:
        ValueError: If the shapes of ``pred`` and ``target`` differ or are empty.

    >>> l1_loss(np.array([1.0, 5.0]), np.array([2.0, 2.0]))
    (2.0, array([-0.5,  0.5]))
    """
    residuals = _residuals(pred, target)
    return float(np.abs(residuals).mean()), np.sign(residuals) / residuals.size


def huber_loss(
    pred: np.ndarray, target: np.ndarray, delta: float = 1.0
) -> tuple[float, np.ndarray]:
    """Mean of r^2 / 2 up to abs(r) = delta, of delta (abs(r) - delta / 2) beyond.

    Smooth L1 with beta = delta is this divided by delta.

    Args:
        pred: Predictions, any shape with N > 0 elements.
        target: Same shape.
        delta: Where the parabola becomes a line, > 0, in units of the target.

    Returns:
        The loss, and its gradient: r, clipped to ±delta, divided by N.

    Raises:
        ValueError: If ``delta`` is not positive, or the shapes of ``pred`` and
            ``target`` differ or are empty.

    >>> huber_loss(np.array([1.0, 5.0]), np.array([2.0, 2.0]))
    (1.5, array([-0.5,  0.5]))
    """
    if not delta > 0:
        raise ValueError(f"delta must be positive, got {delta}")
    residuals = _residuals(pred, target)
    inner = np.clip(residuals, -delta, delta)  # the gradient of each term
    terms = inner * (residuals - inner / 2)
    return float(terms.mean()), inner / residuals.size
# --8<-- [end:losses]


# --8<-- [start:quantile]
def quantile_loss(
    pred: np.ndarray, target: np.ndarray, level: float
) -> tuple[float, np.ndarray]:
    """Pinball loss: level * u where u = target - pred > 0, else (level - 1) * u.

    Args:
        pred: Predictions, any shape with N > 0 elements.
        target: Same shape.
        level: The quantile wanted, between 0 and 1; 0.5 is half the L1 loss.

    Returns:
        The mean loss, and its gradient at ``pred``: -level / N where u > 0,
        (1 - level) / N where u < 0, and 0 where u = 0.

    Raises:
        ValueError: If ``level`` is not inside (0, 1), or the shapes of ``pred`` and
            ``target`` differ or are empty.

    >>> loss, grad = quantile_loss(np.zeros(2), np.array([10.0, -10.0]), 0.9)
    >>> print(f"{loss:.2f}", grad.round(2))
    5.00 [-0.45  0.05]
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie inside (0, 1), got {level}")
    under = -_residuals(pred, target)  # how much too low
    loss = np.where(under > 0, level, level - 1) * under
    grad = np.where(under > 0, -level, 1 - level) * (under != 0)
    return float(loss.mean()), grad / under.size
# --8<-- [end:quantile]


# --8<-- [start:fit]
def fit_constant(
    target: np.ndarray, loss: Callable, lr: float, steps: int = 2_000
) -> float:
    """The constant with the least loss, by gradient descent from 0.

    The learning rate falls in a straight line from lr to zero, or L1 would never
    settle: step i of ``steps``, counted from 0, uses lr (1 - i / steps).

    Args:
        target: The numbers to predict, (N,), floats or integers.
        loss: One of the losses above, called with a full array and ``target``.
        lr: Learning rate of the first step.
        steps: Number of steps.

    Returns:
        The constant.
    """
    constant = 0.0
    for step in range(steps):
        _, grad = loss(np.full(target.shape, constant), target)
        constant -= lr * (1 - step / steps) * float(grad.sum())
    return constant
# --8<-- [end:fit]


if __name__ == "__main__":
    clean = np.array([10.0, 11.0, 11.0, 12.0, 13.0])
    typo = np.array([10.0, 11.0, 11.0, 120.0, 13.0])  # 12 typed as 120
    for name, loss, lr in (("L2", l2_loss, 0.1), ("L1", l1_loss, 0.05),
                           ("Huber, delta 1", huber_loss, 0.1)):
        print(f"{name:15} clean {fit_constant(clean, loss, lr):.2f}, "
              f"with the typo {fit_constant(typo, loss, lr):.2f}")
    for name, loss in (("L2", l2_loss), ("L1", l1_loss), ("Huber", huber_loss)):
        _, grad = loss(np.full_like(typo, 11.0), typo)
        print(f"{name} gradient at 11: {' '.join(f'{g:.1f}' for g in grad)}")
    for bad in (3, 4):  # of ten points on y = x, wild targets at the largest x
        wild = np.arange(1.0, 11.0)
        ratios = np.where(wild > 10 - bad, 1000.0, 1.0)
        order = np.argsort(ratios)  # L1 through 0: median of y / x, weighted by x
        half = np.searchsorted(wild[order].cumsum(), wild.sum() / 2)
        print(f"{bad} wild targets of ten: L1 slope {ratios[order][half]:g}")
    rng = np.random.default_rng(0)
    waits = rng.lognormal(0.0, 1.0, 20_000)
    print(f"log-normal: mean {waits.mean():.3f}, median {np.median(waits):.3f}; "
          f"exactly {np.exp(0.5):.3f} and 1; "
          f"Huber, delta 1: {fit_constant(waits, huber_loss, 0.1):.3f}")
    position, path = 0.25, []
    for _ in range(6):
        position -= 0.1 * np.sign(position)
        path.append(round(float(position), 2))
    print("L1 from 0.25 with lr 0.1:", path)
    for fraction in (0.0, 0.05, 0.1, 0.2):
        mean = 1 + 8 * fraction
        median = np.pi / 2 / (1 - 2 * fraction / 3) ** 2
        print(f"{fraction:.0%} of the noise 3 times wider: variance times N: "
              f"mean {mean:.2f}, median {median:.2f}")
    white = np.arange(6, 0, -1) / 7  # edge equally likely before pixel 1, ..., 7
    print("blur, L2:", white.round(2), "L1:", (white > 0.5).astype(int))
    x, y = np.arange(1.0, 11.0), np.arange(1.0, 11.0)
    slope = {}
    for name, (new_x, new_y) in {"none": (5.5, 5.5), "high": (10.0, 40.0),
                                 "far": (60.0, 0.0)}.items():
        xs, ys = np.append(x, new_x), np.append(y, new_y)
        l2 = (xs @ ys) / (xs @ xs)
        candidates = ys / xs  # an L1 line through 0 passes through a point
        l1 = min(candidates, key=lambda a: np.abs(ys - a * xs).sum())
        print(f"line through 0, outlier {name}: slope L2 {l2:.3f}, L1 {l1:.3f}")
