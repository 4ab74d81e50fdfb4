"""Activation maximization: gradient ascent on the input, with the regularizers that keep it honest.

Erhan, Bengio, Courville and Vincent (2009), technical report 1341, Université de Montréal; for class
scores with an L2 penalty: Simonyan, Vedaldi and Zisserman, https://arxiv.org/abs/1312.6034.
"""

from collections.abc import Callable

import numpy as np


# --8<-- [start:roughness]
def roughness(image: np.ndarray) -> tuple[float, np.ndarray]:
    """Half the sum of squared differences of neighboring pixels, and its gradient.

    Neighbors are above, below, left and right; there is none beyond the border.

    Args:
        image: Pixels (H, W).

    Returns:
        The value, and its gradient (H, W): for each pixel the sum over its
        neighbors of its own value minus the neighbor's.

    >>> roughness(np.array([[0.0, 2.0]]))
    (2.0, array([[-2.,  2.]]))
    """
    down, right = np.diff(image, axis=0), np.diff(image, axis=1)
    grad = np.zeros(image.shape)
    grad[1:] += down
    grad[:-1] -= down
    grad[:, 1:] += right
    grad[:, :-1] -= right
    return float(0.5 * (down**2).sum() + 0.5 * (right**2).sum()), grad
# --8<-- [end:roughness]


# --8<-- [start:maximize]
def maximize(
    unit: Callable[[np.ndarray], tuple[float, np.ndarray]], start: np.ndarray,
    lr: float, steps: int, decay: float = 0.0, smoothness: float = 0.0,
    low: float = -np.inf, high: float = np.inf, jitter: int = 0,
    rng: np.random.Generator | None = None,
) -> np.ndarray:
    """Gradient ascent on unit(x) - decay/2 * |x|^2 - smoothness * roughness(x).

    Each step adds ``lr`` times the gradient of this objective and then clips every
    pixel to the range ``low`` to ``high``.

    Args:
        unit: Function of an image (H, W) that returns the activation and its
            gradient (H, W) with respect to the image.
        start: First image (H, W); it is not changed.
        lr: Step size.
        steps: Number of steps.
        decay: Strength of the L2 penalty.
        smoothness: Strength of the penalty on differences between neighbors.
        low: Smallest allowed pixel.
        high: Largest allowed pixel.
        jitter: If J > 0, ``unit`` sees the image rolled by (dy, dx), drawn at each
            step by ``rng.integers(-J, J + 1, size=2)``; its gradient is rolled
            back.
        rng: Source of the rolls.

    Returns:
        The last image (H, W).

    Raises:
        ValueError: If ``jitter`` is above 0 without ``rng``.
    """
    if jitter and rng is None:
        raise ValueError(f"jitter is {jitter}, so rng must be given")
    x = start.astype(np.float64)
    for _ in range(steps):
        dy, dx = rng.integers(-jitter, jitter + 1, size=2) if jitter else (0, 0)
        _, grad = unit(np.roll(x, (dy, dx), axis=(0, 1)))
        grad = np.roll(grad, (-dy, -dx), axis=(0, 1))
        _, rough = roughness(x)
        x = x + lr * (grad - decay * x - smoothness * rough)
        x = np.clip(x, low, high)  # the valid pixels; nothing without limits
    return x
# --8<-- [end:maximize]


# --8<-- [start:sphere]
def maximize_on_sphere(
    unit: Callable[[np.ndarray], tuple[float, np.ndarray]], start: np.ndarray,
    radius: float, lr: float, steps: int,
) -> np.ndarray:
    """Gradient ascent on unit(x) among the images of one norm.

    After each step of ``lr`` times the gradient the image is scaled back to |x| =
    ``radius``. The start is scaled first.

    Args:
        unit: As in ``maximize``.
        start: First image (H, W), not all zeros; it is not changed.
        radius: Norm of the image, above 0.
        lr: Step size.
        steps: Number of steps.

    Returns:
        The last image (H, W).

    Raises:
        ValueError: If ``start`` is all zeros, which has no direction.
    """
    if not np.any(start):
        raise ValueError(f"start must not be all zeros, but is {start}")
    x = radius * start / np.linalg.norm(start)
    for _ in range(steps):
        _, grad = unit(x)
        x = x + lr * grad
        x = radius * x / np.linalg.norm(x)
    return x
# --8<-- [end:sphere]


if __name__ == "__main__":
    weight = np.array([[2.0, -1.0, 0.5]])

    def linear(x):
        return float((weight * x).sum()), weight

    start = np.zeros((1, 3))
    print("L2, decay 2:", maximize(linear, start, 0.1, 200, decay=2.0).round(3))
    print("box 0 to 1:", maximize(linear, start, 0.1, 200, low=0.0, high=1.0))
    print("norm 1:", maximize_on_sphere(linear, np.ones((1, 3)), 1.0, 1.0, 200).round(3))
    print("after 100 and 200 free steps:",
          [round(linear(maximize(linear, start, 0.1, steps))[0], 6)
           for steps in (100, 200)])
