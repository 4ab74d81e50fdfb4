"""Wrong code around Boltzmann machines. The tests show how each piece fails."""

import numpy as np


# --8<-- [start:parallel]
def parallel_step(
    v: np.ndarray, h: np.ndarray, weight: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """WRONG: both layers at once, each from the other's *old* state."""
    probs_v = 1 / (1 + np.exp(-h @ weight.T))
    probs_h = 1 / (1 + np.exp(-v @ weight))  # right: from the new v
    return ((rng.uniform(size=v.shape) < probs_v) * 1.0,
            (rng.uniform(size=h.shape) < probs_h) * 1.0)
# --8<-- [end:parallel]


# --8<-- [start:samples]
def mean_field_chain(
    v: np.ndarray, weight: np.ndarray, bias_v: np.ndarray, bias_h: np.ndarray,
    steps: int,
) -> np.ndarray:
    """WRONG as a sampler: probabilities go up and down, no unit is ever drawn."""
    for _ in range(steps):
        h = 1 / (1 + np.exp(-(v @ weight + bias_h)))
        v = 1 / (1 + np.exp(-(h @ weight.T + bias_v)))
    return v
# --8<-- [end:samples]
