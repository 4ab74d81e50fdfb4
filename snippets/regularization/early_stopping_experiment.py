"""Early stopping on noisy digits: what patience costs, and how optimistic the best score is.

Writes early_stopping_experiment.json. Protocol fixed before the first run, scikit-learn's 8x8 digits,
30 random splits: 300 images for training, 400 for validation of which the first 50, 100, 200 or 400
are used, 1,097 for testing. One hidden layer of 256 ReLU units, Adam with learning rate 0.001, batches
of 30, no other regularization.

- ``noisy``: 20 % of the *training* labels are replaced by another class; 150 epochs. Validation and
  test labels are right, so both estimate the same error.
- ``schedule``: a stream of linear regression, 50 weights, noise of variance 1, every example used once,
  so that nothing can overfit; SGD with learning rate 0.01, divided by 10 after epoch 40 of 60 (an epoch
  is 200 examples), 500 validation and 2,000 test examples, 30 seeds. Patience 5 against the whole run.

A first version of ``schedule`` trained the digits with right labels; the drop changed nothing there.

``OMP_NUM_THREADS=1 PYTHONPATH=. python snippets/regularization/early_stopping_experiment.py``
"""

import json
import platform
import time
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional

from snippets.regularization.early_stopping import EarlyStopping

TRAIN, VALIDATION = 300, 400
SIZES = [50, 100, 200, 400]
PATIENCE = [1, 3, 10, 30]


def split(seed: int, wrong: float) -> dict:
    data = load_digits()
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(data.target))
    x = torch.tensor(data.data[order] / 16.0, dtype=torch.float32)
    y = data.target[order].astype(np.int64)
    labels = y[:TRAIN].copy()
    flipped = rng.random(TRAIN) < wrong
    labels[flipped] = (labels + rng.integers(1, 10, TRAIN))[flipped] % 10
    end = TRAIN + VALIDATION
    return {"train": (x[:TRAIN], torch.tensor(labels)),
            "validation": (x[TRAIN:end], torch.tensor(y[TRAIN:end])),
            "test": (x[end:], torch.tensor(y[end:]))}


@torch.no_grad()
def evaluate(model: nn.Module, part: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Loss and error (0 or 1) of each image."""
    logits = model(part[0])
    losses = functional.cross_entropy(logits, part[1], reduction="none")
    return losses.double().numpy(), (logits.argmax(1) != part[1]).double().numpy()


def curves(seed: int, epochs: int, wrong: float = 0.2) -> dict:
    """Loss and error after each epoch; validation for each size."""
    parts = split(seed, wrong)
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 10))
    step = torch.optim.Adam(model.parameters(), lr=1e-3)
    x, y = parts["train"]
    record = {name: [] for name in ("train", "test", *map(str, SIZES))}
    for _ in range(epochs):
        for rows in torch.randperm(TRAIN).split(30):
            loss = functional.cross_entropy(model(x[rows]), y[rows])
            step.zero_grad()
            loss.backward()
            step.step()
        for name in ("train", "test"):
            record[name].append([float(v.mean()) for v in evaluate(model, parts[name])])
        losses, errors = evaluate(model, parts["validation"])
        for size in SIZES:
            record[str(size)].append([float(losses[:size].mean()), float(errors[:size].mean())])
    return {name: np.array(rows).round(5).tolist() for name, rows in record.items()}


def stop(scores: list[float], patience: int) -> tuple[int, int]:
    """Epoch after which training stops, and epoch whose weights are restored; both from 0."""
    stopper = EarlyStopping(patience)
    for epoch, score in enumerate(scores):
        if stopper.update(score, []):
            return epoch, stopper.best_epoch
    return len(scores) - 1, stopper.best_epoch


def stopped(runs: list[dict], size: int, metric: int) -> dict:
    """For each patience and split: epochs trained, best epoch, test loss and error there and at the stop."""
    result = {}
    for patience in PATIENCE:
        rows = []
        for one in runs:
            last, best = stop([row[metric] for row in one[str(size)]], patience)
            rows.append([last + 1, best + 1, *one["test"][best], *one["test"][last]])
        result[str(patience)] = rows
    return result


def optimism(runs: list[dict], size: int, metric: int) -> dict:
    """By split, test minus validation: at the best validation epoch, and averaged over all epochs."""
    chosen, average = [], []
    for one in runs:
        validation = np.array(one[str(size)])[:, metric]
        test = np.array(one["test"])[:, metric]
        best = int(validation.argmin())
        chosen.append(round(float(test[best] - validation[best]), 5))
        average.append(round(float(np.mean(test - validation)), 5))
    return {"chosen": chosen, "average": average}


def stream(seed: int, drop: int = 40, epochs: int = 60, d: int = 50, lr: float = 0.01) -> dict:
    """Validation and test loss after each epoch of SGD on a stream of linear regression."""
    rng = np.random.default_rng(seed)
    true = rng.normal(size=d) / np.sqrt(d)

    def draw(n):
        x = rng.normal(size=(n, d))
        return x, x @ true + rng.normal(size=n)

    held = {"validation": draw(500), "test": draw(2000)}
    record = {name: [] for name in held}
    w = np.zeros(d)
    for epoch in range(epochs):
        rate = lr / 10 if epoch >= drop else lr
        for x, target in zip(*draw(200), strict=True):
            w -= rate * (x @ w - target) * x
        for name, (x, targets) in held.items():
            record[name].append(round(float(np.mean((x @ w - targets) ** 2)), 5))
    return record


def run(seeds: int = 30, epochs: int = 150, stream_seeds: int = 30) -> dict:
    """Curves, stopping epochs and scores of all splits."""
    torch.set_num_threads(1)
    start = time.time()
    runs = [curves(seed, epochs) for seed in range(seeds)]
    names = {"loss": 0, "error": 1}
    streams = [stream(seed) for seed in range(stream_seeds)]
    scheduled = []
    for one in streams:
        last, best = stop(one["validation"], 5)
        scheduled.append([last + 1, one["test"][best], one["test"][-1]])
    return {
        "seeds": seeds, "epochs": epochs,
        "mean": {name: np.mean([one[name] for one in runs], axis=0).round(5).tolist()
                 for name in ("train", "test", "100")},
        "first": {name: runs[0][name] for name in ("train", "test", "100")},
        "end": [one["test"][-1] for one in runs],
        "stopped": {f"{size} {name}": stopped(runs, size, metric)
                    for size in (100, 400) for name, metric in names.items()},
        "optimism": {f"{size} {name}": optimism(runs, size, metric)
                     for size in SIZES for name, metric in names.items()},
        "stream": {"mean": np.mean([one["test"] for one in streams], axis=0).round(5).tolist(),
                   "patience 5": scheduled},
        "python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__,
        "cores": 1, "seconds": round(time.time() - start, 1)}


if __name__ == "__main__":
    result = run()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")

    def show(values):
        return f"{np.mean(values):.4f} ± {np.std(values, ddof=1) / len(values) ** 0.5:.4f}"

    for epoch in (1, 5, 10, 20, 30, 50, 100, 150):
        print(epoch, *(f"{name} {result['mean'][name][epoch - 1]}" for name in result["mean"]))
    for name, table in result["stopped"].items():
        for patience, rows in table.items():
            print(name, "patience", patience, *(show(column) for column in zip(*rows, strict=True)))
    print("end", *(show(column) for column in zip(*result["end"], strict=True)))
    for name, both in result["optimism"].items():
        print(name, "chosen", show(both["chosen"]), "average", show(both["average"]))
    print("stream", *(show(column) for column in zip(*result["stream"]["patience 5"], strict=True)))
    print(result["seconds"], "seconds", path.stat().st_size, "bytes")
