"""Rank of the weights and accuracy on digits after different starts.

scikit-learn's 8x8 digits: 1,000 images train, 797 test, split anew for each of 5 seeds.
64-32-32-10 tanh units, biases zero at first, batches of 50, 600 steps of SGD with learning rate
0.1 and momentum 0.9; nothing is chosen on the test images. Writes
weight_initialization_experiment.json.
"""

import json
import platform
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from snippets.optimization.weight_initialization import gradients, initialize, spread

# name: (schemes of the three matrices, hidden units, activation, dropout, dtype)
# The float32 run goes on four times as long: rounding needs time to grow.
C, Z, X = "constant", "zero", "xavier"
CASES = {
    "zero": ([Z, Z, Z], 32, "tanh", 0.0, "float64"),
    "zero, sigmoid": ([Z, Z, Z], 32, "sigmoid", 0.0, "float64"),
    "constant": ([C, C, C], 32, "tanh", 0.0, "float64"),
    "constant, random last": ([C, C, X], 32, "tanh", 0.0, "float64"),
    "constant, random first": ([X, C, C], 32, "tanh", 0.0, "float64"),
    "constant, dropout": ([C, C, C], 32, "tanh", 0.2, "float64"),
    "constant, 33 units, float32": ([C, C, C], 33, "tanh", 0.0, "float32"),
    "random": ([X, X, X], 32, "tanh", 0.0, "float64"),
    "random, zero last": ([X, X, Z], 32, "tanh", 0.0, "float64"),
}


def rank(weight: np.ndarray) -> int:
    """Singular values above 1 % of the largest; 0 for a zero matrix."""
    values = np.linalg.svd(weight.astype(np.float64), compute_uv=False)
    return int((values > 0.01 * values[0]).sum()) if values[0] > 0 else 0


def accuracy(params, x, targets, activation) -> float:
    """Share of right classes, without dropout."""
    h = x
    for i, (weight, bias) in enumerate(params):
        h = h @ weight + bias
        if i < len(params) - 1:
            h = np.tanh(h) if activation == "tanh" else 0.5 * (1 + np.tanh(0.5 * h))
    return float((h.argmax(axis=1) == targets).mean())


def one_run(case: tuple, seed: int, steps: int, every: int = 20) -> dict:
    """Train once; ranks and spreads on the way, accuracy at the end."""
    schemes, hidden, activation, drop, dtype = case
    steps *= 4 if dtype == "float32" else 1
    rng = np.random.default_rng(seed)
    digits = load_digits()
    order = rng.permutation(len(digits.data))
    x = ((digits.data - digits.data[order[:1000]].mean()) / 16)[order].astype(dtype)
    targets = digits.target[order]
    params = [(w.astype(dtype), b.astype(dtype))
              for w, b in initialize([64, hidden, hidden, 10], schemes, rng)]
    velocity = [[np.zeros_like(p) for p in layer] for layer in params]
    log = {"step": [], "rank": [], "spread": []}
    for step in range(steps + 1):
        if step % every == 0 or step == steps:
            log["step"].append(step)
            log["rank"].append([rank(w) for w, _ in params])
            log["spread"].append([spread(w) for w, _ in params[:2]])
        if step % 20 == 0:
            epoch = rng.permutation(1000)
        rows = epoch[step % 20 * 50:][:50]
        masks = None
        if drop:
            masks = [(rng.random((50, hidden)) >= drop) / (1 - drop) for _ in range(2)]
        _, grads = gradients(params, x[rows], targets[rows], activation, masks)
        if step < steps:
            for layer, speeds, slopes in zip(params, velocity, grads, strict=True):
                for param, speed, grad in zip(layer, speeds, slopes, strict=True):
                    speed *= 0.9
                    speed += grad
                    param -= speed * x.dtype.type(0.1)
    return log | {"loss": gradients(params, x[:1000], targets[:1000], activation)[0],
                  "accuracy": accuracy(params, x[1000:], targets[1000:], activation)}


def run(seeds: int = 5, steps: int = 600, names: list[str] | None = None) -> dict:
    """All starts for all seeds."""
    start = time.time()
    runs = {name: [one_run(CASES[name], seed, steps) for seed in range(seeds)]
            for name in names or CASES}
    return {"seeds": list(range(seeds)), "steps": steps, "runs": runs,
            "python": platform.python_version(), "numpy": np.__version__, "cores": 1,
            "platform": sys.platform, "seconds": round(time.time() - start, 1)}


if __name__ == "__main__":
    result = run()
    for name, runs in result["runs"].items():
        scores = [100 * r["accuracy"] for r in runs]
        print(f"{name}: accuracy {np.mean(scores):.1f} +- {np.std(scores, ddof=1):.1f} %, "
              f"loss {np.mean([r['loss'] for r in runs]):.3f}, "
              f"ranks {[r['rank'][-1] for r in runs]}, "
              f"spread {[[f'{s:.0e}' for s in r['spread'][-1]] for r in runs]}")
    out = Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(result["seconds"], "seconds")
