"""What maps, views and learners promise. NumPy and plain asserts only: it runs in the browser too."""

import math

import numpy as np

from snippets.reinforcement_learning.rl_generalization import (
    failure_bound,
    learn,
    local_view,
    moves,
    random_map,
    steps_to,
    success,
)


def raises(function, *args, **kwargs) -> str:
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


FREE = np.array([[True, True, True], [True, False, True]])  # cells 0 1 2 over 3 # 5


def test_moves_by_hand():
    np.testing.assert_array_equal(moves(FREE)[[0, 1, 2, 3, 5]],
                                  [[0, 1, 3, 0], [1, 2, 1, 0], [2, 2, 5, 1], [0, 3, 3, 3], [2, 5, 5, 5]])


def test_steps_by_hand_and_no_way():
    np.testing.assert_array_equal(steps_to(moves(FREE), 3)[[0, 1, 2, 3, 5]], [1, 2, 3, 0, 4])
    split = np.array([[True, False, True]])
    np.testing.assert_array_equal(steps_to(moves(split), 0)[[0, 2]], [0, np.inf])


def test_the_steps_are_the_only_solution_of_bellmans_equation():
    rng = np.random.default_rng(0)
    for _ in range(5):
        free, _, goal = random_map(7, 0.3, rng)
        following, cost = moves(free), steps_to(moves(free), goal)
        near = np.isfinite(cost) & (np.arange(49) != goal)
        assert cost[goal] == 0
        np.testing.assert_array_equal(cost[near], 1 + cost[following[near]].min(axis=1))


def test_random_maps_can_be_solved_and_are_as_dense_as_asked():
    rng, walls = np.random.default_rng(1), []
    for _ in range(60):
        free, start, goal = random_map(5, 0.2, rng)
        assert free.shape == (5, 5) and start != goal and free.flat[start] and free.flat[goal]
        assert np.isfinite(steps_to(moves(free), goal)[start])
        walls.append(np.mean(~free))
    # The condition that there is a way favors open maps, so fewer walls than 0.2, not more.
    assert 0.1 < np.mean(walls) < 0.2 + 4.5 * np.sqrt(0.16 / 1500)
    assert random_map(4, 0.0, rng)[0].all()


def test_the_smallest_map_may_have_two_free_cells_but_not_fewer():
    rng, free = np.random.default_rng(7), []
    for _ in range(60):
        cells, start, goal = random_map(2, 0.5, rng)
        free.append(int(cells.sum()))
        assert {start, goal} <= set(np.flatnonzero(cells).tolist()) and start != goal
    # Solvable are one map with four free cells, four with three, four with two side by side.
    assert set(free) == {2, 3, 4}


def test_the_local_view_by_hand():
    seen = local_view(FREE, 5)
    # Cell 0: the goal is down and right, up and left are blocked: 16 * 8 + 1 + 8.
    # Cell 2: below; up and right blocked. Cell 3: to the right; all but up blocked. Cell 5: here.
    np.testing.assert_array_equal(seen[[0, 2, 3, 5]], [128 + 9, 16 * 7 + 3, 16 * 5 + 14, 16 * 4 + 14])
    assert local_view(FREE, 0)[5] == 0 + 14  # up and to the left


def test_the_view_does_not_depend_on_where_the_map_lies():
    free = np.ones((6, 6), dtype=bool)
    free[2, 3] = False
    moved = np.ones((6, 6), dtype=bool)
    moved[3, 2] = False
    one, other = local_view(free, 2 * 6 + 4).reshape(6, 6), local_view(moved, 3 * 6 + 3).reshape(6, 6)
    np.testing.assert_array_equal(one[1:4, 2:5], other[2:5, 1:4])


def test_q_learning_on_one_map_finds_the_shortest_way():
    free = np.ones((3, 4), dtype=bool)
    free[1, 1:3] = False
    world = (moves(free), np.arange(12), 4, 7)  # left of the wall, right of it
    q = learn([world], 12, 500, np.random.default_rng(2), gamma=0.9, lr=1.0)
    assert success(q, [world], limit=5) == 1.0 and success(q, [world], limit=4) == 0.0
    assert abs(q[4].max() - 0.9**4) < 1e-9
    assert np.all(q[7] == 0)  # the goal ends the episode, nothing is learned there


def test_one_table_for_two_maps_mixes_them():
    # The same corridor, the goal once at the right end and once at the left.
    line = moves(np.ones((1, 5), dtype=bool))
    right, left = (line, np.arange(5), 2, 4), (line, np.arange(5), 2, 0)
    rng = np.random.default_rng(3)
    q = learn([right, left], 5, 300, rng)
    assert success(q, [right, left]) <= 0.5
    views = [(line, local_view(np.ones((1, 5), dtype=bool), goal), 2, goal) for goal in (4, 0)]
    assert success(learn(views, 144, 300, rng), views) == 1.0


def test_a_goal_has_no_future_even_where_its_observation_has_one():
    # The goal of the first corridor is a cell on the way in the second.
    line, cells = moves(np.ones((1, 3), dtype=bool)), np.arange(3)
    q = learn([(line, cells, 0, 1), (line, cells, 1, 2)], 3, 200, np.random.default_rng(8), lr=1.0)
    assert q[1, 1] == 1.0 and q[0, 1] == 1.0


def test_exploration_and_the_limit():
    line = moves(np.ones((1, 9), dtype=bool))
    far = (line, np.arange(9), 0, 8)
    assert np.all(learn([far], 9, 50, np.random.default_rng(4), limit=7) == 0)
    # Without exploration a known way is kept, with it another is found.
    ring = np.array([[1, 2, 0, 0], [1, 1, 3, 1], [3, 2, 2, 2], [3, 3, 3, 3]])
    world = (ring, np.arange(4), 0, 3)
    q = learn([world], 4, 400, np.random.default_rng(5), eps=1.0, lr=1.0, gamma=0.5)
    np.testing.assert_allclose(q[0], [0.5, 0.5, 0.25, 0.25])
    kept = learn([world], 4, 400, np.random.default_rng(5), eps=0.0, lr=1.0, gamma=0.5)
    assert np.sum(kept[0] > 0) < 4


def test_fifty_steps_are_enough_unless_told_otherwise_and_fifty_one_are_not():
    ahead = np.repeat(np.minimum(np.arange(1, 53), 51)[:, None], 4, axis=1)  # whatever one does
    for goal, arrives in ((50, True), (51, False)):
        world = (ahead, np.arange(52), 0, goal)
        assert success(np.zeros((52, 4)), [world]) == arrives
        assert np.any(learn([world], 52, 1, np.random.default_rng(9)) > 0) == arrives


def test_one_move_in_five_is_random_unless_told_otherwise():
    line = moves(np.ones((1, 2), dtype=bool))
    q = learn([(line, np.arange(2), 0, 1)], 2, 500, np.random.default_rng(10), gamma=0.0, lr=0.01, limit=1)
    tried = np.log(1 - q[0, 1]) / np.log(0.99)  # how often it moved toward 1 by a hundredth of the way
    # After the first success 85 %, or 425; 4.5 standard deviations are 4.5 * sqrt(500 * 0.85 * 0.15) = 36,
    # and with a chance of 1/4 the first takes longer than 30 moves once in 5000 times.
    assert 425 - 36 - 30 < tried < 425 + 36


def test_the_learning_rate_moves_a_share_of_the_way():
    line = moves(np.ones((1, 2), dtype=bool))
    q = learn([(line, np.arange(2), 0, 1)], 2, 3, np.random.default_rng(6), eps=0.0, lr=0.25)
    assert abs(q[0, 1] - (1 - 0.75**3)) < 1e-12


def test_success_counts_worlds_and_a_start_on_the_goal_counts():
    line = moves(np.ones((1, 3), dtype=bool))
    q = np.zeros((3, 4))
    q[:, 1] = 1.0
    worlds = [(line, np.arange(3), start, goal) for start, goal in ((0, 2), (2, 0), (1, 1), (1, 0))]
    assert success(q, worlds) == 0.5
    assert success(np.zeros((3, 4)), worlds) == 0.25  # the first action is up: it stays


def test_the_bound_for_no_failure_and_for_all():
    assert abs(failure_bound(0, 300) - (1 - 0.05 ** (1 / 300))) < 1e-9
    assert abs(failure_bound(0, 20, confidence=0.5) - (1 - 0.5 ** (1 / 20))) < 1e-9
    assert abs(failure_bound(0, 1) - 0.95) < 1e-9
    assert failure_bound(7, 7) == 1.0


def test_at_the_bound_so_few_failures_have_the_chance_that_is_left():
    for failures, trials, confidence in ((1, 10, 0.95), (12, 400, 0.9), (3, 4, 0.95)):
        p = failure_bound(failures, trials, confidence)
        tail = sum(math.comb(trials, k) * p**k * (1 - p) ** (trials - k) for k in range(failures + 1))
        assert abs(tail - (1 - confidence)) < 1e-6
    assert 0.5 < failure_bound(1000, 2000) < 0.53  # 0.5 ** 2000 is zero in float64


def test_bad_input_is_named():
    for failures, trials in ((-1, 5), (6, 5), (0, 0)):
        assert "failures" in raises(failure_bound, failures, trials)
    for size, density in ((1, 0.2), (4, 1.0), (4, -0.1)):
        assert "size" in raises(random_map, size, density, np.random.default_rng(0))
