"""Three learners on one map of four rooms, judged by the exact value of what they learned.

Nothing is estimated by rollouts: the model is known to the judge, not to the learner, so the value of
a policy is the solution of a linear system, and the optimum comes from value iteration.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from snippets.reinforcement_learning.deep_reinforcement_learning import (
    GridWorld,
    grid_model,
    policy_gradient,
    policy_value,
    q_learning,
    value_iteration,
)
from snippets.reinforcement_learning.deep_reinforcement_learning_torch import train_dqn

ROOMS = ("S..#...",
         "...#.X.",
         ".......",
         "#.##.##",
         "...#...",
         ".X.....",
         "...#..G")
SLIP, GAMMA, START = 0.2, 0.95, 0
PROBS, REWARDS, TERMINAL = grid_model(ROOMS, SLIP)
BEST = value_iteration(PROBS, REWARDS, GAMMA)
OPTIMUM = float(BEST.max(axis=1)[START])
FREE = np.array([c in "S." for c in "".join(ROOMS)])
VARIANTS = {
    "dqn": {},
    "no target network": {"sync": 1},
    "no replay": {"capacity": 64},
}


def share(q: np.ndarray) -> float:
    """Exact value of the greedy policy at the start, over the optimum."""
    policy = np.eye(4)[np.argmax(q, axis=1)]
    return float(policy_value(PROBS, REWARDS, policy, GAMMA)[START] / OPTIMUM)


def make() -> GridWorld:
    return GridWorld(ROOMS, SLIP, max_steps=100)


def tabular(seed: int, episodes: tuple[int, ...] = (100, 500, 2000)) -> dict:
    """Share of the optimum after so many episodes, and the largest error at states on the way."""
    result = {}
    for count in episodes:
        q = q_learning(make(), 49, count, GAMMA, 0.2, np.random.default_rng(seed))
        result[str(count)] = {
            "share": share(q),
            "start_error": float(q[START].max() - OPTIMUM),
            "mean_error": float(np.mean(np.abs(q.max(axis=1) - BEST.max(axis=1))[FREE])),
        }
    return result


def reinforce(seed: int, random_starts: bool, episodes: int = 1500, lr: float = 1.0) -> list[float]:
    """Share of the optimum, from the start cell, of the stochastic policy after every 100 episodes.

    The baseline of a state is the running mean of the returns that followed it.
    """
    rng = np.random.default_rng(seed)
    env = make()
    logits, baseline, visits = np.zeros((49, 4)), np.zeros(49), np.zeros(49)
    shares, reset = [], int(rng.integers(2**31 - 1))
    for episode in range(episodes):
        begin = int(rng.choice(np.flatnonzero(FREE))) if random_starts else START
        state, _ = env.reset(seed=reset, options={"state": begin})
        reset, done, states, actions, rewards = None, False, [], [], []
        while not done:
            probs = np.exp(logits[state] - logits[state].max())
            action = int(np.searchsorted(np.cumsum(probs / probs.sum())[:-1], rng.random()))
            states.append(state)
            actions.append(action)
            state, reward, terminated, truncated, _ = env.step(action)
            rewards.append(reward)
            done = terminated or truncated
        logits += lr * policy_gradient(logits, states, actions, rewards, GAMMA, baseline)
        future = 0.0
        for state, reward in zip(reversed(states), reversed(rewards), strict=True):
            future = reward + GAMMA * future
            visits[state] += 1
            baseline[state] += (future - baseline[state]) / min(visits[state], 50)
        if (episode + 1) % 100 == 0:
            policy = np.exp(logits - logits.max(axis=1, keepdims=True))
            policy /= policy.sum(axis=1, keepdims=True)
            value = policy_value(PROBS, REWARDS, policy, GAMMA)[START]
            shares.append(float(value / OPTIMUM))
    return shares


def encode(state: int) -> torch.Tensor:
    """Row and column, each scaled to -1 to 1: neighboring cells look alike to the network."""
    return torch.tensor([state // 7 / 3 - 1, state % 7 / 3 - 1], dtype=torch.float32)


def deep(variant: str, seed: int, steps: int = 6000) -> dict:
    """Share of the optimum and mean error of the values, after the steps."""
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)  # the initial weights
    network = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 4))
    train_dqn(make(), encode, network, steps, GAMMA, generator, **VARIANTS[variant])
    with torch.no_grad():
        q = network(torch.stack([encode(s) for s in range(49)])).double().numpy()
    gap = (q.max(axis=1) - BEST.max(axis=1))[FREE]
    return {"share": share(q), "error": float(np.mean(np.abs(gap))), "bias": float(np.mean(gap))}


def run(seeds: int = 10, deep_seeds: int = 10, steps: int = 6000) -> dict:
    """Everything that the page states."""
    torch.set_num_threads(1)
    return {
        "optimum": OPTIMUM,
        "q_learning": [tabular(seed) for seed in range(seeds)],
        "reinforce": {
            "one start": [reinforce(seed, False) for seed in range(seeds)],
            "random starts": [reinforce(seed, True) for seed in range(seeds)],
        },
        "deep": {name: [deep(name, seed, steps) for seed in range(deep_seeds)] for name in VARIANTS},
    }


if __name__ == "__main__":
    started = time.process_time()
    result = run()
    result["run"] = {
        "seconds": round(time.process_time() - started),
        "cores": 1,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "torch": torch.__version__,
    }
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
