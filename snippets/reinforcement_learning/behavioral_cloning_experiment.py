"""Cost against horizon: a clone, a clone of a disturbed expert, and DAgger, with equally many labels."""

import json
import platform
import time
from pathlib import Path

import numpy as np

from snippets.reinforcement_learning.behavioral_cloning import (
    clone,
    dagger,
    drive,
    error_rate,
    expected_cost,
    expert_actions,
    random_road,
)

BENDS, ROUNDS, HORIZONS = 300, 10, (10, 30, 100, 300, 1000)
LABELS = (1000, 4000)
NOISES = (0.0, 0.03, 0.1, 0.3, 0.6)


def policies(labels: int, seed: int) -> tuple:
    """The road and the three policies."""
    rng = np.random.default_rng(seed)
    probs, shifts = random_road(BENDS, rng)
    expert = expert_actions(shifts)
    return probs, shifts, {
        "cloned": clone(*drive(expert, probs, shifts, labels, rng), expert),
        "noise": clone(*drive(expert, probs, shifts, labels, rng, noise=0.3), expert),
        "dagger": dagger(probs, shifts, ROUNDS, labels // ROUNDS, rng),
    }


def run(seeds: int = 20) -> dict:
    """Mean exact costs over roads, by number of labels."""
    result = {"costs": {}, "errors": {}, "noises": {}}
    for labels in LABELS:
        costs = {name: [] for name in ("cloned", "noise", "dagger")}
        errors = {name: [] for name in costs}
        for seed in range(seeds):
            probs, shifts, learned = policies(labels, seed)
            for name, policy in learned.items():
                costs[name].append(expected_cost(policy, probs, shifts, max(HORIZONS)))
                errors[name].append(error_rate(policy, probs, shifts))
        result["costs"][str(labels)] = {
            name: {str(h): float(np.mean([c[h - 1] for c in found])) for h in HORIZONS}
            for name, found in costs.items()}
        result["errors"][str(labels)] = {name: float(np.mean(found)) for name, found in errors.items()}
        # The bound of Ross and Bagnell with the measured error: horizon squared times error.
        pairs = list(zip(costs["cloned"], errors["cloned"], strict=True))
        holds = all(cost[h - 1] <= h * h * error for cost, error in pairs for h in HORIZONS)
        result.setdefault("bound_holds", []).append(holds)
    for noise in NOISES:
        found = []
        for seed in range(seeds):
            rng = np.random.default_rng(1000 + seed)
            probs, shifts = random_road(BENDS, rng)
            expert = expert_actions(shifts)
            policy = clone(*drive(expert, probs, shifts, 4000, rng, noise=noise), expert)
            found.append(expected_cost(policy, probs, shifts, 300)[-1])
        result["noises"][str(noise)] = float(np.mean(found))
    return result


if __name__ == "__main__":
    started = time.process_time()
    result = run()
    result["run"] = {
        "seeds": 20,
        "seconds": round(time.process_time() - started),
        "cores": 1,
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
