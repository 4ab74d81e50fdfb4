"""Cycle consistency on one dimension, where every map can be checked by hand.

Zhu, Park, Isola and Efros, *Unpaired Image-to-Image Translation using Cycle-Consistent
Adversarial Networks*, https://arxiv.org/abs/1703.10593, sections 3.2 and 5.2. That zero loss
leaves every symmetry of the data undetermined: Moriakov, Adler and Teuwen,
https://arxiv.org/abs/2001.09061.
"""

from collections.abc import Callable

import numpy as np

Map = Callable[[np.ndarray], np.ndarray]


# --8<-- [start:losses]
def cycle_loss(x: np.ndarray, there: Map, back: Map) -> float:
    """Mean absolute difference between x and its round trip back(there(x)).

    Args:
        x: Samples of the domain where the trip starts, any shape.
        there: Map into the other domain.
        back: Map from the other domain.

    Raises:
        ValueError: If ``x`` is empty.

    >>> cycle_loss(np.array([0.25, 0.75]), lambda v: 1 - v, lambda v: 1 - v)
    0.0
    """
    if np.size(x) == 0:
        raise ValueError(f"x must not be empty, got shape {np.shape(x)}")
    # float64: the difference of two uint8 images would wrap around
    return float(np.mean(np.abs(np.subtract(back(there(x)), x, dtype=np.float64))))


def identity_loss(y: np.ndarray, there: Map) -> float:
    """Mean absolute change of y, a sample of the domain that ``there`` leads to.

    Args:
        y: Samples of the target domain, any shape.
        there: Map into the target domain.

    Raises:
        ValueError: If ``y`` is empty.
    """
    if np.size(y) == 0:
        raise ValueError(f"y must not be empty, got shape {np.shape(y)}")
    return float(np.mean(np.abs(np.subtract(there(y), y, dtype=np.float64))))


def distribution_gap(a: np.ndarray, b: np.ndarray) -> float:
    """Wasserstein-1 distance of two samples: 0 if they hold the same values.

    In one dimension the cheapest transport pairs the sorted values.

    Args:
        a: First sample, (N,).
        b: Second sample, (N,).

    Raises:
        ValueError: If ``a`` and ``b`` are not both of one shape (N,) with N > 0.
    """
    if np.ndim(a) != 1 or np.shape(a) != np.shape(b) or np.size(a) == 0:
        raise ValueError("a and b must be (N,), "
                         f"got {np.shape(a)} and {np.shape(b)}")
    gap = np.subtract(np.sort(a), np.sort(b), dtype=np.float64)
    return float(np.mean(np.abs(gap)))
# --8<-- [end:losses]


def candidates() -> dict[str, tuple[Map, Map]]:
    """Four maps of [0, 1] that keep the uniform distribution, each with its best way back.

    Returns:
        Pairs (there, back) under the names "keep": v, back by itself; "reverse": 1 - v, back by
        itself; "swap halves": v + 0.5 modulo 1, back by itself; "fold": abs(2v - 1), back by
        (1 + v) / 2.
    """
    def tent(v):  # two inputs, (1 - y) / 2 and (1 + y) / 2, share the output y
        return np.abs(2 * v - 1)

    def swap(v):
        return (v + 0.5) % 1.0

    return {
        "keep": (lambda v: v, lambda v: v),
        "reverse": (lambda v: 1 - v, lambda v: 1 - v),
        "swap halves": (swap, swap),
        "fold": (tent, lambda v: (1 + v) / 2),
    }


if __name__ == "__main__":
    grid = (np.arange(10_000) + 0.5) / 10_000  # midpoints: the uniform distribution on [0, 1]
    print("map          gap to Y  cycle  identity")
    for name, (there, back) in candidates().items():
        print(f"{name:12} {distribution_gap(there(grid), grid):8.3f} "
              f"{cycle_loss(grid, there, back):6.3f} {identity_loss(grid, there):9.3f}")
