"""The wrong code fails, and the right code beside it does not."""

import numpy as np

from snippets.reinforcement_learning.deep_reinforcement_learning import GridWorld, q_learning
from snippets.reinforcement_learning.deep_reinforcement_learning_mistakes import (
    target_never_stops,
    target_stops_at_the_limit,
)


def learn(target, env: GridWorld, gamma: float, rounds: int = 2000) -> float:
    """The value of the one cell, a constant rate of 0.05, averaged over the second half."""
    q, kept = np.zeros(4), []
    env.reset(seed=0)
    for i in range(rounds):
        _, reward, terminated, truncated, _ = env.step(0)
        q[0] += 0.05 * (target(reward, q, gamma, terminated, truncated) - q[0])
        if terminated or truncated:
            env.reset()
        if i >= rounds // 2:
            kept.append(q[0])
    return float(np.mean(kept))


def test_a_limit_taken_for_an_end_loses_half_of_the_value():
    # Reward 1 for ever at gamma 0.9 is worth 10. Cut every 10 steps and taken for an end, the
    # fixed point is q = 1 + 0.9 * 0.9 q, which is 1 / 0.19 = 5.26. Every tenth update is one
    # toward 1: a drop of 0.05 * 4.3 = 0.21, about whose middle the average lies.
    env = GridWorld(("S",), slip=0.0, step_reward=1.0, max_steps=10)
    assert abs(learn(target_stops_at_the_limit, env, 0.9) - 1 / 0.19) < 0.11
    right = q_learning(env, 1, 100, 0.9, 0.2, np.random.default_rng(0), power=0.0)
    assert abs(right.max() - 10) < 1e-9


def test_an_end_that_is_bootstrapped_invents_a_reward():
    q_next = np.array([0.5, 2.0])  # what an untrained network says about the terminal state
    assert target_never_stops(1.0, q_next, 0.9, True, False) == 1.0 + 0.9 * 2.0
    assert target_stops_at_the_limit(1.0, q_next, 0.9, True, False) == 1.0
