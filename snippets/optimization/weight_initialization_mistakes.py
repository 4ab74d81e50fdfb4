"""Starts that look random and are not, or are random at the wrong scale.

tests/optimization/test_weight_initialization_mistakes.py shows how each one fails.
"""

import numpy as np


# --8<-- [start:same_seed]
def units_with_one_seed(fan_in: int, units: int, seed: int) -> np.ndarray:
    """WRONG: a new generator per unit, always with the same seed: copies."""
    std = np.sqrt(2.0 / fan_in)
    columns = [np.random.default_rng(seed).normal(0.0, std, fan_in)
               for _ in range(units)]
    return np.stack(columns, axis=1)
# --8<-- [end:same_seed]


# --8<-- [start:variance]
def he_with_the_variance(fan_in: int, fan_out: int,
                         rng: np.random.Generator) -> np.ndarray:
    """WRONG: 2 / fan_in is the variance; normal() wants its root."""
    return rng.normal(0.0, 2.0 / fan_in, (fan_in, fan_out))
# --8<-- [end:variance]


def mean_square_after(layers: int, fan_in: int, draw, rng: np.random.Generator) -> float:
    """Mean square of the activations behind a stack of ReLU layers, input of mean square 1."""
    h = rng.normal(size=(64, fan_in))
    for _ in range(layers):
        h = np.maximum(h @ draw(fan_in, fan_in, rng), 0)
    return float((h**2).mean())


if __name__ == "__main__":
    def right(fan_in, fan_out, rng):
        return rng.normal(0.0, np.sqrt(2.0 / fan_in), (fan_in, fan_out))

    for draw in (right, he_with_the_variance):
        value = mean_square_after(5, 256, draw, np.random.default_rng(0))
        print(f"mean square after 5 ReLU layers of 256, {draw.__name__}: {value:.2e}")
