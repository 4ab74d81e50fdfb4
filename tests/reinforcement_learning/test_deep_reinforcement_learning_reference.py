"""The optimum from linear programming, the gradient from PyTorch."""

import numpy as np
import torch
from scipy.integrate import quad
from scipy.optimize import linprog
from scipy.stats import norm

from snippets.reinforcement_learning.deep_reinforcement_learning import (
    grid_model,
    policy_gradient,
    policy_value,
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
