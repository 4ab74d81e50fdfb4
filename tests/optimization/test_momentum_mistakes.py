"""How each mistake fails."""

import numpy as np

from snippets.optimization.momentum_mistakes import cycle, drop_rate


def test_a_velocity_that_contains_the_rate_coasts_on():
    assert abs(drop_rate(folded=False) - 60.0) < 1e-9
    # The old velocity is 9 too fast and decays: 9 * (0.9 + 0.81 + ...) = 81 more in the end.
    assert abs(drop_rate(folded=True) - 60.0 - 81.0 * (1 - 0.9**60)) < 1e-9
    assert round(drop_rate(folded=True), 1) == 140.9


def test_the_heavy_ball_tuned_for_quadratics_cycles_forever():
    path = cycle(steps=3000)
    np.testing.assert_allclose(path[-3:], path[-6:-3], rtol=1e-9)
    assert sorted(path[-3:].round(3)) == [-1.802, 0.647, 2.116]


def test_plain_descent_converges_there():
    assert abs(cycle(2 / 26, 0.0)[-1]) < 1e-12
