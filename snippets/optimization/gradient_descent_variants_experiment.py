"""Batch sizes on a convex problem and on a small network, with tuned rates.

1. Least squares on scikit-learn's diabetes data (N = 442): steps and gradient evaluations until
   the mean excess training loss over the seeds is below a target, for the best of a grid of rates.
2. The same problem from its minimum: where a constant rate settles.
3. A network with 32 ReLU units on digits: batch 32 against the full batch of 1,000, at equal
   gradient evaluations and at equal steps. The validation loss chooses the rate.

Fixed before the first run, except the second, stricter target of part 1, which was added after it:
the first one is reached within the first epoch. ``PYTHONPATH=. python
snippets/optimization/gradient_descent_variants_experiment.py`` writes the JSON beside this file.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_diabetes, load_digits

from snippets.optimization.gradient_descent_variants import gradients, noise_scale

BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 442)
LRS = 10.0 ** (np.arange(-21, 1) / 6)  # 3e-4 to 1, six per decade
TARGETS = (0.01, 0.003)
NET_BATCHES, NET_LRS = (32, 1000), 10.0 ** (np.arange(-5, 3) / 3)  # 0.022 to 4.6
TRAIN, VALIDATION, HIDDEN = 1000, 300, 32


def problem() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Standardized inputs with a constant, standardized target, Hessian, minimum."""
    x, y = load_diabetes(return_X_y=True)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    x = np.concatenate([x, np.ones((len(x), 1))], axis=1)
    y = (y - y.mean()) / y.std()
    return x, y, x.T @ x / len(y), np.linalg.lstsq(x, y, rcond=None)[0]


# --8<-- [start:excess]
def excess_path(batch: int, lrs: np.ndarray, seeds: int, steps: int, start: np.ndarray,
                replace: bool, rng: np.random.Generator) -> np.ndarray:
    """Excess training loss of each step, (steps + 1, rates, seeds)."""
    x, y, hessian, best = problem()
    weight = np.tile(start - best, (len(lrs), seeds, 1))  # distance to the minimum
    residual = y - x @ best
    orders = np.argsort(rng.random((seeds, len(y))), axis=1)
    at, out = 0, np.empty((steps + 1, len(lrs), seeds))
    for t in range(steps + 1):
        out[t] = 0.5 * ((weight @ hessian) * weight).sum(axis=2)
        if batch == len(y):
            grad = weight @ hessian
        else:
            if replace:
                rows = rng.integers(0, len(y), size=(seeds, batch))
            else:
                if at + batch > len(y):  # a new epoch; a rest smaller than a batch is dropped
                    orders, at = np.argsort(rng.random((seeds, len(y))), axis=1), 0
                rows, at = orders[:, at : at + batch], at + batch
            xb = x[rows]  # (seeds, batch, D)
            error = np.einsum("sbd,rsd->rsb", xb, weight) - residual[rows]
            grad = np.einsum("rsb,sbd->rsd", error, xb) / batch
        weight = weight - lrs[:, None, None] * grad
        weight[~np.isfinite(weight) | (np.abs(weight) > 1e6)] = 1e6  # diverged
    return out
# --8<-- [end:excess]


def race(seeds: int, budget: int, batches=BATCHES, targets=TARGETS) -> list[dict]:
    """For each target and batch size: the rate that gets there in the fewest steps."""
    _, _, _, best = problem()
    rows = []
    for batch in batches:
        mean = excess_path(batch, LRS, seeds, max(budget // batch, 600), np.zeros(len(best)),
                           False, np.random.default_rng(batch)).mean(axis=2)
        for target in targets:
            below = mean <= target
            reached = {k: int(np.argmax(below[:, k])) for k in range(len(LRS)) if below[:, k].any()}
            k = min(reached, key=reached.get)
            rows.append({"target": target, "batch": batch, "lr": float(LRS[k]),
                         "steps": reached[k], "evaluations": reached[k] * batch,
                         "edge": k in (0, len(LRS) - 1)})
    return rows


def curves(seeds: int, rows: list[dict], evaluations: int = 4420) -> list[dict]:
    """Mean excess loss against gradient evaluations, at the rates that won the first target."""
    _, _, _, best = problem()
    out = []
    for row in rows:
        if row["target"] != TARGETS[0] or row["batch"] not in (1, 32, 442):
            continue
        steps = evaluations // row["batch"]
        path = excess_path(row["batch"], np.array([row["lr"]]), seeds, steps, np.zeros(len(best)),
                           False, np.random.default_rng(row["batch"])).mean(axis=(1, 2))
        at = np.unique(np.concatenate([np.arange(min(steps, 40) + 1),
                                       np.linspace(0, steps, 200).astype(int)]))
        out.append({"batch": row["batch"], "lr": row["lr"], "steps": at.tolist(),
                    "excess": [round(float(v), 6) for v in path[at]]})
    return out


def scales(steps: tuple[int, ...] = (0, 2, 4, 10, 50), lr: float = 10**-0.5) -> list[dict]:
    """Noise scale and excess loss along full-batch descent."""
    x, y, hessian, best = problem()
    weight, rows = np.zeros(len(best)), []
    for t in range(max(steps) + 1):
        grads = gradients(weight, x, y)
        if t in steps:
            rows.append({"steps": t, "scale": noise_scale(grads, hessian),
                         "excess": float(0.5 * (weight - best) @ hessian @ (weight - best))})
        weight = weight - lr * grads.mean(axis=0)
    return rows


def floors(seeds: int, steps: int) -> list[dict]:
    """Mean excess loss at a constant rate, started at the minimum, against lr * tr(C) / 4B."""
    x, y, _, best = problem()
    spread = float((gradients(best, x, y) ** 2).sum(axis=1).mean())
    rows = []
    for lr in (0.003, 0.01):
        for batch in (1, 4, 16):
            row = {"lr": lr, "batch": batch, "predicted": lr * spread / (4 * batch)}
            for name, replace in (("replace", True), ("shuffle", False)):
                path = excess_path(batch, np.array([lr]), seeds, steps, best, replace,
                                   np.random.default_rng([batch, int(replace)]))
                row[name] = float(path[steps // 3 :].mean())
            rows.append(row)
    return rows


def init(rng: np.random.Generator, hidden: int = HIDDEN) -> list[np.ndarray]:
    return [a.astype(np.float32) for a in (
        rng.normal(size=(64, hidden)) * np.sqrt(2 / 64), np.zeros(hidden),
        rng.normal(size=(hidden, 10)) * np.sqrt(2 / hidden), np.zeros(10))]


# --8<-- [start:net]
def loss_and_grads(params, x, y):
    """Mean cross-entropy of a network with one ReLU layer, its gradients, the accuracy."""
    w1, b1, w2, b2 = params
    z = x @ w1 + b1  # (N, 64) -> (N, hidden)
    h = np.maximum(z, 0)
    out = h @ w2 + b2  # (N, hidden) -> (N, 10)
    rows = np.arange(len(y))
    out = out - out.max(axis=1, keepdims=True)
    probs = np.exp(out)
    total = probs.sum(axis=1, keepdims=True)
    loss = float((np.log(total[:, 0]) - out[rows, y]).mean())
    accuracy = float((out.argmax(axis=1) == y).mean())
    delta = probs / total
    delta[rows, y] -= 1
    delta /= len(y)
    grad_z = (delta @ w2.T) * (z > 0)
    return loss, [x.T @ grad_z, grad_z.sum(axis=0), h.T @ delta, delta.sum(axis=0)], accuracy
# --8<-- [end:net]


def train(batch: int, lr: float, seed: int, marks: tuple[int, ...]) -> dict:
    """One run; at each step of marks: training, validation and test loss, test accuracy."""
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(y))
    x = (x / 16.0).astype(np.float32)
    sets = [(x[p], y[p]) for p in np.split(order, [TRAIN, TRAIN + VALIDATION])]
    rng = np.random.default_rng([seed, 1])
    params, (x, y), out = init(rng), sets[0], {}
    order, at = rng.permutation(len(y)), 0
    for t in range(1, max(marks) + 1):
        if batch == len(y):
            rows = slice(None)
        else:
            if at + batch > len(y):
                order, at = rng.permutation(len(y)), 0
            rows, at = order[at : at + batch], at + batch
        _, grads, _ = loss_and_grads(params, x[rows], y[rows])
        params = [p - np.float32(lr) * g for p, g in zip(params, grads, strict=True)]
        if t in marks:
            values = [loss_and_grads(params, *part) for part in sets]
            out[str(t)] = {"train_loss": values[0][0], "validation_loss": values[1][0],
                           "test_loss": values[2][0], "test": values[2][2]}
    return out


def network(seeds: int, marks: dict[int, tuple[int, ...]], lrs=NET_LRS) -> list[dict]:
    """Every batch size and number of steps: the rate with the best mean validation loss."""
    rows = []
    for batch, steps in marks.items():
        runs = [[train(batch, lr, seed, steps) for seed in range(seeds)] for lr in lrs]
        for t in map(str, steps):
            score = [np.mean([r[t]["validation_loss"] for r in row]) for row in runs]
            k = int(np.nanargmin(score))
            row = {"batch": batch, "steps": int(t), "evaluations": int(t) * batch,
                   "lr": float(lrs[k]), "edge": k in (0, len(lrs) - 1),
                   "scores": [round(float(s), 4) for s in score]}
            for key in ("train_loss", "validation_loss", "test_loss", "test"):
                row[key] = [r[t][key] for r in runs[k]]
            rows.append(row)
    return rows


def throughput(repeats: int = 200) -> list[dict]:
    """Examples per second of forward and backward pass on one core, the median step."""
    rng = np.random.default_rng(0)
    params, rows = init(rng), []
    for batch in (1, 8, 32, 128, 1000):
        x, y = rng.random((batch, 64), dtype=np.float32), rng.integers(0, 10, size=batch)
        times = []
        for _ in range(repeats):
            started = time.perf_counter()
            loss_and_grads(params, x, y)
            times.append(time.perf_counter() - started)
        step = float(np.median(times))
        rows.append({"batch": batch, "microseconds": round(1e6 * step, 1),
                     "examples_per_second": round(batch / step)})
    return rows


def run(seeds: int = 20, net_seeds: int = 5) -> dict:
    started = time.perf_counter()
    x, y, hessian, best = problem()
    values = np.linalg.eigvalsh(hessian)
    rows = race(seeds, budget=40_000)
    result = {"problem": {"n": len(y), "d": x.shape[1], "smallest": float(values[0]),
                          "largest": float(values[-1]),
                          "start": float(0.5 * best @ hessian @ best)},
              "race": rows, "curves": curves(seeds, rows), "scales": scales(), "floors": floors(50, 3000)}
    with np.errstate(all="ignore"):
        result["network"] = network(net_seeds, {32: (625, 2500), 1000: (20, 625, 2500)})
    result["throughput"] = throughput()
    result["run"] = {"seeds": seeds, "net_seeds": net_seeds, "cores": 1,
                     "seconds": round(time.perf_counter() - started, 1),
                     "python": platform.python_version(), "numpy": np.__version__}
    return result


if __name__ == "__main__":
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(result["problem"])
    for row in result["race"]:
        print(row)
    print(result["scales"])
    for row in result["floors"]:
        print(row, row["replace"] / row["predicted"])
    for row in result["network"]:
        print(row["batch"], row["steps"], row["evaluations"], row["lr"], row["edge"],
              row["scores"], *(f"{key} {np.mean(row[key]):.4f} {np.std(row[key], ddof=1):.4f}"
                               for key in ("train_loss", "test_loss", "test")))
    print(result["throughput"], result["run"])
