"""Digits, learned by the NumPy network: accuracy over seeds, step by step beside PyTorch, with bugs.

Writes implement_deep_network_experiment.json. The 8 x 8 digits come with scikit-learn.
Protocol, fixed beforehand: 60/20/20 split by seed, learning rate by mean validation loss,
epoch by validation loss in each run, the test set only after these choices. Added after a
first run had been seen: the learning rate 1.0, the split in file order, the faults at lr 0.01.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits

from snippets.foundations import implement_deep_network_mistakes as mistakes
from snippets.foundations.implement_deep_network import (
    backward,
    cross_entropy,
    evaluate,
    forward,
    init_params,
    momentum_step,
    train,
)
from snippets.foundations.implement_deep_network_torch import build, train_steps

SIZES, LINEAR = [64, 64, 32, 10], [64, 10]
RATES = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
BUGS = ["none", "zeros", "mask", "order", "sum"]
BATCH, SLOW = 32, 0.01


# --8<-- [start:data]
def digits(seed: int | None) -> tuple[tuple, tuple, tuple]:
    """Training, validation and test set, each as inputs (N, 64) and targets (N,).

    A seed of None keeps the order of the file.
    """
    data = load_digits()
    order = np.arange(len(data.target))
    if seed is not None:
        order = np.random.default_rng(seed).permutation(order)
    x, targets = data.data[order] / 16.0, data.target[order]
    x = x - x[:1077].mean(axis=0)  # statistics of the training rows only
    parts = slice(0, 1077), slice(1077, 1437), slice(1437, 1797)
    return tuple((x[part], targets[part]) for part in parts)
# --8<-- [end:data]


def one_run(sizes: list[int], lr: float, seed: int, epochs: int, shuffled: bool = True) -> dict:
    """Train once; curves, and the test accuracy of the best validation epoch."""
    data, validation, test = digits(seed if shuffled else None)
    rng = np.random.default_rng(1000 + seed)
    with np.errstate(all="ignore"):  # a learning rate may be too large
        best, history = train(init_params(sizes, rng), data, validation, lr, rng, epochs, BATCH)
    lowest = min(range(epochs), key=lambda epoch: history[epoch][1])
    return {"train": [row[0] for row in history], "validation": [row[1] for row in history],
            "chosen": lowest + 1, "validation accuracy": history[lowest][2],
            "test": evaluate(best, *test)[1] if best else 0.0}


def search(sizes: list[int], seeds: int, epochs: int) -> dict:
    """Every learning rate on every seed; the lowest mean validation loss is chosen."""
    runs = {str(lr): [one_run(sizes, lr, seed, epochs) for seed in range(seeds)] for lr in RATES}
    losses = {lr: float(np.mean([min(run["validation"]) for run in table]))
              for lr, table in runs.items()}
    chosen = min(losses, key=losses.get)
    return {"losses": losses, "lr": float(chosen), "runs": runs[chosen]}


def with_bug(bug: str, lr: float, seed: int, epochs: int) -> float:
    """Test accuracy after the last epoch with one fault of the mistakes module put in."""
    (x, targets), _, test = digits(seed)
    rng = np.random.default_rng(1000 + seed)
    params = (mistakes.init_zeros if bug == "zeros" else init_params)(SIZES, rng)
    velocity = [np.zeros_like(param) for param in params]
    back = mistakes.backward_without_mask if bug == "mask" else backward
    with np.errstate(all="ignore"):
        for _ in range(epochs):
            order = (mistakes.epoch_order(targets, rng) if bug == "order"
                     else rng.permutation(len(x)))
            for start in range(0, len(x), BATCH):
                rows = order[start : start + BATCH]
                outputs = forward(params, x[rows])
                _, grad = cross_entropy(outputs[-1], targets[rows])
                grad = grad * len(rows) if bug == "sum" else grad
                momentum_step(params, back(params, outputs, grad), velocity, lr)
        return evaluate(params, *test)[1]


def beside_torch(precision: str, lr: float, seed: int, epochs: int) -> dict:
    """Largest difference of the losses and of any parameter after every step."""
    (x, targets), _, _ = digits(seed)
    rng = np.random.default_rng(1000 + seed)
    x = x.astype(precision)
    params = [param.astype(precision) for param in init_params(SIZES, rng)]
    velocity = [np.zeros_like(param) for param in params]
    model = build(params, getattr(torch, precision))
    orders = [rng.permutation(len(x)) for _ in range(epochs)]
    batches = [order[start : start + BATCH] for order in orders
               for start in range(0, len(x), BATCH)]
    theirs = train_steps(model, torch.from_numpy(x), torch.from_numpy(targets), batches, lr)
    losses, weights = [], []
    for rows, their_loss in zip(batches, theirs, strict=True):
        outputs = forward(params, x[rows])
        loss, grad = cross_entropy(outputs[-1], targets[rows])
        momentum_step(params, backward(params, outputs, grad), velocity, lr)
        losses.append(abs(loss - their_loss))
        weights.append(max(float(np.abs(ours - theirs.detach().numpy().T).max())
                           for ours, theirs in zip(params, model.parameters(), strict=True)))
    return {"steps": len(batches), "loss": max(losses), "weight": max(weights),
            "first": weights[0], "curve": weights[::20]}


def run(seeds: int = 10, epochs: int = 40) -> dict:
    """The whole experiment; see the module's protocol."""
    start = time.time()
    deep, linear = search(SIZES, seeds, epochs), search(LINEAR, seeds, epochs)
    bugs = {str(lr): {bug: [with_bug(bug, lr, seed, epochs) for seed in range(seeds)]
                      for bug in BUGS} for lr in (deep["lr"], SLOW)}
    in_order = [one_run(SIZES, deep["lr"], seed, epochs, shuffled=False)["test"]
                for seed in range(seeds)]
    torch_result = {precision: beside_torch(precision, deep["lr"], 0, epochs)
                    for precision in ("float64", "float32")}
    return {"seeds": seeds, "epochs": epochs, "deep": deep, "linear": linear, "bugs": bugs,
            "in order": in_order,
            "torch": torch_result, "python": platform.python_version(),
            "numpy": np.__version__, "torch version": torch.__version__, "cores": 1,
            "seconds": round(time.time() - start, 1)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = run()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for name in ("deep", "linear"):
        tests = [one["test"] for one in result[name]["runs"]]
        print(name, result[name]["losses"], "test", np.mean(tests), np.std(tests, ddof=1))
    for lr, table in result["bugs"].items():
        for bug, values in table.items():
            print("lr", lr, bug, np.mean(values), np.std(values, ddof=1), min(values), max(values))
    print("file order", np.mean(result["in order"]), np.std(result["in order"], ddof=1))
    for precision, row in result["torch"].items():
        print(precision, {key: row[key] for key in ("steps", "loss", "weight", "first")})
    print(result["seconds"], "seconds")
