"""How each mistake fails."""

import numpy as np

from snippets.transformers.flash_attention_mistakes import mean_of_tiles, update, without_shrinking

SCORES, VALUES = np.array([[1.0, 3.0], [2.0, 5.0]]), np.array([[10.0, 20.0], [30.0, 40.0]])
RIGHT = 36.8806


def test_without_shrinking_early_keys_weigh_too_much():
    assert without_shrinking(SCORES, VALUES) < RIGHT - 7
    falling = without_shrinking(SCORES[::-1], VALUES[::-1])
    assert abs(falling - RIGHT) < 1e-4  # unnoticed if the first tile holds the maximum


def test_the_mean_of_tiles_forgets_how_much_each_weighs():
    assert mean_of_tiles(SCORES, VALUES) < RIGHT - 7


def test_a_masked_first_tile_makes_nan():
    with np.errstate(invalid="ignore"):
        assert np.isnan(update(-np.inf, 0.0, np.array([-np.inf, -np.inf]))[1])
    peak, total = update(-np.inf, 0.0, np.array([0.0, -np.inf]))
    assert (peak, total) == (0.0, 1.0)
