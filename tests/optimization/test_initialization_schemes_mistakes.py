"""How each mistake fails."""

import numpy as np
import torch

from snippets.optimization.initialization_schemes import kaiming_normal
from snippets.optimization.initialization_schemes_mistakes import (
    kaiming_without_kernel,
    small_truncated_normal,
)


def test_torch_s_default_limits_are_a_hundred_deviations_away():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        weight = small_truncated_normal(torch.empty(400, 500))
    beyond = (weight.abs() > 0.04).float().mean().item()
    assert abs(beyond - 0.0455) < 0.003


def test_without_the_kernel_a_3x3_convolution_multiplies_the_mean_square_by_nine():
    rng = np.random.default_rng(0)
    shape = (32, 64, 3, 3)
    ratio = kaiming_without_kernel(shape, rng).var() / kaiming_normal(shape, rng).var()
    assert abs(ratio - 9) < 0.5
