"""What expert, clone and DAgger promise. NumPy and plain asserts only: it runs in the browser too."""

import numpy as np

from snippets.reinforcement_learning.behavioral_cloning import (
    EDGE,
    clone,
    dagger,
    drive,
    error_rate,
    expected_cost,
    expert_actions,
    random_road,
)

HALF, TURNS = np.array([0.75, 0.25]), np.array([0, 1])


def test_a_road_has_common_and_rare_kinds():
    probs, shifts = random_road(300, np.random.default_rng(0))
    assert probs.shape == shifts.shape == (300,) and abs(probs.sum() - 1) < 1e-12
    np.testing.assert_allclose(probs[[1, 2, 299]] / probs[0], [1 / 2, 1 / 3, 1 / 300])
    counts = np.array([np.sum(shifts == s) for s in (-1, 0, 1)])
    assert counts.sum() == 300 and np.all(np.abs(counts - 100) < 4.5 * np.sqrt(300 * 2 / 9))


def test_the_expert_by_hand():
    actions = expert_actions(np.array([-1, 0, 1]))
    assert actions.shape == (2 * EDGE + 1, 3)
    np.testing.assert_array_equal(actions[EDGE], [-1, 0, 1])
    np.testing.assert_array_equal(actions[EDGE + 3], [-2, -1, 0])
    np.testing.assert_array_equal(actions[EDGE - 1], [0, 1, 2])


def test_the_expert_never_leaves_the_middle():
    probs, shifts = random_road(20, np.random.default_rng(1))
    expert = expert_actions(shifts)
    offsets, kinds = drive(expert, probs, shifts, 500, np.random.default_rng(2))
    assert np.all(offsets == 0) and offsets.shape == kinds.shape == (500,)
    np.testing.assert_allclose(expected_cost(expert, probs, shifts, 50), 0, atol=1e-12)


def test_the_kinds_come_as_often_as_they_should():
    _, kinds = drive(expert_actions(TURNS), HALF, TURNS, 4000, np.random.default_rng(3))
    assert abs(np.mean(kinds == 1) - 0.25) < 4.5 * np.sqrt(0.25 * 0.75 / 4000)


def test_noise_pushes_and_the_expert_comes_back():
    shifts = np.array([0])
    offsets, _ = drive(expert_actions(shifts), np.array([1.0]), shifts, 6000, np.random.default_rng(4),
                       noise=0.2)
    assert set(np.abs(offsets).tolist()) == {0, 1}  # a push takes it out by one, or keeps it there
    # From the middle it is out with 0.2; from beside, it stays out if pushed either way: 0.2.
    assert abs(np.mean(offsets != 0) - 0.2) < 4.5 * np.sqrt(0.16 / 6000) + 0.2 / 50
    assert abs(np.mean(offsets > 0) - np.mean(offsets < 0)) < 0.04


def test_an_episode_starts_in_the_middle_and_the_barrier_holds():
    straight = np.zeros((2 * EDGE + 1, 1), dtype=np.int64)
    offsets, _ = drive(straight, np.array([1.0]), np.array([1]), 20, np.random.default_rng(5), episode=10)
    expected = np.minimum(np.arange(10), EDGE)
    np.testing.assert_array_equal(-offsets, np.tile(expected, 2))
    offsets, _ = drive(straight, np.array([1.0]), np.array([1]), 101, np.random.default_rng(5))
    np.testing.assert_array_equal(np.flatnonzero(offsets == 0), [0, 50, 100])  # unless told otherwise


def test_a_clone_knows_what_it_was_shown_and_goes_straight_elsewhere():
    expert = expert_actions(np.array([1, -1, 0]))
    policy = clone(np.array([0, 2, -EDGE]), np.array([1, 0, 0]), expert)
    expected = np.zeros_like(expert)
    expected[EDGE, 1], expected[EDGE + 2, 0], expected[0, 0] = -1, 0, 2
    np.testing.assert_array_equal(policy, expected)


def test_the_cost_of_a_lost_car_grows_with_the_square_of_the_horizon():
    # In the middle it errs with probability 0.01 and then never comes back: the expected number of
    # steps off in T is the sum of 1 - 0.99^t, at first 0.01 T (T + 1) / 2.
    probs, shifts = np.array([0.99, 0.01]), np.array([0, 1])
    policy = np.zeros((2 * EDGE + 1, 2), dtype=np.int64)
    policy[:EDGE, 1] = 1  # once out it follows the road, out of the middle for ever
    cost = expected_cost(policy, probs, shifts, 300)
    np.testing.assert_allclose(cost, np.cumsum(1 - 0.99 ** np.arange(1, 301)))
    assert abs(cost[9] / (0.01 * 10 * 11 / 2) - 1) < 0.04
    assert abs(error_rate(policy, probs, shifts) - 0.01) < 1e-12


def test_the_cost_of_a_car_that_comes_back_grows_with_the_horizon():
    # The same error, but beside the middle it does as the expert: out for one step at a time, or
    # two if the rare kind comes twice.
    probs, shifts = np.array([0.99, 0.01]), np.array([0, 1])
    policy = expert_actions(shifts)
    policy[EDGE, 1] = 0
    cost = expected_cost(policy, probs, shifts, 300)
    np.testing.assert_allclose(cost[[0, 299]], [0.01, 300 * 0.01 / 1.01], rtol=2e-2)


def test_the_cost_is_the_mean_over_drives():
    probs, shifts = random_road(6, np.random.default_rng(6))
    policy = clone(np.zeros(3, dtype=np.int64), np.array([0, 1, 2]), expert_actions(shifts))
    policy[EDGE + 2 :] = -1
    offsets, _ = drive(policy, probs, shifts, 11 * 2000, np.random.default_rng(7), episode=11)
    off = (offsets.reshape(2000, 11)[:, 1:] != 0).sum(axis=1)  # after steps 1 to 10
    exact = expected_cost(policy, probs, shifts, 10)[-1]
    assert abs(off.mean() - exact) < 4.5 * off.std() / np.sqrt(2000)


def test_the_bound_of_ross_and_bagnell_holds():
    for seed in range(5):
        rng = np.random.default_rng(seed)
        probs, shifts = random_road(50, rng)
        expert = expert_actions(shifts)
        policy = clone(*drive(expert, probs, shifts, 200, rng), expert)
        horizons = np.arange(1, 201)
        bound = horizons**2 * error_rate(policy, probs, shifts)
        assert np.all(expected_cost(policy, probs, shifts, 200) <= bound + 1e-12)


def test_the_error_is_measured_in_the_middle_only():
    policy = expert_actions(TURNS)
    policy[0] = policy[EDGE + 1] = 9
    assert error_rate(policy, HALF, TURNS) == 0
    policy[EDGE, 1] = 0
    assert error_rate(policy, HALF, TURNS) == 0.25


def test_one_round_of_dagger_is_cloning():
    probs, shifts = random_road(40, np.random.default_rng(8))
    expert = expert_actions(shifts)
    ours = dagger(probs, shifts, 1, 300, np.random.default_rng(9))
    cloned = clone(*drive(expert, probs, shifts, 300, np.random.default_rng(9)), expert)
    np.testing.assert_array_equal(ours, cloned)


def test_dagger_learns_to_come_back_with_the_same_number_of_labels():
    ratios = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        probs, shifts = random_road(100, rng)
        expert = expert_actions(shifts)
        cloned = clone(*drive(expert, probs, shifts, 1000, rng), expert)
        helped = dagger(probs, shifts, 10, 100, rng)
        assert np.any(helped[:EDGE] != 0) and not np.any(cloned[:EDGE] != 0)
        costs = [expected_cost(policy, probs, shifts, 300)[-1] for policy in (cloned, helped)]
        ratios.append(costs[0] / costs[1])
    assert np.median(ratios) > 2


def test_dagger_keeps_what_it_was_told_in_all_rounds():
    probs, shifts = np.array([0.5, 0.5]), np.array([1, -1])
    policy = dagger(probs, shifts, 6, 40, np.random.default_rng(10))
    np.testing.assert_array_equal(policy[EDGE], [1, -1])


def test_dagger_takes_as_many_rounds_as_asked():
    # One round of one step: one label, the expert's, in the middle.
    for seed in range(10):
        policy = dagger(np.full(3, 1 / 3), np.ones(3, dtype=np.int64), 1, 1, np.random.default_rng(seed))
        assert np.count_nonzero(policy) == 1 and policy[EDGE].sum() == 1


def test_no_round_at_all_is_refused():
    message = ""
    try:
        dagger(np.ones(1), np.ones(1, dtype=np.int64), 0, 1, np.random.default_rng(0))
    except ValueError as error:
        message = str(error)
    assert "rounds" in message
