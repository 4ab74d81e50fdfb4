"""Paths of L1 and L2 on the diabetes data, and a comparison among 90 features of noise.

Writes weight_penalties_experiment.json. Protocol fixed before the first run:

- ``paths``: all 442 patients, 10 standardized features, centered targets; 60 strengths each.
- ``compare``: the 10 features and 90 columns of standard normal noise; 150 patients to fit, 100 to
  choose the strength, 192 to report; 30 splits. Targets are standardized by the 150. Least squares,
  L2, L1 and the elastic net with l2 = l1, 25 strengths each.
- ``dense``: the same sizes, synthetic targets in which all 100 features count.
- ``zeros``: the lasso of split 0 by full-batch subgradient descent, by stochastic subgradient
  descent and by proximal gradient descent, 3,000 steps each: how many weights are exactly 0?

A first version left the targets in their own units and used one grid for all: in ``dense`` the best
strength of L2 lay outside it. Every grid now contains its best strength; ``edges`` counts exceptions.

``OMP_NUM_THREADS=1 PYTHONPATH=. python snippets/regularization/weight_penalties_experiment.py``
"""

import json
import os
import platform
import time
from pathlib import Path

import numpy as np
import sklearn
from sklearn.datasets import load_diabetes

from snippets.regularization.weight_penalties import elastic_net, proximal_step, ridge

NOISE_FEATURES, TRAIN, VALIDATION = 90, 150, 100
METHODS = ("least squares", "L2", "L1", "elastic net")
GRIDS = {"L2": np.geomspace(30.0, 0.03, 25), "L1": np.geomspace(1.0, 0.01, 25),
         "elastic net": np.geomspace(1.0, 0.01, 25)}


def standardized(x: np.ndarray, reference: np.ndarray) -> np.ndarray:
    return (x - reference.mean(axis=0)) / reference.std(axis=0)


def paths(strengths: int = 60) -> dict:
    data = load_diabetes()
    x, targets = standardized(data.data, data.data), data.target - data.target.mean()
    largest = np.abs(x.T @ targets / len(x)).max()  # the smallest l1 at which all weights are 0
    l1 = np.geomspace(1.05 * largest, largest / 1000, strengths)
    l2 = np.geomspace(1e3, 1e-3, strengths)
    w, lasso = np.zeros(10), []
    for strength in l1:
        w = elastic_net(x, targets, strength, start=w, tol=1e-9)
        lasso.append(w.tolist())
    return {"features": list(data.feature_names), "l1": l1.tolist(), "l1_weights": lasso,
            "l2": l2.tolist(), "l2_weights": [ridge(x, targets, s).tolist() for s in l2],
            "l1_max": float(largest), "eigenvalues": np.linalg.eigvalsh(x.T @ x / len(x)).tolist(),
            "correlation": float(np.corrcoef(x[:, 4], x[:, 5])[0, 1])}


def split(seed: int, dense: bool) -> tuple:
    """Inputs and targets of the three parts, standardized and centered by the training part."""
    rng = np.random.default_rng(seed)
    data = load_diabetes()
    order = rng.permutation(len(data.target))
    x = np.hstack([data.data, rng.normal(size=(len(order), NOISE_FEATURES))])[order]
    targets = data.target[order]
    cuts = np.split(np.arange(len(order)), [TRAIN, TRAIN + VALIDATION])
    x = standardized(x, x[cuts[0]])
    if dense:  # 100 weights of about equal size, signal variance 1, noise variance 1
        x = rng.normal(size=x.shape)
        targets = x @ rng.normal(size=x.shape[1]) / 10 + rng.normal(size=len(x))
    targets = standardized(targets, targets[cuts[0]])
    return tuple((x[part], targets[part]) for part in cuts)


def error(w: np.ndarray, part: tuple) -> float:
    return float(np.mean((part[0] @ w - part[1]) ** 2))


def fits(train: tuple, method: str):
    """Weights for each strength, from strong to weak."""
    w = np.zeros(train[0].shape[1])
    for strength in GRIDS[method]:
        if method == "L2":
            yield ridge(*train, strength)
        else:
            l2 = strength if method == "elastic net" else 0.0
            w = elastic_net(*train, strength, l2, start=w, tol=1e-6)
            yield w.copy()


def compare(seeds: int, dense: bool = False) -> dict:
    """For each method and split: test error, number of weights that are not 0, and real ones among them."""
    result = {method: [] for method in METHODS}
    for seed in range(seeds):
        train, validation, test = split(seed, dense)
        for method in METHODS:
            if method == "least squares":
                best, edge = np.linalg.lstsq(*train, rcond=None)[0], False
            else:
                candidates = list(fits(train, method))
                choice = int(np.argmin([error(w, validation) for w in candidates]))
                best, edge = candidates[choice], choice in (0, len(candidates) - 1)
            result[method].append({"test": error(best, test), "train": error(best, train),
                                   "nonzero": int((best != 0).sum()),
                                   "real": int((best[:10] != 0).sum()), "edges": int(edge)})
        result.setdefault("variance", []).append(float(np.mean(test[1] ** 2)))
    return result


def zeros(l1: float = 0.1, steps: int = 3000, seed: int = 0) -> dict:
    train = split(seed, False)[0]
    x, targets = train
    n, d = x.shape
    lr = 1.0 / np.linalg.eigvalsh(x.T @ x / n).max()
    rng = np.random.default_rng(seed)

    def objective(w):
        return error(w, train) / 2 + l1 * np.abs(w).sum()

    solution = elastic_net(x, targets, l1)
    found = {"coordinate descent": solution}
    for method in ("subgradient", "stochastic subgradient", "proximal"):
        w = np.zeros(d) + 1e-3 * rng.normal(size=d)
        for step in range(steps):
            rows = rng.integers(0, n, 10) if method.startswith("stochastic") else slice(None)
            grad = x[rows].T @ (x[rows] @ w - targets[rows]) / len(targets[rows])
            if method == "proximal":
                w = proximal_step(w, grad, lr, l1)
            else:  # a step that shrinks, as subgradient methods need
                w = w - lr / (1 + step / 100) * (grad + l1 * np.sign(w))
        found[method] = w
    return {method: {"zeros": int((w == 0).sum()), "tiny": int((np.abs(w) < 1e-3).sum()),
                     "gap": float(objective(w) - objective(solution))} for method, w in found.items()}


def run(seeds: int = 30, steps: int = 3000, strengths: int = 60) -> dict:
    start = time.time()
    result = {"seeds": seeds, "paths": paths(strengths), "compare": compare(seeds),
              "dense": compare(seeds, dense=True), "zeros": zeros(steps=steps)}
    return {**result, "python": platform.python_version(), "numpy": np.__version__,
            "sklearn": sklearn.__version__, "cores": os.cpu_count(),
            "seconds": round(time.time() - start, 1)}


if __name__ == "__main__":
    outcome = run()
    for kind in ("compare", "dense"):
        print(kind, "variance of the test targets", np.mean(outcome[kind]["variance"]))
        base = np.array([row["test"] for row in outcome[kind]["L2"]])
        for name in METHODS:
            rows = outcome[kind][name]
            difference = np.array([row["test"] for row in rows]) - base
            print(f"  {name:14}", *(f"{key} {np.mean([row[key] for row in rows]):.3f}" for key in rows[0]),
                  f"minus L2: {difference.mean():.3f} ± {difference.std(ddof=1) / len(rows)**0.5:.3f}")
    print(outcome["zeros"], outcome["paths"]["l1_max"], outcome["paths"]["eigenvalues"])
    print(outcome["seconds"], "seconds")
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(outcome) + "\n", encoding="utf-8")
