"""Choosing a learning rate, wrong in two ways.

tests/optimization/test_learning_rate_mistakes.py shows how each one fails.
"""

import numpy as np


# --8<-- [start:linear]
def linear_sweep(
    low: float = 1e-4, high: float = 1.0, number: int = 10
) -> np.ndarray:
    """WRONG: of ten evenly spaced rates, nine lie in the last decade."""
    return np.linspace(low, high, number)
# --8<-- [end:linear]


def expected_loss(lr: float, steps: int) -> float:
    """Mean loss x**2 / 2 after noisy descent from x = 10; curvature 1, gradient noise 1."""
    mean_square = 100.0
    for _ in range(steps):
        mean_square = (1 - lr) ** 2 * mean_square + lr**2
    return 0.5 * mean_square


# --8<-- [start:early]
def pick_early(lrs: list[float], loss, few_steps: int) -> float:
    """WRONG: after few steps the fastest leads, not the one that ends lowest."""
    return min(lrs, key=lambda lr: loss(lr, few_steps))
# --8<-- [end:early]


if __name__ == "__main__":
    print("evenly spaced:", linear_sweep().round(4))
    for steps in (10, 300):
        print(steps, "steps:", {lr: round(expected_loss(lr, steps), 4) for lr in (0.5, 0.1, 0.02)})
