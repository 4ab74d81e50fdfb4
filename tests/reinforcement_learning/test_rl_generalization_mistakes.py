"""The wrong test sets flatter, and the right ones beside them do not."""

import numpy as np

from snippets.reinforcement_learning.rl_generalization import (
    learn,
    moves,
    random_map,
    steps_to,
    success,
)
from snippets.reinforcement_learning.rl_generalization_mistakes import new_starts, two_draws


def test_new_starts_on_old_maps_flatter_a_table_that_knows_the_maps_by_heart():
    rng = np.random.default_rng(1)
    maps = [random_map(5, 0.25, rng) for _ in range(60)]
    worlds = [(moves(free), 25 * i + np.arange(25), start, goal)
              for i, (free, start, goal) in enumerate(maps)]
    reachable = [np.flatnonzero(np.isfinite(steps_to(w[0], w[3])) & (np.arange(25) != w[3])
                                & maps[i][0].ravel()) for i, w in enumerate(worlds)]
    q = learn(worlds[:10], 25 * 60, 400, np.random.default_rng(2), eps=1.0, lr=1.0)
    assert success(q, new_starts(worlds[:10], reachable[:10], np.random.default_rng(3))) == 1.0
    assert success(q, worlds[10:]) < 0.3


def test_a_small_generator_repeats_itself():
    shares = {}
    for size in (3, 5):
        train, test = two_draws(lambda rng, size=size: random_map(size, 0.25, rng), 1000,
                                np.random.default_rng(0))
        known = {(free.tobytes(), start, goal) for free, start, goal in train}
        shares[size] = np.mean([(free.tobytes(), start, goal) in known for free, start, goal in test])
    assert shares[3] > 0.2 and shares[5] < 0.005
