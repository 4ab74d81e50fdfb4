"""Momentum: PyTorch's update, its speed in a ravine, its escape from a saddle, its noise floor.

The heavy ball: Polyak 1964, https://doi.org/10.1016/0041-5553(64)90137-5. Nesterov's form for
networks: Sutskever and colleagues 2013, https://proceedings.mlr.press/v28/sutskever13.html.
"""

import numpy as np


# --8<-- [start:step]
def momentum_step(x: np.ndarray, grad: np.ndarray, buffer: np.ndarray | None,
                  lr: float, momentum: float, dampening: float = 0.0,
                  nesterov: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """One step of SGD as in torch.optim.SGD.

    The buffer becomes momentum * buffer + (1 - dampening) * grad, or grad itself,
    undamped, if there is none yet. The step is -lr times the new buffer; with
    nesterov it is -lr * (grad + momentum * new buffer).

    Args:
        x: Parameters, any shape; not modified.
        grad: Gradient at x, same shape.
        buffer: Buffer after the last step, None before the first; not modified.
        lr: Learning rate.
        momentum: Share of the buffer that is kept.
        dampening: Share of the gradient that is left out.
        nesterov: Whether to look ahead; needs dampening 0.

    Returns:
        The new parameters and the new buffer.

    Raises:
        ValueError: If ``grad`` has another shape than ``x``, ``momentum`` is not in
            [0, 1), or ``nesterov`` meets a ``dampening`` other than 0.
    """
    if np.shape(grad) != np.shape(x):
        raise ValueError(f"grad must be {np.shape(x)}, got {np.shape(grad)}")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum must be in [0, 1), got {momentum}")
    if nesterov and dampening != 0:
        raise ValueError(f"nesterov needs dampening 0, got {dampening}")
    if buffer is None:
        buffer = np.array(grad)  # a copy: the caller may reuse grad
    else:
        buffer = momentum * buffer + (1 - dampening) * grad
    step = grad + momentum * buffer if nesterov else buffer
    return x - lr * step, buffer
# --8<-- [end:step]


# --8<-- [start:factor]
def factor(curvature: float, lr: float, momentum: float,
           nesterov: bool = False) -> float:
    """By how much an axis of a quadratic shrinks (or grows, above 1) per step.

    The largest absolute root of z**2 - b * z + c, where for the heavy ball
    b = 1 + momentum - lr * curvature and c = momentum, and for Nesterov
    b = (1 + momentum) * (1 - lr * curvature) and
    c = momentum * (1 - lr * curvature).

    Args:
        curvature: Second derivative along the axis; negative at a saddle.
        lr: Learning rate.
        momentum: Share of the buffer that is kept.
        nesterov: Which of the two.

    >>> round(factor(1.0, 0.1, 0.0), 3), round(factor(10.0, 0.1, 0.81), 3)
    (0.9, 0.9)
    """
    if nesterov:
        keep = 1 - lr * curvature
        b, c = (1 + momentum) * keep, momentum * keep
    else:
        b, c = 1 + momentum - lr * curvature, momentum
    root = np.sqrt(complex(b * b - 4 * c))
    return float(max(abs(b + root), abs(b - root)) / 2)
# --8<-- [end:factor]


# --8<-- [start:best]
def best_heavy_ball(smallest: float, largest: float) -> tuple[float, float]:
    """Learning rate and momentum with the smallest factor over all curvatures.

    They are 4 / (sqrt(largest) + sqrt(smallest))**2 and
    ((sqrt(largest) - sqrt(smallest)) / (sqrt(largest) + sqrt(smallest)))**2.

    Raises:
        ValueError: If not 0 < smallest <= largest.

    >>> lr, momentum = best_heavy_ball(1.0, 25.0)
    >>> round(lr, 4), round(momentum, 4)
    (0.1111, 0.4444)
    """
    if not 0 < smallest <= largest:
        raise ValueError(
            f"need 0 < smallest <= largest, got {smallest} and {largest}")
    low, high = np.sqrt(smallest), np.sqrt(largest)
    return float(4 / (high + low) ** 2), float(((high - low) / (high + low)) ** 2)
# --8<-- [end:best]


# --8<-- [start:floor]
def noise_floor(curvature: float, lr: float, momentum: float,
                noise: float) -> float:
    """Mean loss 0.5 * curvature * x**2 at which the heavy ball settles under noise.

    It is lr * noise**2 * (1 + momentum) divided by
    2 * (1 - momentum) * (2 * (1 + momentum) - lr * curvature).

    Args:
        curvature: Second derivative, positive.
        lr: Learning rate, below 2 * (1 + momentum) / curvature.
        momentum: Share of the buffer that is kept.
        noise: Standard deviation of the gradient's independent noise.

    Raises:
        ValueError: If ``lr`` is not between 0 and that limit.

    >>> round(noise_floor(1.0, 0.1, 0.0, 1.0), 4)
    0.0263
    """
    stable = 2 * (1 + momentum) - lr * curvature
    if lr * curvature <= 0 or stable <= 0:
        raise ValueError(f"lr {lr} is outside the stable range of {curvature}")
    return lr * noise**2 * (1 + momentum) / (2 * (1 - momentum) * stable)
# --8<-- [end:floor]


# --8<-- [start:saddle]
def escape(y: float, lr: float, momentum: float, noise: float = 0.0,
           rng: np.random.Generator | None = None, limit: int = 100_000) -> int:
    """Steps of the heavy ball until it has left the saddle of a double well.

    The loss is -0.05 * y**2 + 0.025 * y**4: curvature -0.1 at the saddle y = 0,
    minima at -1 and 1. Its gradient is 0.1 * (y**3 - y).

    Args:
        y: Where to start, at rest.
        lr: Learning rate.
        momentum: Share of the buffer that is kept.
        noise: Standard deviation of normal noise added to every gradient.
        rng: Draws the noise; needed if noise is not 0.
        limit: Where to give up.

    Returns:
        The number of steps until abs(y) > 0.5 for the first time, or ``limit``.
    """
    buffer = None
    for t in range(limit):
        if abs(y) > 0.5:
            return t
        grad = 0.1 * (y**3 - y) + (noise * rng.standard_normal() if noise else 0.0)
        y, buffer = momentum_step(y, grad, buffer, lr, momentum)
    return limit
# --8<-- [end:saddle]


if __name__ == "__main__":
    x, buffer = np.array(1.0), None
    for t in (1, 2, 3):
        x, buffer = momentum_step(x, 2 * x, buffer, 0.1, 0.9)
        print(f"step {t}: buffer {buffer:.3f}, x {x:.4f}")
    for kappa in (10, 100, 1000):
        lr, beta = best_heavy_ball(1.0, kappa)
        plain = (kappa - 1) / (kappa + 1)
        ball = max(factor(1.0, lr, beta), factor(float(kappa), lr, beta))
        look = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
        nag = factor(1.0, 1 / kappa, look, nesterov=True)
        steps = [np.log(1e-6) / np.log(f) for f in (plain, ball, nag)]
        print(f"kappa {kappa}: factors {plain:.4f} {ball:.4f} {nag:.4f}, momentum {beta:.3f} "
              f"lr {lr:.5f}; steps to 1e-6: " + " ".join(f"{s:.0f}" for s in steps))
    for lr, beta in [(0.1, 0.0), (0.1, 0.9), (1.0, 0.0), (0.1, 0.99), (10.0, 0.0)]:
        growth = factor(-0.1, lr, beta)
        print(f"saddle, lr {lr}, momentum {beta}: growth {growth:.5f}, predicted "
              f"{np.log(0.5e6) / np.log(growth):.0f}, measured {escape(1e-6, lr, beta)}")
    for curvature in (0.1, 0.001):
        plain, ball = factor(-curvature, 1.9, 0.0), factor(-curvature, 1.9, 0.9)
        print(f"steepest curvature 1, rate 1.9, saddle -{curvature}: growth {plain:.4f} without, "
              f"{ball:.4f} with momentum 0.9; e-fold in {1 / np.log(plain):.1f} and "
              f"{1 / np.log(ball):.1f} steps; steep axis {factor(1.0, 1.9, 0.9):.4f}")
    print("exactly on the saddle:", escape(0.0, 0.1, 0.9, limit=20_000))
    rng = np.random.default_rng(0)
    for lr, beta in [(0.1, 0.0), (0.1, 0.9), (1.0, 0.0)]:
        runs = [escape(0.0, lr, beta, 1e-3, rng) for _ in range(50)]
        print(f"with noise, lr {lr}, momentum {beta}: {np.mean(runs):.0f} steps")
    for lr, beta in [(0.01, 0.9), (0.1, 0.0), (0.1, 0.9)]:
        x, buffer, total = np.zeros(4000), None, []
        for t in range(1500):
            x, buffer = momentum_step(x, x + rng.standard_normal(4000), buffer, lr, beta)
            if t > 700:
                total.append(0.5 * (x**2).mean())
        print(f"floor, lr {lr}, momentum {beta}: {np.mean(total):.5f}, "
              f"formula {noise_floor(1.0, lr, beta, 1.0):.5f}")
