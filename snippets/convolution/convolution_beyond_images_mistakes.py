"""Convolutions that should not be, or that see too much."""

import numpy as np


# --8<-- [start:table]
def convolve_columns(table: np.ndarray, weight: np.ndarray) -> np.ndarray:
    # wrong: columns have no order, so "next to" means nothing
    return np.array([np.convolve(row, weight, mode="valid").max() for row in table])
# --8<-- [end:table]


# --8<-- [start:future]
def forecast_features(series: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return np.convolve(series, weight, mode="same")  # wrong: reads the future
# --8<-- [end:future]
