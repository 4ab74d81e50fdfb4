"""One small network, four ways to treat one percent of positives, before and after prior correction.

Negatives come from eight Gaussian clusters in ten dimensions, positives from three, so
the true probabilities are known and bound every score. The validation set has the
natural share of positives; it chooses the checkpoint by average precision, and for the
under-sampled network once more by log loss. Writes unbalanced_data_experiment.json.
"""

import json
import os
import platform
import time
from pathlib import Path

import numpy as np
import torch

RATE, DIM, COST_MISS, COST_ALARM = 0.01, 10, 50.0, 1.0
METHODS = ["plain", "weights", "over-sampling", "under-sampling"]


def world(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Centers of the negative and of the positive clusters, (8, DIM) and (3, DIM)."""
    rng = np.random.default_rng(seed)
    return 1.5 * rng.standard_normal((8, DIM)), 1.5 * rng.standard_normal((3, DIM))


def sample(n: int, centers: tuple, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(n, DIM) inputs and (n,) labels; clusters have standard deviation 1.5."""
    labels = rng.random(n) < RATE
    negative, positive = (c[rng.integers(len(c), size=n)] for c in centers)
    x = np.where(labels[:, None], positive, negative) + 1.5 * rng.standard_normal((n, DIM))
    return x, labels.astype(np.float64)


def truth(x: np.ndarray, centers: tuple) -> np.ndarray:
    """The true probability of a positive, (N,)."""
    density = []
    for group in centers:
        distance = ((x[:, None] - group) ** 2).sum(-1) / (2 * 1.5**2)  # (N, clusters)
        density.append(np.exp(-distance).mean(axis=1))
    return RATE * density[1] / (RATE * density[1] + (1 - RATE) * density[0])


def average_precision(targets: np.ndarray, scores: np.ndarray) -> float:
    order = np.argsort(-scores, kind="stable")
    hits = targets[order] == 1
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


def area_under_roc(targets: np.ndarray, scores: np.ndarray) -> float:
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores, kind="stable")] = np.arange(1, len(scores) + 1)
    positive = targets == 1
    k = positive.sum()
    return float((ranks[positive].sum() - k * (k + 1) / 2) / k / (len(ranks) - k))


def correct(probs: np.ndarray, train_rate: float) -> np.ndarray:
    positive = probs * RATE / train_rate
    return positive / (positive + (1 - probs) * (1 - RATE) / (1 - train_rate))


def scores(probs: np.ndarray, targets: np.ndarray) -> dict:
    """Ranking, calibration, and the cost per 1,000 examples at the cost threshold."""
    clipped = np.clip(probs, 1e-7, 1 - 1e-7)
    bins = np.array_split(np.argsort(probs, kind="stable"), 20)  # equal numbers in each
    said = probs > COST_ALARM / (COST_ALARM + COST_MISS)
    at_half = probs > 0.5
    return {
        "ap": average_precision(targets, probs),
        "auc": area_under_roc(targets, probs),
        "accuracy": float(np.mean(at_half == (targets == 1))),
        "mean": float(probs.mean()),
        "brier": float(np.mean((probs - targets) ** 2)),
        "log_loss": float(-np.mean(np.where(targets == 1, np.log(clipped), np.log1p(-clipped)))),
        "ece": float(np.mean([abs(probs[b].mean() - targets[b].mean()) for b in bins])),
        "cost": float(1000 * np.mean(np.where(targets == 1, COST_MISS * ~said, COST_ALARM * said))),
    }


def reliability(probs: np.ndarray, targets: np.ndarray) -> list:
    """[mean output, share of positives, number] for each fifth of a decade."""
    place = np.floor(3 * np.log10(np.clip(probs, 1e-4, 1)))
    return [[float(probs[place == p].mean()), float(targets[place == p].mean()), int((place == p).sum())]
            for p in range(-9, 0) if (place == p).sum() >= 200]


def train(method: str, data: tuple, valid: tuple, steps: int, seed: int, batch: int = 256,
          by: str = "ap"):
    """The trained network's probabilities as a function, and the share it was trained with.

    The checkpoint kept has the best average precision on ``valid``, or, with ``by="loss"``,
    the least log loss of the corrected probabilities.
    """
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    x, labels = data
    positives, negatives = np.flatnonzero(labels == 1), np.flatnonzero(labels == 0)
    rate, weight = len(positives) / len(labels), 1.0
    if method == "under-sampling":
        negatives = rng.choice(negatives, len(positives), replace=False)
    if method == "weights":
        weight = (1 - rate) / rate
    pool = np.concatenate([positives, negatives])
    net = torch.nn.Sequential(torch.nn.Linear(DIM, 64), torch.nn.ReLU(), torch.nn.Linear(64, 64),
                              torch.nn.ReLU(), torch.nn.Linear(64, 1))
    for parameter in net.parameters():
        bound = 1 / np.sqrt(DIM if parameter.shape[-1] == DIM else 64)
        torch.nn.init.uniform_(parameter, -bound, bound, generator=generator)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    tx, ty = torch.tensor(x, dtype=torch.float32), torch.tensor(labels, dtype=torch.float32)
    vx = torch.tensor(valid[0], dtype=torch.float32)
    best, kept = -np.inf, None
    for step in range(steps):
        if method == "over-sampling":  # half of each batch from each class
            rows = np.concatenate([rng.choice(positives, batch // 2), rng.choice(negatives, batch // 2)])
        else:
            rows = rng.choice(pool, batch)
        logits = net(tx[rows])[:, 0]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            logits, ty[rows], weight=torch.where(ty[rows] == 1, weight, 1.0))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if (step + 1) % (steps // 20) == 0:
            with torch.no_grad():
                outputs = net(vx)[:, 0].double()
            if by == "ap":
                score = average_precision(valid[1], outputs.numpy())
            else:
                fixed = correct(torch.sigmoid(outputs).numpy(), rate if method == "plain" else 0.5)
                score = -scores(fixed, valid[1])["log_loss"]
            if score > best:
                best, kept = score, [p.detach().clone() for p in net.parameters()]
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), kept, strict=True):
            parameter.copy_(value)

    def probabilities(inputs: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return torch.sigmoid(net(torch.tensor(inputs, dtype=torch.float32))[:, 0].double()).numpy()

    return probabilities, rate if method == "plain" else 0.5


def compare(seed: int, n: int, n_test: int, steps: int) -> dict:
    centers, rng = world(100 + seed), np.random.default_rng(seed)
    data, valid, test = sample(n, centers, rng), sample(n, centers, rng), sample(n_test, centers, rng)
    result = {"truth": {"raw": scores(truth(test[0], centers), test[1])}}
    for method in METHODS:
        probabilities, train_rate = train(method, data, valid, steps, seed)
        raw = probabilities(test[0])
        fixed = correct(raw, train_rate)
        result[method] = {"raw": scores(raw, test[1]), "corrected": scores(fixed, test[1]),
                          "reliability": [reliability(raw, test[1]), reliability(fixed, test[1])]}
    result["by loss"] = by_loss(data, valid, test, steps, seed)
    return result


def by_loss(data: tuple, valid: tuple, test: tuple, steps: int, seed: int) -> dict:
    """The under-sampled network once more, its checkpoint chosen by log loss."""
    probabilities, train_rate = train("under-sampling", data, valid, steps, seed, by="loss")
    return {"corrected": scores(correct(probabilities(test[0]), train_rate), test[1])}


def run(seeds: int = 6, n: int = 20_000, n_test: int = 100_000, steps: int = 3000) -> dict:
    """All methods on ``seeds`` worlds."""
    torch.set_num_threads(1)
    start, cpu = time.time(), time.process_time()
    runs = [compare(seed, n, n_test, steps) for seed in range(seeds)]
    return {"seeds": seeds, "n": n, "n_test": n_test, "rate": RATE, "steps": steps, "runs": runs,
            "python": platform.python_version(), "numpy": np.__version__, "torch": torch.__version__,
            "cores": os.cpu_count(), "seconds": round(time.time() - start, 1),
            "cpu_seconds": round(time.process_time() - cpu, 1)}


if __name__ == "__main__":
    result = run()
    for method in ["truth", *METHODS, "by loss"]:
        for kind in ("raw", "corrected"):
            if kind in result["runs"][0][method]:
                values = [seed[method][kind] for seed in result["runs"]]
                print(f"{method:15}{kind:10}", ", ".join(
                    f"{key} {np.mean([v[key] for v in values]):.4f} ({np.std([v[key] for v in values]):.4f})"
                    for key in values[0]))
    out = Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(result) + "\n", encoding="utf-8")
