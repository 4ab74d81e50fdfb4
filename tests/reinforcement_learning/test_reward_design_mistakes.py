"""The wrong shaping changes the optimum, and the right one beside it does not."""

import numpy as np

from snippets.reinforcement_learning.reward_design import (
    action_values,
    follow,
    grid,
    potential_shaping,
)
from snippets.reinforcement_learning.reward_design_mistakes import (
    plain_difference,
    shaping_to_the_end,
)


def test_without_gamma_one_stays_where_the_potential_is_high():
    # In the last cell: the goal pays 1 and ends the potential c, to stay pays nothing. At c > 1
    # staying wins, whatever gamma below 1.
    following, rewards, terminal = grid(("S..G",))
    for height, finishes in ((0.9, True), (1.1, False)):
        potential = np.array([0.0, 0.0, height, 0.0])
        wrong = rewards + plain_difference(following, terminal, potential)
        path = follow(action_values(following, wrong, terminal, 0.9), following, terminal, 2, 5)
        assert path == ([2, 3] if finishes else [2] * 6)
        right = rewards + potential_shaping(following, terminal, potential, 0.9)
        assert follow(action_values(following, right, terminal, 0.9), following, terminal, 2, 5) == [2, 3]


def test_a_potential_kept_at_the_end_makes_the_pit_worth_it():
    # 10 minus the distance: 4 at the pit, 10 at the goal five cells away. At gamma 0.6 the pit
    # pays -1 + 0.6 * 4 = 1.4 at once, the goal 0.6^4 (1 + 0.6 * 10) = 0.91.
    following, rewards, terminal = grid(("XS....G",))
    potential = 10.0 - np.array([6, 5, 4, 3, 2, 1, 0])
    kept = rewards + shaping_to_the_end(following, potential, 0.6)
    kept[terminal] = 0.0
    assert follow(action_values(following, kept, terminal, 0.6), following, terminal, 1, 9) == [1, 0]
    right = rewards + potential_shaping(following, terminal, potential, 0.6)
    assert follow(action_values(following, right, terminal, 0.6), following, terminal, 1, 9)[-1] == 6
