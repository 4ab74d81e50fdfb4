"""What rewards and shaping promise. NumPy and plain asserts only: it runs in the browser too."""

import numpy as np

from snippets.reinforcement_learning.reward_design import (
    action_values,
    follow,
    grid,
    learn,
    potential_shaping,
    progress_bonus,
)

MAZE = ("S.#..",
        "..#.X",
        ".....",
        ".#..G")


def solve(rows, gamma, extra=0.0, start=0, steps=9):
    following, rewards, terminal = grid(rows)
    q = action_values(following, rewards + extra, terminal, gamma)
    return follow(q, following, terminal, start, steps)


def test_moves_and_rewards_by_hand():
    following, rewards, terminal = grid(("G.#", "XS."))
    np.testing.assert_array_equal(following[1], [1, 1, 4, 0])
    np.testing.assert_array_equal(following[4], [1, 5, 4, 3])
    np.testing.assert_array_equal(following[5], [5, 5, 5, 4])
    np.testing.assert_array_equal(following[[0, 3]], [[0] * 4, [3] * 4])
    np.testing.assert_array_equal(rewards[[1, 4, 5, 0]], [[0, 0, 0, 1], [0, 0, 0, -1], [0] * 4, [0] * 4])
    np.testing.assert_array_equal(terminal, [True, False, False, True, False, False])


def test_the_value_is_the_discount_to_the_power_of_the_way():
    following, rewards, terminal = grid(MAZE)
    values = action_values(following, rewards, terminal, 0.9).max(axis=1).reshape(4, 5)
    steps = np.array([[7, 6, 0, 4, 5], [6, 5, 0, 3, 0], [5, 4, 3, 2, 1], [6, 0, 2, 1, 0]])
    free = steps > 0
    np.testing.assert_allclose(values[free], 0.9 ** (steps[free] - 1.0))
    assert values[1, 4] == values[3, 4] == 0


def test_iteration_goes_on_until_nothing_moves():
    # Staying for ever at 1 per step is worth 1 / (1 - 0.9), which only many sweeps reach.
    following, rewards, terminal = grid(("S",))
    np.testing.assert_allclose(action_values(following, rewards + 1, terminal, 0.9), 10, atol=1e-9)


def test_rewards_in_a_terminal_state_count_for_nothing():
    following, rewards, terminal = grid(("SG",))
    q = action_values(following, rewards + 0.5, terminal, 0.5)
    # Into the goal 1 + 0.5; against a wall 0.5, and then the same choice again.
    np.testing.assert_allclose(q, [[1.25, 1.5, 1.25, 1.25], [0] * 4])


def test_follow_takes_the_first_of_equals_and_stops_where_it_should():
    following, _, terminal = grid(("S..", "..G"))
    q = np.zeros((6, 4))
    assert follow(q, following, terminal, 0, 3) == [0, 0, 0, 0]
    q[:, 1], q[2, 2] = 1.0, 2.0
    q[0, 2] = 1.0 + 1e-12  # equal but for rounding
    assert follow(q, following, terminal, 0, 9) == [0, 1, 2, 5]
    assert follow(q, following, terminal, 5, 9) == [5]


def test_the_largest_of_huge_values_is_found():
    # Beside 1e9 a tolerance of 1e-9 is less than rounding.
    following, rewards, terminal = grid(("S.G",))
    q = np.array([[0.0, 1e9, 0.0, 0.0], [0.0, 1e9, 0.0, 0.0], [0.0] * 4])
    assert follow(q, following, terminal, 0, 9) == [0, 1, 2]
    assert learn(following, rewards, terminal, 1.0, 0, 1, np.random.default_rng(7), q, eps=0.0)[1] == [2]


def test_the_bonus_is_paid_for_nearer_only():
    following, _, _ = grid(("S..G",))
    bonus = progress_bonus(following, np.array([3, 2, 1, 0]), 0.5)
    np.testing.assert_array_equal(bonus, [[0, 0.5, 0, 0], [0, 0.5, 0, 0], [0, 0.5, 0, 0], [0, 0, 0, 0]])


def test_the_bonus_is_exploited_from_the_derived_amount_on():
    # Finishing from one step away pays 1 + b, stepping back and forth g b / (1 - g^2).
    for gamma in (0.9, 0.95, 0.99):
        threshold = (1 - gamma**2) / (gamma - 1 + gamma**2)
        following, _, _ = grid(("S....G",))
        bonus = progress_bonus(following, np.arange(5, -1, -1), 1.0)
        assert solve(("S....G",), gamma, 0.999 * threshold * bonus) == [0, 1, 2, 3, 4, 5]
        assert solve(("S....G",), gamma, 1.001 * threshold * bonus) == [0, 1, 2, 3, 4, 3, 4, 3, 4, 3]


def test_a_shortsighted_agent_is_not_tempted_by_any_bonus():
    following, _, _ = grid(("S....G",))
    bonus = progress_bonus(following, np.arange(5, -1, -1), 1e4)
    assert solve(("S....G",), 0.61, bonus) == [0, 1, 2, 3, 4, 5]
    assert solve(("S....G",), 0.63, bonus)[-1] != 5


def test_a_constant_changes_when_to_stop():
    # Staying pays c / (1 - g), finishing from one step away 1 + c: the turn is c = (1 - g) / g.
    assert solve(("S.G",), 0.95, 0.052, start=1)[-1] == 2
    assert solve(("S.G",), 0.95, 0.053, start=1)[-1] == 1
    # And a cost per step can make the pit next door the better end: from 0.2323 on at ten steps.
    rows = ("XS.........G",)
    assert solve(rows, 0.95, -0.23, start=1, steps=20)[-1] == 11
    assert solve(rows, 0.95, -0.235, start=1, steps=20) == [1, 0]


def test_any_potential_leaves_the_optimum_and_shifts_the_values():
    following, rewards, terminal = grid(MAZE)
    plain = action_values(following, rewards, terminal, 0.9)
    rng = np.random.default_rng(0)
    for scale in (0.1, 1.0, 100.0):
        potential = scale * rng.normal(size=20)
        shaped = rewards + potential_shaping(following, terminal, potential, 0.9)
        q = action_values(following, shaped, terminal, 0.9)
        np.testing.assert_allclose(q[~terminal], (plain - potential[:, None])[~terminal], atol=1e-9)


def test_the_shaping_of_a_whole_way_is_what_its_ends_say():
    following, _, terminal = grid(MAZE)
    rng = np.random.default_rng(1)
    potential = rng.normal(size=20)
    extra, state, total, weight = potential_shaping(following, terminal, potential, 0.8), 0, 0.0, 1.0
    for _ in range(30):
        action = rng.integers(4)
        total += weight * extra[state, action]
        state, weight = following[state, action], weight * 0.8
    end = 0.0 if terminal[state] else potential[state]
    assert abs(total - (weight * end - potential[0])) < 1e-12
    assert np.all(extra[terminal] == 0)


def test_learning_finds_the_exact_values():
    following, rewards, terminal = grid(("S.X", "..G"))
    q, lengths = learn(following, rewards, terminal, 0.9, 0, 300, np.random.default_rng(2), eps=1.0)
    np.testing.assert_allclose(q, action_values(following, rewards, terminal, 0.9), atol=1e-9)
    assert len(lengths) == 300 and min(lengths) >= 2


def test_an_episode_is_cut_at_the_limit():
    following, rewards, terminal = grid(("S.....",))
    _, lengths = learn(following, rewards, terminal, 0.9, 0, 3, np.random.default_rng(3), limit=7)
    assert lengths == [7, 7, 7]
    assert learn(following, rewards, terminal, 0.9, 0, 1, np.random.default_rng(3))[1] == [1000]


def test_exploration_is_as_frequent_as_asked():
    # Right is best and known; each of the other actions stays, in a quarter of the explorations.
    following, rewards, terminal = grid(("SG",))
    known = np.array([[0.0, 1.0, 0.0, 0.0], [0.0] * 4])
    for options, share in (({"eps": 0.4}, 0.4), ({}, 0.1)):
        _, lengths = learn(following, rewards, terminal, 0.5, 0, 4000, np.random.default_rng(4), known,
                           **options)
        # Steps per episode are geometric with p = 1 - share * 3 / 4: mean 1 / p, variance (1 - p) / p^2.
        p = 1 - share * 3 / 4
        assert abs(np.mean(lengths) - 1 / p) < 4.5 * np.sqrt((1 - p) / p**2 / 4000)


def test_shaping_is_starting_from_the_potential():
    # The same draws, the same steps, and Q that differ by the potential (Wiewiora 2003).
    following, rewards, terminal = grid(MAZE)
    potential = np.random.default_rng(5).normal(size=20)
    shaped = rewards + potential_shaping(following, terminal, potential, 0.9)
    start = np.repeat(potential[:, None], 4, axis=1)
    one, lengths = learn(following, shaped, terminal, 0.9, 0, 20, np.random.default_rng(6))
    other, same = learn(following, rewards, terminal, 0.9, 0, 20, np.random.default_rng(6), start)
    assert lengths == same and start[0, 0] == potential[0]
    np.testing.assert_allclose((one + potential[:, None])[~terminal], other[~terminal], atol=1e-9)


def test_shaping_by_the_value_makes_the_best_action_cost_nothing():
    following, rewards, terminal = grid(MAZE)
    value = action_values(following, rewards, terminal, 0.9).max(axis=1)
    q = action_values(following, rewards + potential_shaping(following, terminal, value, 0.9), terminal, 0.9)
    np.testing.assert_allclose(q.max(axis=1), 0, atol=1e-9)
