"""What the grid world and its learners promise. NumPy and plain asserts only: it runs in the browser too."""

import itertools

import numpy as np

from snippets.reinforcement_learning.deep_reinforcement_learning import (
    SMALL,
    GridWorld,
    grid_model,
    policy_gradient,
    policy_value,
    q_learning,
    value_iteration,
)


def raises(function, *args, **kwargs) -> str:
    try:
        function(*args, **kwargs)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def test_the_values_of_the_world_of_russell_and_norvig():
    probs, rewards, _ = grid_model(SMALL, slip=0.2, step_reward=-0.04)
    values = value_iteration(probs, rewards, gamma=1.0).max(axis=1).reshape(3, 4)
    printed = [[0.812, 0.868, 0.918, 0], [0.762, 0, 0.660, 0], [0.705, 0.655, 0.611, 0.388]]
    np.testing.assert_allclose(values, printed, atol=5e-4)


def test_without_the_cost_of_the_last_move_every_value_is_004_higher():
    # As in the fourth edition: the move into a terminal cell pays 1 or -1 and costs nothing.
    probs, rewards, terminal = grid_model(SMALL, slip=0.2, step_reward=-0.04)
    free = rewards + 0.04 * probs[:, :, terminal].sum(axis=2)
    values, higher = (value_iteration(probs, r, 1.0).max(axis=1) for r in (rewards, free))
    moving = probs.sum(axis=(1, 2)) > 0
    np.testing.assert_allclose((higher - values)[moving], 0.04, atol=1e-8)


def test_a_corridor_by_hand():
    probs, rewards, terminal = grid_model(("S..G",), slip=0.0)
    q = value_iteration(probs, rewards, gamma=0.9)
    expected = [[0.729, 0.81, 0.729, 0.729], [0.81, 0.9, 0.81, 0.729], [0.9, 1, 0.9, 0.81], [0] * 4]
    np.testing.assert_allclose(q, expected, atol=1e-9)
    np.testing.assert_array_equal(terminal, [False, False, False, True])


def test_a_slip_goes_to_the_sides_and_walls_hold():
    probs, rewards, _ = grid_model(("G.", "X#", "S."), slip=0.3, step_reward=-0.5)
    # From the upper right cell up: the edge holds, right: the edge, left: the goal.
    np.testing.assert_allclose(probs[1, 0], [0.15, 0.85, 0, 0, 0, 0])
    np.testing.assert_allclose(rewards[1, 0], 0.15 - 0.5)
    # From there down: a wall; from the start up: the pit, right by a slip.
    np.testing.assert_allclose(probs[1, 2], [0.15, 0.85, 0, 0, 0, 0])
    np.testing.assert_allclose(probs[4, 0], [0, 0, 0.7, 0, 0.15, 0.15])
    np.testing.assert_allclose(rewards[4, 0], -0.7 - 0.5)
    assert probs[[0, 2, 3]].sum() == 0 and np.all(rewards[[0, 2, 3]] == 0)


def test_one_move_in_five_slips_unless_told_otherwise_and_all_may():
    probs, _, _ = grid_model(("...", ".S.", "..."))
    np.testing.assert_allclose(probs[4, 0], [0, 0.8, 0, 0.1, 0, 0.1, 0, 0, 0], atol=1e-12)
    probs, _, _ = grid_model(("...", ".S.", "..."), slip=1.0)
    np.testing.assert_allclose(probs[4, 0], [0, 0, 0, 0.5, 0, 0.5, 0, 0, 0], atol=1e-12)


def test_after_one_sweep_the_values_are_the_rewards():
    probs, rewards, _ = grid_model(SMALL, slip=0.2)
    np.testing.assert_array_equal(value_iteration(probs, rewards, 0.9, tolerance=10.0), rewards)
    # Without slipping the first sweep changes the best entry by 1, which is not more than 1.
    probs, rewards, _ = grid_model(("S..G",), slip=0.0)
    np.testing.assert_array_equal(value_iteration(probs, rewards, 0.9, tolerance=1.0), rewards)


def test_the_optimum_is_no_worse_than_any_policy_and_is_reached():
    probs, rewards, _ = grid_model(("S.G", "X#."), slip=0.2)
    q = value_iteration(probs, rewards, 0.9)
    policies = itertools.product(range(4), repeat=3)  # the three cells from which one moves
    values = []
    for actions in policies:
        policy = np.eye(4)[[actions[0], actions[1], 0, 0, 0, actions[2]]]
        values.append(policy_value(probs, rewards, policy, 0.9))
    np.testing.assert_allclose(np.max(values, axis=0), q.max(axis=1), atol=1e-8)


def test_the_value_of_a_random_policy_by_hand():
    # Between pit and goal without slipping: left, right, and up and down, which stay.
    probs, rewards, _ = grid_model(("XSG",), slip=0.0)
    policy = np.full((3, 4), [0.5, 0.3, 0.0, 0.2])
    # V = 0.3 - 0.2 + 0.9 * 0.5 V
    np.testing.assert_allclose(policy_value(probs, rewards, policy, 0.9), [0, 0.1 / 0.55, 0])


def test_reset_and_step_keep_the_contract():
    env = GridWorld(("S.G",), slip=0.0, step_reward=-0.1, max_steps=5)
    assert env.reset(seed=1) == (0, {})
    assert env.step(1) == (1, -0.1, False, False, {})
    observation, reward, terminated, truncated, info = env.step(1)
    assert (observation, terminated, truncated, info) == (2, True, False, {})
    assert abs(reward - 0.9) < 1e-12
    assert raises(env.step, 1) == "step was called without an episode: call reset first"
    assert env.reset(options={"state": 1}) == (1, {})


def test_an_episode_may_begin_without_a_seed():
    env = GridWorld(("S.G",), slip=0.0)
    assert env.reset() == (0, {}) and env.step(1)[0] == 1


def test_a_draw_of_zero_goes_nowhere_impossible():
    class Zero:
        def random(self):
            return 0.0

    env = GridWorld(("..", "S."), slip=0.0)
    env.reset(seed=0)
    env.rng = Zero()
    assert env.step(1)[0] == 3  # not cell 0, whose chance is zero


def test_the_largest_draw_goes_nowhere_impossible():
    class Almost:
        def random(self):
            return 1 - 2.0**-53

    env = GridWorld(("...", ".S.", "..."), slip=0.15)  # in floats 0.85 + 0.075 + 0.075 is below 1
    env.reset(seed=0)
    env.rng = Almost()
    assert env.step(0)[0] == 5  # the last of cells 1, 3 and 5


def test_a_time_limit_truncates_and_an_end_on_the_last_step_terminates():
    env = GridWorld(("S.G",), slip=0.0, max_steps=2)
    env.reset(seed=0)
    assert env.step(3)[2:4] == (False, False)
    assert env.step(3)[2:4] == (False, True)
    env.reset()
    env.step(1)
    assert env.step(1)[2:4] == (True, False)
    assert "reset" in raises(env.step, 1)
    env = GridWorld(("S.G",), slip=0.0)
    env.reset(seed=0)
    assert [env.step(3)[3] for _ in range(100)] == [False] * 99 + [True]  # unless told otherwise


def test_the_same_seed_gives_the_same_steps():
    def walk(env, seed):
        env.reset(seed=seed)
        return [env.step(0)[0] for _ in range(12)]

    env = GridWorld(("...", ".S.", "..."), slip=0.8)
    assert walk(env, 3) == walk(env, 3) != walk(env, 4)
    assert walk(env, 3) != walk(env, None)  # goes on with the random numbers it has


def test_the_environment_follows_its_model():
    env = GridWorld(("...", ".S.", "..."), slip=0.4)
    env.reset(seed=0)
    runs, counts = 4000, np.zeros(9)
    for _ in range(runs):
        env.reset()
        counts[env.step(0)[0]] += 1
    # Up is cell 1, the sides are cells 5 and 3.
    for cell, chance in ((1, 0.6), (5, 0.2), (3, 0.2)):
        bound = 4.5 * np.sqrt(chance * (1 - chance) / runs)
        assert abs(counts[cell] / runs - chance) < bound, f"cell {cell} came {counts[cell]} times"
    assert counts[[1, 3, 5]].sum() == runs


def test_q_learning_finds_the_exact_values_where_nothing_is_random():
    # With rate 1 and no slip each update is one exact Bellman backup.
    rows = ("S..X", ".#..", "...G")
    probs, rewards, _ = grid_model(rows, slip=0.0)
    env = GridWorld(rows, slip=0.0)
    learned = q_learning(env, 12, 300, 0.9, 1.0, np.random.default_rng(0), power=0.0)
    np.testing.assert_allclose(learned, value_iteration(probs, rewards, 0.9), atol=1e-9)


def test_q_learning_averages_what_slips():
    # One step to the end: with the rate 1 / n an entry is the mean of its n rewards. From S, up
    # enters the goal with probability 0.5, a slip to either side bumps and the episode is cut.
    env = GridWorld(("G", "S"), slip=0.5, max_steps=1)
    learned = q_learning(env, 2, 4000, 0.0, 1.0, np.random.default_rng(1), power=1.0)
    # About 1000 visits: 4.5 standard errors of a coin are 4.5 * 0.5 / sqrt(1000) = 0.071.
    assert abs(learned[1, 0] - 0.5) < 0.08 and learned[1, 2] == 0
    assert abs(learned[1, 1] - 0.25) < 0.08 and abs(learned[1, 3] - 0.25) < 0.08


def test_the_first_visit_takes_the_whole_target():
    env = GridWorld(("S",), slip=0.0, step_reward=-2.0, max_steps=1)
    learned = q_learning(env, 1, 4, 0.9, 0.0, np.random.default_rng(0))  # untried ones look best
    np.testing.assert_array_equal(learned, [[-2.0, -2.0, -2.0, -2.0]])


class Falling:
    """One cell; a step ends the episode and costs 1, then 2, ... with each visit of the action."""

    def __init__(self):
        self.visits = [0] * 4

    def reset(self, seed=None):
        return 0, {}

    def step(self, action):
        self.visits[action] += 1
        return 0, -float(self.visits[action]), True, False, {}


def test_the_second_visit_moves_by_two_to_the_power_of_minus_07():
    # The best entry falls below the others, so in eight episodes each action is tried twice: -1, then
    # from there toward -2, and nothing for the future of a step that terminated.
    learned = q_learning(Falling(), 1, 8, 0.9, 0.0, np.random.default_rng(4))
    np.testing.assert_allclose(learned, -1 - 2**-0.7)


def test_all_that_is_random_comes_from_the_generator():
    one, two = (q_learning(GridWorld(("S..G",), slip=0.5), 4, 20, 0.9, 0.5, np.random.default_rng(5))
                for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_q_learning_sees_the_future_behind_a_time_limit():
    # Nothing to do in one cell but to collect 1: the value is 1 / (1 - 0.8) = 5, limit or not.
    env = GridWorld(("S",), slip=0.0, step_reward=1.0, max_steps=3)
    learned = q_learning(env, 1, 200, 0.8, 0.3, np.random.default_rng(2), power=0.0)
    np.testing.assert_allclose(learned.max(), 5.0, atol=1e-6)


def test_without_exploration_it_stays_with_the_first_success():
    # The short way is to the right, but the agent never tries it once the long way has paid.
    rows = ("S.G", "...")
    env = GridWorld(rows, slip=0.0)
    ways = set()
    for seed in range(10):
        learned = q_learning(env, 6, 100, 0.9, 0.0, np.random.default_rng(seed), power=0.0)
        ways.add(round(float(learned[0].max()), 3))
    assert 0 < min(ways) < 0.9 and max(ways) <= 0.9  # ties are broken at random, so it gets there


def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def test_the_gradient_estimate_is_right_on_average_with_any_baseline():
    # All paths of three steps in a tiny world, weighted by their probability, against the
    # central difference of the exact expected return.
    rng = np.random.default_rng(3)
    transition, reward = rng.dirichlet(np.ones(2), size=(2, 3)), rng.normal(size=(2, 3))
    logits, gamma, horizon = rng.normal(size=(2, 3)), 0.7, 3

    def paths(logits):
        chances = softmax(logits)
        for actions in itertools.product(range(3), repeat=horizon):
            for rest in itertools.product(range(2), repeat=horizon - 1):
                states = (0, *rest)
                chance = np.prod([chances[s, a] for s, a in zip(states, actions, strict=True)])
                for t in range(horizon - 1):
                    chance *= transition[states[t], actions[t], states[t + 1]]
                yield chance, states, actions, [reward[s, a] for s, a in zip(states, actions, strict=True)]

    def expected_return(logits):
        return sum(p * sum(gamma**t * r for t, r in enumerate(rs)) for p, _, _, rs in paths(logits))

    for baseline in (np.zeros(2), np.array([3.0, -2.0])):
        mean = sum(p * policy_gradient(logits, s, a, r, gamma, baseline) for p, s, a, r in paths(logits))
        for index in np.ndindex(2, 3):
            change = np.zeros((2, 3))
            change[index] = 1e-5
            slope = (expected_return(logits + change) - expected_return(logits - change)) / 2e-5
            assert abs(mean[index] - slope) < 1e-8


def test_a_baseline_that_knows_the_value_lowers_the_variance():
    # One state, two actions that pay 10 and 11: the returns differ little from their mean.
    logits = np.zeros((1, 2))
    spread = {}
    for baseline in (0.0, 10.5):
        both = [policy_gradient(logits, [0], [a], [10.0 + a], 1.0, np.array([baseline])) for a in (0, 1)]
        np.testing.assert_allclose(np.mean(both, axis=0), [[-0.25, 0.25]])
        spread[baseline] = np.var(both, axis=0)[0, 0]
    np.testing.assert_allclose([spread[0.0], spread[10.5]], [5.25**2, 0.0], atol=1e-12)


def test_huge_and_integer_logits_and_no_steps():
    grad = policy_gradient(np.array([[2000, 0, -2000]]), [0], [1], [1.0], 0.9, np.zeros(1))
    np.testing.assert_allclose(grad, [[-1.0, 1.0, 0.0]])
    far = np.array([[1000.0, 1000.0], [-1000.0, -1000.0]])  # each state has a largest logit of its own
    grad = policy_gradient(far, [1], [0], [1.0], 0.9, np.zeros(2))
    np.testing.assert_allclose(grad, [[0.0, 0.0], [0.5, -0.5]])
    assert np.all(policy_gradient(np.zeros((2, 3)), [], [], [], 0.9, np.zeros(2)) == 0)


def test_bad_input_is_named():
    assert "rows" in raises(grid_model, ("S.", "G"))
    assert "slip" in raises(grid_model, ("S",), 1.5)
    assert "slip" in raises(GridWorld, ("S",), -0.1)
