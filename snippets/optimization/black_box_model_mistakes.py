"""Wrong ways to build on a black box. Do not use."""

import numpy as np


# --8<-- [start:sample]
def weighted_error_on_its_sample(model, x, targets, rows) -> float:
    """WRONG: judge a boosting round on the rows that were drawn for training it."""
    return float(np.mean(model(x[rows]) != targets[rows]))
# --8<-- [end:sample]


# --8<-- [start:residuals]
def residuals_in_sample(fit, x, y) -> np.ndarray:
    """WRONG: what is left to correct, measured on the rows that were fitted."""
    return y - fit(x, y)(x)
# --8<-- [end:residuals]


# --8<-- [start:leak]
def oversample_then_split(x, targets, rng):
    """WRONG: copies of one row end up in training and in test."""
    rows = rng.integers(0, len(x), size=2 * len(x))
    half = len(x)
    train, test = rows[:half], rows[half:]
    return (x[train], targets[train]), (x[test], targets[test])
# --8<-- [end:leak]
