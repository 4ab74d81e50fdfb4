"""Each wrong start fails where the page says."""

import numpy as np

from snippets.optimization.weight_initialization import initialize, spread
from snippets.optimization.weight_initialization_mistakes import (
    he_with_the_variance,
    mean_square_after,
    units_with_one_seed,
)


def test_one_seed_for_every_unit_gives_copies():
    weight = units_with_one_seed(64, 32, seed=0)
    assert spread(weight) == 0 and np.linalg.matrix_rank(weight) == 1
    ((right, _),) = initialize([64, 32], ["he"], np.random.default_rng(0))
    assert spread(right) > 0.5 and np.linalg.matrix_rank(right) == 32


def test_the_variance_for_the_standard_deviation_loses_the_signal():
    def right(fan_in, fan_out, rng):
        return initialize([fan_in, fan_out], ["he"], rng)[0][0]

    assert 0.5 < mean_square_after(5, 256, right, np.random.default_rng(0)) < 2
    lost = mean_square_after(5, 256, he_with_the_variance, np.random.default_rng(0))
    assert 1e-11 < lost < 1e-10  # (2 / 256)^5 = 2.9e-11
