"""Initializations, wrong in two ways that look right.

tests/optimization/test_initialization_schemes_mistakes.py shows how each one fails.
"""

import numpy as np
import torch


# --8<-- [start:uncut]
def small_truncated_normal(weight: torch.Tensor) -> torch.Tensor:
    """WRONG if you want a cut at two deviations: a and b are -2 and 2, absolute."""
    return torch.nn.init.trunc_normal_(weight, std=0.02)
# --8<-- [end:uncut]


# --8<-- [start:channels]
def kaiming_without_kernel(shape, rng):
    """WRONG for convolutions: fan_in is channels times kernel size."""
    return rng.normal(0.0, np.sqrt(2.0 / shape[1]), shape)
# --8<-- [end:channels]
