"""How many steps Q-learning needs with a sparse reward, with four potentials, and with a bonus."""

import json
import platform
import time
from pathlib import Path

import numpy as np

from snippets.reinforcement_learning.reward_design import (
    action_values,
    follow,
    grid,
    learn,
    potential_shaping,
    progress_bonus,
)

ROWS = ("S.........",
        "..........",
        "..####....",
        ".....#....",
        ".....#....",
        ".....#....",
        "..####....",
        "..........",
        "..........",
        ".........G")
GAMMA, START, EPISODES = 0.98, 0, 100


def potentials() -> dict[str, np.ndarray]:
    """By name, (S,): none, straight distance, the exact values, and the distance with the wrong sign."""
    following, rewards, terminal = grid(ROWS)
    row, column = np.divmod(np.arange(100), 10)
    distance = (9 - row) + (9 - column)
    exact = action_values(following, rewards, terminal, GAMMA).max(axis=1)
    # In the units of the value: a goal d steps away is worth gamma^(d - 1).
    guess = GAMMA ** np.maximum(distance - 1, 0)
    return {"none": np.zeros(100), "straight distance": guess, "exact value": exact,
            "wrong way": -guess}


def run(seeds: int = 20, names: tuple[str, ...] | None = None) -> dict:
    """Steps per episode for each reward named, and the optimal way's length, None if it circles."""
    following, rewards, terminal = grid(ROWS)
    row, column = np.divmod(np.arange(100), 10)
    distance = (9 - row) + (9 - column)
    plain = action_values(following, rewards, terminal, GAMMA)
    best = len(follow(plain, following, terminal, START, 1000)) - 1
    kinds = {name: rewards + potential_shaping(following, terminal, potential, GAMMA)
             for name, potential in potentials().items()}
    kinds["bonus"] = rewards + progress_bonus(following, distance, 0.1)
    result = {"shortest": best, "kinds": {}}
    for name in names or kinds:
        shaped = kinds[name]
        optimal = action_values(following, shaped, terminal, GAMMA)
        path = follow(optimal, following, terminal, START, 1000)
        lengths = np.array([learn(following, shaped, terminal, GAMMA, START, EPISODES,
                                  np.random.default_rng(seed))[1] for seed in range(seeds)])
        result["kinds"][name] = {
            "optimal": len(path) - 1 if terminal[path[-1]] else None,
            "first_ten": lengths[:, :10].sum(axis=1).tolist(),
            "last_ten": lengths[:, -10:].mean(axis=1).tolist(),
            "mean_lengths": lengths.mean(axis=0).round(2).tolist(),
        }
    return result


if __name__ == "__main__":
    started = time.process_time()
    result = run()
    result["run"] = {
        "seconds": round(time.process_time() - started),
        "cores": 1,
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
