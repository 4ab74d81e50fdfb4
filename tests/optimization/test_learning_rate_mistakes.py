"""How each mistake fails."""

import numpy as np

from snippets.optimization.learning_rate_mistakes import expected_loss, linear_sweep, pick_early


def test_evenly_spaced_rates_crowd_the_last_decade():
    lrs = linear_sweep()
    assert (lrs >= 0.1).sum() == 9 and (lrs < 0.1).sum() == 1
    assert np.isclose(lrs[1], 0.1112)


def test_few_steps_pick_a_rate_that_ends_worse():
    lrs = [0.5, 0.1, 0.02]
    assert pick_early(lrs, expected_loss, 10) == 0.5
    assert pick_early(lrs, expected_loss, 300) == 0.02
    # The floors are lr / (2 (2 - lr)), and the page's numbers.
    assert round(expected_loss(0.5, 300), 3) == 0.167 == round(0.5 / 3, 3)
    assert round(expected_loss(0.02, 10), 1) == 33.4
    assert round(expected_loss(0.02, 300), 4) == 0.0053
    assert round(expected_loss(0.5, 10), 3) == 0.167
