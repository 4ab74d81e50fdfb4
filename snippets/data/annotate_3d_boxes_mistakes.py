"""A wrong interpolation of angles. The test shows what it does to a turning object."""

import numpy as np


# --8<-- [start:yaw]
def interpolate_numbers(
    before: np.ndarray, after: np.ndarray, share: float
) -> np.ndarray:
    """WRONG: treats the yaw as a number; but −π and π are one direction."""
    return (1 - share) * before + share * after
# --8<-- [end:yaw]
