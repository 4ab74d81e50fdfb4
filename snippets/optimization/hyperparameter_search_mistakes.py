"""Two ways to fool oneself while tuning. Do not use."""

import numpy as np


# --8<-- [start:linear]
def draw_learning_rates(count: int, rng: np.random.Generator) -> np.ndarray:
    """WRONG: uniform between 0.0001 and 1, so 90 % of the trials lie above 0.1."""
    return rng.uniform(1e-4, 1.0, size=count)
# --8<-- [end:linear]


# --8<-- [start:winner]
def reported_error(validation_errors: np.ndarray) -> float:
    """WRONG: the winner's validation error, reported as what to expect from it."""
    return float(np.min(validation_errors))
# --8<-- [end:winner]
