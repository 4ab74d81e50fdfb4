"""A sweep, a range test and the sharpness of a small network on scikit-learn's digits.

1. Sweep: 19 learning rates, 3 per decade, for three optimizers and 5 seeds. The validation
   loss chooses a rate, the test set reports.
2. Range test: one short run of rising rates, for three lengths.
3. Sharpness: full-batch gradient descent on a square loss, with the largest curvature measured.

Sweep and range test were fixed before the first run; the trimmed steepest slope, which libraries
use, was added afterwards, as a fairer version of the plain one. The rates and the scaling of the third part
were chosen so that the limit lies within reach. ``PYTHONPATH=. python
snippets/optimization/learning_rate_experiment.py`` writes the JSON beside this file.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from snippets.optimization.learning_rate import largest_curvature, pick, range_test

LRS = 10.0 ** (np.arange(-15, 4) / 3)  # 1e-5 to 10
OPTIMIZERS = ("sgd", "momentum", "adam")
HIDDEN, BATCH, EPOCHS, TRAIN, VALIDATION = 64, 32, 20, 1000, 300
SHARPNESS_LRS = (0.2, 0.33, 0.4)
SKIP = 10  # first steps that the trimmed steepest slope leaves out


def data(seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Training, validation and test set as (x, y)."""
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(y))
    parts = np.split(order, [TRAIN, TRAIN + VALIDATION])
    return [(x[part] / 16.0, y[part]) for part in parts]


def init(rng: np.random.Generator, hidden: int = HIDDEN, gain: float = 2.0) -> list[np.ndarray]:
    """Weights and biases of 64 -> hidden -> 10."""
    return [rng.normal(size=(64, hidden)) * np.sqrt(gain / 64), np.zeros(hidden),
            rng.normal(size=(hidden, 10)) * np.sqrt(gain / hidden), np.zeros(10)]


# --8<-- [start:net]
def loss_and_grads(params, x, y, square=False):
    """Cross-entropy of a ReLU network, or the square loss of a tanh network."""
    w1, b1, w2, b2 = params
    z = x @ w1 + b1  # (N, D) -> (N, hidden)
    h = np.tanh(z) if square else np.maximum(z, 0)
    out = h @ w2 + b2  # (N, hidden) -> (N, 10)
    rows = np.arange(len(y))
    if square:
        delta = out.copy()
        delta[rows, y] -= 1
        loss = 0.5 * (delta**2).sum() / len(y)
    else:
        out = out - out.max(axis=1, keepdims=True)
        delta = np.exp(out)
        total = delta.sum(axis=1, keepdims=True)
        loss = (np.log(total[:, 0]) - out[rows, y]).mean()
        delta = delta / total
        delta[rows, y] -= 1
    delta = delta / len(y)
    grad_z = (delta @ w2.T) * (1 - h**2 if square else z > 0)
    return loss, [x.T @ grad_z, grad_z.sum(axis=0), h.T @ delta, delta.sum(axis=0)]
# --8<-- [end:net]


def accuracy(params, x, y) -> float:
    w1, b1, w2, b2 = params
    return float(((np.maximum(x @ w1 + b1, 0) @ w2 + b2).argmax(axis=1) == y).mean())


def train(optimizer: str, lr: float, seed: int, epochs: int = EPOCHS) -> dict:
    """One run: training loss of every step, and what the three sets say at the end."""
    (x, y), validation, test = data(seed)
    rng = np.random.default_rng([seed, 1])
    params = init(rng)
    m = [np.zeros_like(p) for p in params]
    v = [np.zeros_like(p) for p in params]
    losses, t = [], 0
    for _ in range(epochs):
        order = rng.permutation(len(y))
        for i in range(0, len(y), BATCH):
            rows = order[i : i + BATCH]
            loss, grads = loss_and_grads(params, x[rows], y[rows])
            losses.append(float(loss))
            if not np.isfinite(loss):
                return {"losses": losses, "validation_loss": None, "train_loss": None,
                        "validation": None, "test": None}
            t += 1
            for k, g in enumerate(grads):
                if optimizer == "sgd":
                    params[k] = params[k] - lr * g
                elif optimizer == "momentum":
                    m[k] = 0.9 * m[k] + g
                    params[k] = params[k] - lr * m[k]
                else:
                    m[k] = 0.9 * m[k] + 0.1 * g
                    v[k] = 0.999 * v[k] + 0.001 * g * g
                    step = (m[k] / (1 - 0.9**t)) / (np.sqrt(v[k] / (1 - 0.999**t)) + 1e-8)
                    params[k] = params[k] - lr * step
    return {"losses": losses,
            "train_loss": float(loss_and_grads(params, x, y)[0]),
            "validation_loss": float(loss_and_grads(params, *validation)[0]),
            "validation": accuracy(params, *validation), "test": accuracy(params, *test)}


def sweep(seeds: int, epochs: int, lrs: np.ndarray) -> dict:
    """Every optimizer, rate and seed; the rate that the validation loss picks."""
    result = {}
    for optimizer in OPTIMIZERS:
        runs = [[train(optimizer, lr, seed, epochs) for seed in range(seeds)] for lr in lrs]
        table = {key: [[run[key] for run in row] for row in runs]
                 for key in ("train_loss", "validation_loss", "validation", "test")}
        losses = np.array(table["validation_loss"], dtype=np.float64)
        best, widen = pick(lrs, losses)
        table["best"], table["widen"] = best, widen
        if optimizer == "sgd":
            table["curves"] = [by_epoch(row[0]["losses"], epochs) for row in runs]
        result[optimizer] = table
    return result


def by_epoch(losses: list[float], epochs: int) -> list[float]:
    """Mean mini-batch loss of each finished epoch."""
    per_epoch = -(-TRAIN // BATCH)
    finished = len(losses) // per_epoch
    means = np.reshape(losses[: finished * per_epoch], (finished, per_epoch)).mean(axis=1)
    return [round(float(loss), 4) for loss in means[:epochs]]


def flatten(params):
    return np.concatenate([p.ravel() for p in params])


def unflatten(x, like):
    cuts = np.cumsum([p.size for p in like])[:-1]
    return [part.reshape(p.shape) for part, p in zip(np.split(x, cuts), like, strict=True)]


def ranges(seeds: int, lengths: tuple[int, ...]) -> dict:
    """Range test of plain SGD: where the loss is lowest, falls fastest, and explodes."""
    result = {}
    for length in lengths:
        lrs = np.logspace(-5, 1.5, length)
        rows = []
        for seed in range(seeds):
            (x, y), _, _ = data(seed)
            rng = np.random.default_rng([seed, 2])
            like = init(rng)

            def batch(flat, x=x, y=y, rng=rng, like=like):
                rows = rng.integers(0, len(y), size=BATCH)
                loss, grads = loss_and_grads(unflatten(flat, like), x[rows], y[rows])
                return float(loss), flatten(grads)

            reached, losses = range_test(batch, flatten(like), lrs)
            slope = np.gradient(losses, np.log(reached))
            lowest = int(losses.argmin())
            # The first averages hold a few batches only; after the minimum slopes mean nothing.
            trimmed = SKIP + int(slope[SKIP:lowest].argmin())
            rows.append({"lowest": float(reached[lowest]),
                         "steepest": float(reached[slope.argmin()]),
                         "steepest_trimmed": float(reached[trimmed]),
                         "last": float(reached[-1]),
                         "curve": [np.round(reached, 7).tolist(), np.round(losses, 4).tolist()]
                         if seed == 0 else None})
        result[str(length)] = rows
    return result


# --8<-- [start:sharpness]
def sharpness(lr: float, steps: int, every: int, seed: int = 0) -> dict:
    """Full-batch gradient descent on the square loss; largest curvature at some steps."""
    (x, y), _, _ = data(seed)
    x = 2 * (x - x.mean(axis=0))  # without centering, the mean image alone sets the curvature
    rng = np.random.default_rng([seed, 3])
    like = init(rng, hidden=32, gain=1.0)
    flat, record = flatten(like), {"step": [], "sharpness": [], "loss": []}

    def loss_grad(flat):
        loss, grads = loss_and_grads(unflatten(flat, like), x, y, square=True)
        return float(loss), flatten(grads)

    for t in range(steps + 1):
        loss, grad = loss_grad(flat)
        if t % every == 0:
            top = largest_curvature(lambda p: loss_grad(p)[1], flat, rng, steps=80)
            record["step"].append(t)
            record["sharpness"].append(round(top, 3))
            record["loss"].append(round(loss, 5))
        flat = flat - lr * grad
    return record
# --8<-- [end:sharpness]


def run(seeds: int = 5, epochs: int = EPOCHS, lrs: np.ndarray = LRS, steps: int = 3000) -> dict:
    started = time.perf_counter()
    with np.errstate(all="ignore"):  # runs that diverge are part of the sweep
        result = {"lrs": lrs.tolist(), "sweep": sweep(seeds, epochs, lrs),
                  "range": ranges(seeds, (100, 300, 1000)),
                  "sharpness": {str(lr): sharpness(lr, steps, steps // 60)
                                for lr in SHARPNESS_LRS}}
    result["run"] = {"seeds": seeds, "epochs": epochs, "batch": BATCH,
                     "seconds": round(time.perf_counter() - started, 1), "cores": 1,
                     "python": platform.python_version(), "numpy": np.__version__}
    return result


if __name__ == "__main__":
    result = run()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
    for name, table in result["sweep"].items():
        print(name, "best", table["best"], "widen", table["widen"])
        for lr, loss, test in zip(result["lrs"], table["validation_loss"], table["test"],
                                  strict=True):
            loss = np.array(loss, dtype=float)
            test = np.array(test, dtype=float)
            print(f"  {lr:9.2e}: validation loss {loss.mean():7.3f}, test {test.mean():.3f} "
                  f"{test.std(ddof=1):.3f}")
    for length, rows in result["range"].items():
        print(length, [(f"{r['steepest']:.3g}", f"{r['lowest']:.3g}", f"{r['last']:.3g}")
                       for r in rows])
    for lr, record in result["sharpness"].items():
        print(lr, 2 / float(lr), record["sharpness"][::6], record["loss"][::6])
    print(result["run"])
