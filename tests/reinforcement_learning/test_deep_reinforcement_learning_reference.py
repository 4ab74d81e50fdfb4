"""The optimum from linear programming, the gradient from PyTorch, the interface and a lake from Gymnasium."""

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env
from scipy.integrate import quad
from scipy.optimize import linprog
from scipy.stats import norm

from snippets.reinforcement_learning.deep_reinforcement_learning import (
    SMALL,
    GridWorld,
    grid_model,
    policy_gradient,
    policy_value,
    q_learning,
    value_iteration,
)
from snippets.reinforcement_learning.deep_reinforcement_learning_experiment import (
    BEST,
    GAMMA,
    PROBS,
    REWARDS,
)


def optimal_values(probs: np.ndarray, rewards: np.ndarray, gamma: float) -> np.ndarray:
    """The smallest V with V(s) >= r(s, a) + gamma P V for all a: no iteration of Bellman's equation."""
    states, actions = rewards.shape
    own = np.repeat(np.eye(states), actions, axis=0)
    constraint = gamma * probs.reshape(-1, states) - own
    solved = linprog(np.ones(states), A_ub=constraint, b_ub=-rewards.ravel(), bounds=(None, None))
    return solved.x


def test_value_iteration_agrees_with_linear_programming():
    np.testing.assert_allclose(BEST.max(axis=1), optimal_values(PROBS, REWARDS, GAMMA), atol=1e-7)
    rng = np.random.default_rng(0)
    probs, rewards = rng.dirichlet(np.ones(5), size=(5, 3)), rng.normal(size=(5, 3))
    best = value_iteration(probs, rewards, 0.9)
    np.testing.assert_allclose(best.max(axis=1), optimal_values(probs, rewards, 0.9), atol=1e-7)


def test_the_largest_of_four_unbiased_estimates_is_too_high():
    # The density of the largest of n is n phi Phi^(n - 1).
    mean = quad(lambda x: 4 * x * norm.pdf(x) * norm.cdf(x) ** 3, -10, 10)[0]
    assert round(mean, 2) == 1.03


def test_the_value_of_a_policy_is_the_mean_of_its_returns():
    probs, rewards, _ = grid_model(("S.G", "X.."), slip=0.4, step_reward=-0.1)
    policy = np.random.default_rng(1).dirichlet(np.ones(4), size=6)
    value = np.zeros(6)
    for _ in range(400):  # 0.9 ** 400 is 5e-19
        value = np.sum(policy * (rewards + 0.9 * probs @ value), axis=1)
    np.testing.assert_allclose(policy_value(probs, rewards, policy, 0.9), value, atol=1e-12)


def test_the_policy_gradient_is_autograds():
    rng = np.random.default_rng(2)
    logits, baseline = rng.normal(size=(5, 3)), rng.normal(size=5)
    states, actions, rewards = rng.integers(5, size=7), rng.integers(3, size=7), rng.normal(size=7)
    leaf = torch.tensor(logits, requires_grad=True)
    log_probs = torch.log_softmax(leaf, dim=1)
    surrogate = sum(
        0.9**t * (sum(0.9 ** (k - t) * rewards[k] for k in range(t, 7)) - baseline[states[t]])
        * log_probs[states[t], actions[t]]
        for t in range(7)
    )
    surrogate.backward()
    ours = policy_gradient(logits, states, actions, rewards, 0.9, baseline)
    np.testing.assert_allclose(ours, leaf.grad.numpy(), rtol=1e-12, atol=1e-14)


class Grid(gymnasium.Env):
    """The grid world with the spaces that Gymnasium wants declared; everything else is the snippet's."""

    observation_space, action_space = gymnasium.spaces.Discrete(12), gymnasium.spaces.Discrete(4)

    def __init__(self, **settings):
        self.world = GridWorld(SMALL, **settings)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self.world.reset(seed=seed, options=options)

    def step(self, action):
        return self.world.step(action)


def test_gymnasiums_own_checker_accepts_the_grid_world():
    check_env(Grid(), skip_render_check=True)


def test_the_limit_of_steps_truncates_where_gymnasiums_wrapper_does():
    ours = Grid(max_steps=3, slip=0.0)
    theirs = gymnasium.wrappers.TimeLimit(Grid(max_steps=1000, slip=0.0), max_episode_steps=3)
    for actions in ((2, 2, 2), (0, 0, 1)):  # into the edge; on the way to the goal
        ours.reset(seed=0), theirs.reset(seed=0)
        for action in actions:
            assert ours.step(action)[:4] == theirs.step(action)[:4]


# Gymnasium numbers left, down, right, up; the snippet up, right, down, left.
LAKE_ACTIONS = (3, 2, 1, 0)


def lake_model(env: gymnasium.Env) -> tuple[np.ndarray, np.ndarray]:
    """Gymnasium's table as (S, 4, S) probabilities and (S, 4) rewards, zero where the episode is over."""
    table, over = env.unwrapped.P, np.isin(env.unwrapped.desc.ravel(), [b"H", b"G"])
    probs, rewards = np.zeros((len(table), 4, len(table))), np.zeros((len(table), 4))
    for state in np.flatnonzero(~over):
        for ours, theirs in enumerate(LAKE_ACTIONS):
            for chance, following, reward, _ in table[state][theirs]:
                probs[state, ours, following] += chance
                rewards[state, ours] += chance * reward
    return probs, rewards


@pytest.mark.parametrize(("name", "slip"), [("4x4", 0.0), ("4x4", 2 / 3), ("8x8", 2 / 3)])
def test_the_model_of_gymnasiums_frozen_lake_comes_out_of_its_map(name, slip):
    env = gymnasium.make("FrozenLake-v1", map_name=name, is_slippery=slip > 0)
    rows = tuple("".join(row).replace("F", ".").replace("H", "X")
                 for row in env.unwrapped.desc.astype(str))
    probs, rewards, terminal = grid_model(rows, slip)
    expected, goal_rewards = lake_model(env)
    np.testing.assert_allclose(probs, expected, atol=1e-12)
    pits = np.array([cell == "X" for cell in "".join(rows)])
    # A hole costs nothing there and 1 here.
    np.testing.assert_allclose(rewards + probs @ pits, goal_rewards, atol=1e-12)
    np.testing.assert_array_equal(terminal, np.isin(env.unwrapped.desc.ravel(), [b"H", b"G"]))


@pytest.mark.slow
def test_q_learning_solves_gymnasiums_own_frozen_lake():
    visits = np.zeros((16, 4))

    class Lake(gymnasium.ActionWrapper):
        def step(self, action):
            visits[self.unwrapped.s, action] += 1
            return super().step(action)

        def action(self, action):
            return LAKE_ACTIONS[action]

    env = Lake(gymnasium.make("FrozenLake-v1", is_slippery=True, max_episode_steps=1000))
    probs, rewards = lake_model(env)
    best = value_iteration(probs, rewards, 0.9)
    learned = q_learning(env, 16, 4000, 0.9, 0.5, np.random.default_rng(0))
    tried = visits > 0
    assert tried.sum() == 4 * 11  # 16 cells less 4 holes and the goal
    # Targets lie between 0 and 1, so their standard deviation is at most 1/2; averaging with the
    # rate a leaves sqrt(a / 2) of it. Four of those, for 44 entries.
    spread = np.sqrt(visits[tried] ** -0.7 / 2) / 2
    assert np.all(np.abs(learned - best)[tried] < 4 * spread)
    assert np.median(spread) < 0.06  # so that the bound says something
    value = policy_value(probs, rewards, np.eye(4)[learned.argmax(axis=1)], 0.9)
    assert value[0] > 0.9 * best[0].max()
    assert policy_value(probs, rewards, np.full((16, 4), 1 / 4), 0.9)[0] < 0.1 * best[0].max()
