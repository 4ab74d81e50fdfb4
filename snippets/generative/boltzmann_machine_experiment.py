"""Bars and stripes: the exact log-likelihood while an RBM is trained by approximate gradients.

Run ``OMP_NUM_THREADS=1 PYTHONPATH=. python snippets/generative/boltzmann_machine_experiment.py``
to write the JSON beside this file.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np

from snippets.generative.boltzmann_machine import (
    all_states,
    cd_gradient,
    exact_gradient,
    free_energy,
    log_partition,
    sigmoid,
)

METHODS = ["exact", "CD-1", "CD-1, falling rate", "CD-10", "PCD-1", "PCD-1, falling rate"]
HIDDEN, RATE, EVERY = 8, 0.1, 250


def bars_and_stripes() -> np.ndarray:
    """The 14 different 3 x 3 images whose rows, or whose columns, are all 0 or all 1."""
    lines = all_states(3)
    bars = [np.repeat(line, 3) for line in lines]
    stripes = [np.tile(line, 3) for line in lines]
    return np.unique(np.array(bars + stripes), axis=0)


def log_likelihood(data: np.ndarray, params: list[np.ndarray]) -> float:
    """Mean over the rows, exact."""
    return float(-free_energy(data, *params).mean() - log_partition(*params))


def reconstruction_error(data: np.ndarray, params: list[np.ndarray]) -> float:
    """Mean cross-entropy of a row after one mean-field pass up and down, in nats."""
    weight, bias_v, bias_h = params
    logits = sigmoid(data @ weight + bias_h) @ weight.T + bias_v
    return float(np.mean(np.sum(np.logaddexp(0, logits) - data * logits, axis=1)))


def train(method: str, steps: int, seed: int) -> dict:
    """Gradient ascent, full batch, 100 chains for PCD; the rate is constant or falls linearly to 0."""
    rng = np.random.default_rng(seed)
    data = bars_and_stripes()
    params = [0.1 * rng.normal(size=(9, HIDDEN)), np.zeros(9), np.zeros(HIDDEN)]
    chains = (rng.uniform(size=(100, 9)) < 0.5).astype(np.float64)
    record = {"log_likelihood": [], "reconstruction": []}
    for t in range(steps + 1):
        if t % EVERY == 0:
            record["log_likelihood"].append(round(log_likelihood(data, params), 4))
            record["reconstruction"].append(round(reconstruction_error(data, params), 4))
        if method == "exact":
            grads = exact_gradient(data, *params)
        elif method.startswith("PCD-1"):
            grads, chains = cd_gradient(data, *params, 1, rng, chains)
        else:
            # each pattern starts 7 chains: as many as PCD has
            grads, _ = cd_gradient(np.tile(data, (7, 1)), *params, int(method[3:].split(",")[0]), rng)
        rate = RATE * (1 - t / steps) if "falling" in method else RATE
        params = [p + rate * g for p, g in zip(params, grads, strict=True)]
    return record


def run(steps: int = 12_000, seeds: int = 3, methods: list[str] = METHODS) -> dict:
    """For each method the records of all seeds."""
    return {method: [train(method, steps, seed) for seed in range(seeds)] for method in methods}


if __name__ == "__main__":
    begin = time.process_time()
    measured = {"curves": run(), "ceiling": -float(np.log(len(bars_and_stripes())))}
    measured["run"] = {"numpy": np.__version__, "python": platform.python_version(),
                       "cpu_seconds": round(time.process_time() - begin)}
    Path(__file__).with_suffix(".json").write_text(json.dumps(measured) + "\n", encoding="utf-8")
    for method, records in measured["curves"].items():
        for record in records:
            values, rebuilt = record["log_likelihood"], record["reconstruction"]
            best = int(np.argmax(values))
            print(method, "best", values[best], "at", best * EVERY, "end", values[-1],
                  "reconstruction", rebuilt[best], rebuilt[-1])
    print(measured["ceiling"], measured["run"])
