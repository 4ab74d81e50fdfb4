"""Steps to a target against the batch size, the best rate of each, and the noise scale.

1,000 digits, softmax regression started at zero, SGD and Adam, training loss 0.2. Steps are
the median of nine orders; rates are powers of the square root of 2, searched from the best
rate of the next bigger batch until two in a row are worse. About fifteen seconds.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from snippets.optimization.batch_size import fit_critical, noise_scale, scale_lr, shard_norms

BATCHES, TARGET, SEEDS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 1000], 0.2, 9
START = {"SGD": 12, "Adam": -1}  # exponents of sqrt(2): where the search begins, full batch


def data():
    """Centered inputs with a bias column (1000, 65), one-hot targets (1000, 10)."""
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))[:1000]
    x = digits.data[order] / 16
    return np.hstack([x - x.mean(axis=0), np.ones((1000, 1))]), np.eye(10)[digits.target[order]]


def probabilities(weight, x):
    """Softmax of x @ weight, (N, 10)."""
    logits = x @ weight
    exp = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exp / exp.sum(axis=1, keepdims=True)


def loss(weight, x, targets):
    """Mean cross-entropy."""
    return float(-np.log((probabilities(weight, x) * targets).sum(axis=1) + 1e-300).mean())


def steps_to_target(kind, batch, lr, seed, limit, x, targets):
    """Steps until the full training loss is below the target; limit + 1 if never."""
    rng = np.random.default_rng(seed)
    weight = np.zeros((x.shape[1], 10))
    m, v = np.zeros_like(weight), np.zeros_like(weight)
    for step in range(1, limit + 1):
        rows = slice(None) if batch == len(x) else rng.integers(0, len(x), batch)
        grad = x[rows].T @ (probabilities(weight, x[rows]) - targets[rows]) / batch
        if kind == "SGD":
            weight = weight - lr * grad
        else:
            m, v = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2
            weight = weight - lr * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        look = step % max(1, step // 50) == 0  # every step at first, then every 2 %
        if look and loss(weight, x, targets) < TARGET:
            return step
    return limit + 1


def best(kind, batch, start, x, targets):
    """Climbs from exponent ``start``; the rate with the fewest steps, and both neighbors."""
    found, limit = {}, 4000

    def steps(i):
        nonlocal limit
        if i not in found:
            runs = [steps_to_target(kind, batch, 2 ** (i / 2), seed, limit, x, targets)
                    for seed in range(SEEDS)]
            found[i] = float(np.median(runs))
            limit = min(limit, int(1.5 * found[i]) + 1)  # 1.5 times the best is not the best
        return found[i]

    top = start
    steps(top)
    for direction in (1, -1):
        i, worse = top, 0
        while worse < 2:
            i += direction
            if steps(i) < found[top]:
                top, worse = i, 0
            else:
                worse += 1
    for i in (top - 2, top - 1, top + 1, top + 2):
        steps(i)
    return {"batch": batch, "exponent": top, "lr": 2 ** (top / 2), "steps": found[top],
            "tried": sorted(found.items())}


def transfer(kind, rows, x, targets, small=2, big=32):
    """Steps at the bigger batch with the small one's best rate kept, or scaled by a rule."""
    lr = next(row["lr"] for row in rows if row["batch"] == small)
    rates = {"kept": lr} | {rule: scale_lr(lr, small, big, rule) for rule in ("sqrt", "linear")}
    return {rule: float(np.median([steps_to_target(kind, big, rate, seed, 2000, x, targets)
                                   for seed in range(SEEDS)])) for rule, rate in rates.items()}


def noise(weight, x, targets, rng, shards=8, size=8, draws=50):
    """Two-batch estimate (8 shards of 8, averaged over draws) beside the exact value."""
    error = probabilities(weight, x) - targets
    each = (x[:, :, None] * error[:, None, :]).reshape(len(x), -1)  # (N, 650)
    norms = []
    for _ in range(draws):
        rows = rng.integers(0, len(x), (shards, size))
        norms.append(shard_norms(each[rows].mean(axis=1)))
    small, big = np.mean(norms, axis=0)
    mean = each.mean(axis=0)
    exact = ((each - mean) ** 2).sum(axis=1).mean() / (mean**2).sum()
    estimate = float(noise_scale(small, big, size, size * shards)[2])
    return {"estimate": None if np.isnan(estimate) else estimate, "exact": float(exact)}


def run():
    """Everything the page quotes."""
    x, targets = data()
    result = {"target": TARGET, "runs": {}, "fit": {}, "transfer": {}, "noise": []}
    for kind, start in START.items():
        rows = []
        for batch in reversed(BATCHES):
            rows.insert(0, best(kind, batch, start, x, targets))
            start = rows[0]["exponent"] - 1
        result["runs"][kind] = rows
        result["fit"][kind] = fit_critical(np.array(BATCHES), np.array([r["steps"] for r in rows]))
        result["transfer"][kind] = transfer(kind, rows, x, targets)
    weight, rng = np.zeros((x.shape[1], 10)), np.random.default_rng(0)
    for step in range(61):
        if step in (0, 2, 5, 10, 20, 40, 60):
            result["noise"].append({"step": step, "loss": loss(weight, x, targets)}
                                   | noise(weight, x, targets, rng))
        weight = weight - 4 * x.T @ (probabilities(weight, x) - targets) / len(x)
    return result


if __name__ == "__main__":
    result = run()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
    for kind, rows in result["runs"].items():
        print(kind, [(r["batch"], round(r["lr"], 4), r["steps"]) for r in rows])
        print(result["fit"][kind], result["transfer"][kind])
    print(*result["noise"], sep="\n")
