"""Bias, variance and test error of ridge regression over 1,000 data sets.

Writes regularization_experiment.json. 20 fixed inputs, the midpoints of 20 equal parts of [-1, 1];
targets sin(pi x) plus normal noise of standard deviation 0.3, drawn anew for each data set; Legendre
polynomials up to degree 12 (13 weights); alpha from 1e-6 to 1e4 in half decades. The test error is
measured on 1,000 fresh noisy points for each data set, not computed from the parts.

A first version drew the inputs anew as well. Without a penalty a gap at the edge then gave single
test errors in the thousands, and 1,000 data sets did not determine the bias: hence fixed inputs.

``OMP_NUM_THREADS=1 PYTHONPATH=. python snippets/regularization/regularization_experiment.py``
"""

import json
import os
import platform
import time
from pathlib import Path

import numpy as np

from snippets.regularization.regularization import bias_variance, ridge

N, NOISE, DEGREE = 20, 0.3, 12
INPUTS = (2 * np.arange(N) + 1) / N - 1
ALPHAS = [10.0 ** (half / 2) for half in range(-12, 9)]
SHOWN = [1e-6, 1.0, 1e4]  # strengths of which single fits are kept


def truth(x: np.ndarray) -> np.ndarray:
    return np.sin(np.pi * x)


def features(x: np.ndarray) -> np.ndarray:
    return np.polynomial.legendre.legvander(x, DEGREE)  # (N,) -> (N, 13)


def run(datasets: int = 1000, seed: int = 0, num_test: int = 1000) -> dict:
    """For each alpha: training error, test error and its parts, averaged over the data sets."""
    start = time.time()
    rng = np.random.default_rng(seed)
    grid = np.linspace(-1, 1, 2001)[1::2]  # (1000,) midpoints: their mean is the integral over [-1, 1]
    on_grid = features(grid)
    predictions = {alpha: np.zeros((datasets, len(grid))) for alpha in ALPHAS}
    train, test = np.zeros((2, len(ALPHAS), datasets))
    for r in range(datasets):
        x_test = rng.uniform(-1, 1, num_test)
        targets = truth(INPUTS) + NOISE * rng.normal(size=N)
        targets_test = truth(x_test) + NOISE * rng.normal(size=num_test)
        columns, columns_test = features(INPUTS), features(x_test)
        for a, alpha in enumerate(ALPHAS):
            w = ridge(columns, targets, alpha)
            train[a, r] = np.mean((columns @ w - targets) ** 2)
            test[a, r] = np.mean((columns_test @ w - targets_test) ** 2)
            predictions[alpha][r] = on_grid @ w
    rows = []
    for a, alpha in enumerate(ALPHAS):
        bias, variance = bias_variance(predictions[alpha], truth(grid))
        rows.append({
            "alpha": alpha, "bias2": bias, "variance": variance,
            "train": float(train[a].mean()), "test": float(test[a].mean()),
            "test_median": float(np.median(test[a])),
            "test_se": float(test[a].std(ddof=1) / np.sqrt(datasets)),
            "better_than_least": float(np.mean(test[a] < test[0])),
        })
    thin = slice(None, None, 10)
    fits = {str(alpha): predictions[alpha][:12, thin].round(3).tolist() for alpha in SHOWN}
    return {"datasets": datasets, "seed": seed, "n": N, "noise": NOISE, "degree": DEGREE,
            "rows": rows, "grid": grid[thin].round(4).tolist(), "fits": fits,
            "python": platform.python_version(), "numpy": np.__version__,
            "cores": os.cpu_count(), "seconds": round(time.time() - start, 1)}


if __name__ == "__main__":
    result = run()
    for row in result["rows"]:
        print(" ".join(f"{key} {value:.4g}" for key, value in row.items()))
    print(result["seconds"], "seconds")
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
