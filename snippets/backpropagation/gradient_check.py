"""Checking a hand-written gradient: central differences, random directions, complex step.

The complex step: Martins, Sturdza and Alonso 2003, https://doi.org/10.1145/838250.838251.
"""

from collections.abc import Callable

import numpy as np


# --8<-- [start:central]
def numerical_gradient(f: Callable, x: np.ndarray, h: float | None = None
                       ) -> np.ndarray:
    """Central differences (f(x + h) - f(x - h)) / (x+ - x-), one element at a time.

    The difference is divided by the step that rounding left, (x + h) - (x - h).

    Args:
        f: Takes an array in the shape and precision of ``x`` to a number.
        x: Floating point; not modified.
        h: Step; None takes eps^(1/3) * max(1, |x_i|), eps the precision of ``x``.

    Returns:
        The gradient in the shape and precision of ``x``.

    Raises:
        ValueError: If ``x`` is not floating point, or ``h`` is not positive or so
            small that adding it to ``x`` changes nothing.

    >>> numerical_gradient(lambda x: np.sum(x**2), np.array([3.0, -1.0])).round(6)
    array([ 6., -2.])
    """
    if not np.issubdtype(x.dtype, np.floating):
        # In integers 1 + 1e-6 would be 1.
        raise ValueError(f"x must be floating point, got {x.dtype}")
    if h is not None and not h > 0:
        raise ValueError(f"h must be positive, got {h}")
    grad, moved = np.empty_like(x), x.copy()
    for index in np.ndindex(x.shape):
        step = h or np.finfo(x.dtype).eps ** (1 / 3) * max(1.0, abs(x[index]))
        ends, values = [], []
        for sign in (1, -1):
            moved[index] = x[index] + sign * step
            ends.append(float(moved[index]))
            values.append(float(f(moved)))
        moved[index] = x[index]
        if ends[0] == ends[1]:  # 64 + 1e-6 is 64 in float32
            raise ValueError(f"h = {step} is lost beside {x[index]}, {x.dtype}")
        grad[index] = (values[0] - values[1]) / (ends[0] - ends[1])
    return grad
# --8<-- [end:central]


# --8<-- [start:error]
def relative_error(analytic: np.ndarray, numeric: np.ndarray) -> float:
    """Norm of the difference over the sum of both norms: 0 if equal, 1 at the most.

    Two gradients that are zero agree: 0. One that is NaN agrees with nothing: nan.

    Raises:
        ValueError: If the shapes differ; they would broadcast without a word.
    """
    if analytic.shape != numeric.shape:
        raise ValueError(f"analytic is {analytic.shape}, numeric {numeric.shape}")
    total = np.linalg.norm(analytic) + np.linalg.norm(numeric)
    difference = np.linalg.norm(analytic - numeric)
    # Not "if total > 0": NaN would fail the comparison and come out as a perfect 0.
    return 0.0 if total == 0 else float(difference / total)
# --8<-- [end:error]


# --8<-- [start:direction]
def directional_error(f: Callable, x: np.ndarray, grad: np.ndarray,
                      rng: np.random.Generator, h: float = 6e-6) -> float:
    """Compare grad along one random direction with two evaluations of f.

    The direction is standard normal, scaled to length 1.

    Args:
        f: Takes an array in the shape of ``x`` to a number.
        x: Floating point, any shape.
        grad: The gradient to be checked, in the shape of ``x``.
        rng: Draws the direction.
        h: Step along the direction.

    Returns:
        |a - n| / (|a| + |n|), with a = grad . direction and n the central
        difference; 0 if both are 0.
    """
    direction = rng.standard_normal(x.shape)
    direction /= np.linalg.norm(direction)
    numeric = (f(x + h * direction) - f(x - h * direction)) / (2 * h)
    return relative_error(np.array(np.sum(grad * direction)), np.array(numeric))
# --8<-- [end:direction]


# --8<-- [start:complex]
def complex_step_gradient(f: Callable, x: np.ndarray, h: float = 1e-30
                          ) -> np.ndarray:
    """Imaginary part of f(x + ih) / h: no difference, so no cancellation.

    Only for f that is analytic, and written so: no abs, max or comparison.

    Args:
        f: Takes a complex array in the shape of ``x`` to a complex number.
        x: Real; not modified.
        h: As small as you like.

    Returns:
        The gradient in the shape of ``x``, float64.
    """
    grad, moved = np.empty(x.shape), x.astype(complex)
    for index in np.ndindex(x.shape):
        moved[index] = x[index] + 1j * h
        grad[index] = np.imag(f(moved)) / h
        moved[index] = x[index]
    return grad
# --8<-- [end:complex]


if __name__ == "__main__":
    def cube(x: np.ndarray) -> float:
        return x[0] * x[0] * x[0]  # products only: the same digits on every machine

    x = np.array([0.7])
    low = x.astype(np.float32)
    slope, slope_low = 3 * x[0] ** 2, 3 * float(low[0]) ** 2
    print(f"error of the derivative of x^3 at 0.7, {slope:.2f}")
    print("   h     one-sided  central   complex  central in float32")
    for power in range(1, 13):
        h = float(f"1e-{power}")
        one = (cube(x + h) - cube(x)) / h
        two = numerical_gradient(cube, x, h)[0]
        three = complex_step_gradient(cube, x, h)[0]
        errors = [abs(value - slope) for value in (one, two, three)]
        if power < 7:  # 0.7 + 1e-8 is 0.7 in float32
            errors.append(abs(float(numerical_gradient(cube, low, h)[0]) - slope_low))
        # Below 1e-15 it is the last bit, which is not the same everywhere.
        print(f"1e-{power:02d}", *(f"{max(error, 1e-15):9.1e}" for error in errors))
    for dtype in (np.float64, np.float32):
        print(dtype.__name__, "eps^(1/3) =", f"{np.finfo(dtype).eps ** (1 / 3):.1e}",
              "eps^(2/3) =", f"{np.finfo(dtype).eps ** (2 / 3):.1e}")
