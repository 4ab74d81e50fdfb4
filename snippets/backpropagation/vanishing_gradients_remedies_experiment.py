"""Which remedy lets a 20-layer network learn: vanishing and exploding starts, digits, 3 seeds.

Writes vanishing_gradients_remedies_experiment.json. The learning rate is chosen on the
validation part, the accuracy is measured on the test part. All rates and seeds of one
remedy train side by side, as the first axis M.
"""

import json
import platform
import sys
import time
from pathlib import Path

import numpy as np
import torch

from snippets.backpropagation.vanishing_gradients_experiment import (
    ACTIVATIONS,
    DEPTH,
    TRAIN,
    VALID,
    VARIANTS,
    digits,
    forward,
    initialize,
    losses,
)

SGD_RATES = [0.01, 0.04, 0.16, 0.64]
SMALL_RATES = [1e-8, 1e-6, 1e-4]  # in addition, where the start explodes
ADAM_RATES = [3e-4, 1e-3, 3e-3, 1e-2]
# Rows that learn and chose an end of the grid: the next rate outside it, tried afterwards.
OUTSIDE = {"relu, layer norm": 0.0025, "relu, residual": 0.0025, "tanh, adam": 1e-4,
           "sigmoid, pre-norm residual": 2.56, "tanh, pre-norm residual": 2.56,
           "relu, pre-norm residual": 2.56, "explode, pre-norm residual": 2.56,
           "explode, batch norm": 2.56, "sigmoid, centered": 2.56}
# name: (activation, variant, optimizer, variance of the weights times 64 or None for nn.Linear's)
RUNS = {f"{name}, {variant}": (name, variant, "sgd", None)
        for name in ACTIVATIONS for variant in VARIANTS}
RUNS |= {f"{name}, adam": (name, "plain", "adam", None) for name in ACTIVATIONS}
RUNS["relu, clip"] = ("relu", "plain", "clip", None)
RUNS["sigmoid, centered"] = ("centered", "matched", "sgd", None)  # sigmoid - 1/2, same function
RUNS |= {f"explode, {what}": ("relu", variant, optimizer, 8.0) for what, variant, optimizer in (
    ("plain", "plain", "sgd"), ("clip", "plain", "clip"), ("adam", "plain", "adam"),
    ("batch norm", "batch norm", "sgd"), ("layer norm", "layer norm", "sgd"),
    ("residual", "residual", "sgd"), ("pre-norm residual", "pre-norm residual", "sgd"))}


def accuracy(params: dict, x: torch.Tensor, targets: torch.Tensor, name: str, variant: str,
             rows: slice) -> torch.Tensor:
    """Share of right answers of each network on some rows, (M,); NaN logits count as wrong."""
    with torch.no_grad():
        stats = forward(params, x[:, :TRAIN], name, variant)[2] if variant == "batch norm" else None
        logits = forward(params, x[:, rows], name, variant, stats)[0]
    right = (logits.argmax(2) == targets[:, rows]) & logits.isfinite().all(2)
    return right.double().mean(1)


def train(name: str, variant: str, optimizer: str, variance: float | None, seeds: int,
          epochs: int, depth: int = DEPTH, rates: list | None = None) -> dict:
    """Validation and test accuracy, (rates, seeds), after batches of 50 in float32."""
    if rates is None:
        rates = ADAM_RATES if optimizer == "adam" else SGD_RATES
        if variance and optimizer == "sgd" and "norm" not in variant:
            rates = SMALL_RATES + rates
    seed_list = list(range(seeds)) * len(rates)  # network m: rate m // seeds, seed m % seeds
    x, targets = (torch.stack(part) for part in zip(*map(digits, range(seeds)), strict=True))
    x, targets = x.float().repeat(len(rates), 1, 1), targets.repeat(len(rates), 1)
    params = {key: value.float().requires_grad_(True) for key, value in
              initialize(seed_list, name, variant, depth, variance).items()}
    lr = torch.tensor(rates).repeat_interleave(seeds)
    moments = {key: (torch.zeros_like(value), torch.zeros_like(value))
               for key, value in params.items()}
    rng, step = np.random.default_rng(0), 0
    for _ in range(epochs):
        for rows in rng.permutation(TRAIN).reshape(-1, 50):
            step += 1
            logits = forward(params, x[:, rows], name, variant)[0]
            loss = losses(logits, targets[:, rows]).sum()
            grads = torch.autograd.grad(loss, list(params.values()), allow_unused=True)
            with torch.no_grad():
                shape = [-1] + [1] * 3
                grads = [g if g is not None else torch.zeros_like(value)
                         for g, value in zip(grads, params.values(), strict=True)]
                scale = torch.ones(len(lr))
                if optimizer == "clip":  # each network by its own joint norm
                    norm = sum(g.double().flatten(1).pow(2).sum(1) for g in grads).sqrt()
                    scale = (1 / (norm + 1e-6)).clamp(max=1).float()
                for (key, value), g in zip(params.items(), grads, strict=True):
                    rate = (lr * scale).view(shape[: value.ndim])
                    if optimizer == "adam":
                        m, v = moments[key]
                        m.lerp_(g, 0.1)
                        v.lerp_(g * g, 0.001)
                        g = (m / (1 - 0.9**step)) / ((v / (1 - 0.999**step)).sqrt() + 1e-8)
                    value -= rate * g
    valid = accuracy(params, x, targets, name, variant, slice(TRAIN, TRAIN + VALID))
    test = accuracy(params, x, targets, name, variant, slice(TRAIN + VALID, None))
    return {"rates": rates, "valid": valid.view(len(rates), seeds).tolist(),
            "test": test.view(len(rates), seeds).tolist()}


def run(seeds: int = 3, epochs: int = 12, names: list | None = None, depth: int = DEPTH) -> dict:
    """By name of the run: rates, validation and test accuracy."""
    start = time.process_time()
    torch.set_num_threads(1)
    runs = {}
    for name in names or RUNS:
        runs[name] = train(*RUNS[name], seeds, epochs, depth)
        print(f"{name:28} lr {best(runs[name])[0]:<8g} test {best(runs[name])[1]:.3f}  "
              f"{time.process_time() - start:.0f} s", file=sys.stderr)
    outside = {name: train(*RUNS[name], seeds, epochs, depth, [rate])
               for name, rate in OUTSIDE.items() if name in runs}
    return {"seeds": seeds, "epochs": epochs, "depth": depth, "runs": runs, "outside": outside,
            "python": platform.python_version(), "numpy": np.__version__,
            "torch": torch.__version__, "cores": 1, "seconds": round(time.process_time() - start, 1)}


def best(one: dict) -> tuple[float, float, float, float]:
    """Rate with the best mean validation accuracy; its test accuracy: mean, lowest, highest."""
    chosen = int(np.argmax(np.mean(one["valid"], axis=1)))
    test = one["test"][chosen]
    return one["rates"][chosen], float(np.mean(test)), min(test), max(test)


if __name__ == "__main__":
    torch.set_flush_denormal(True)  # vanished numbers would be slow as well as useless
    result = run()
    for one in [*result["runs"].values(), *result["outside"].values()]:
        for what in ("valid", "test"):
            one[what] = [[round(value, 4) for value in row] for row in one[what]]
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(result["seconds"], "seconds")
