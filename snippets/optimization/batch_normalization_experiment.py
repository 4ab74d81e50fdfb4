"""Digits with and without batch normalization, over learning rates and group sizes.

scikit-learn's 8x8 digits: 1,000 images train, 797 test, split anew for each of 5 seeds. Six
hidden layers of 64 ReLU units, He initialization, batches of 50, 20 epochs of SGD without
momentum or weight decay, fixed before the first run. Three networks: without normalization, with
batch normalization before each ReLU, and with it and then a random scale in 1 to 1.25 and shift in
-0.5 to 0.5 per unit, drawn anew at every step (after Santurkar and others, 2018, who disturb
every activation). Second question: learning rate 0.1, statistics from groups of 2 to 50 of the
same batches of 50. Writes batch_normalization_experiment.json.
"""

import json
import math
import platform
import sys
import time
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]
KINDS = ["none", "batch norm", "batch norm and noise"]
GROUPS = [2, 5, 10, 25, 50]


class Norm(nn.Module):
    """Batch normalization over groups of consecutive examples, then optional noise."""

    def __init__(self, width: int, group: int, noise: bool, generator: torch.Generator):
        super().__init__()
        self.norm = nn.BatchNorm1d(width)
        self.group, self.noise, self.generator = group, noise, generator

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return self.norm(x)
        x = torch.cat([self.norm(part) for part in x.split(self.group)])
        if self.noise:
            scale, shift = torch.rand(2, x.shape[1], generator=self.generator)
            x = x * (1 + 0.25 * scale) + shift - 0.5
        return x


def network(kind: str, group: int, generator: torch.Generator, depth: int = 6) -> nn.Sequential:
    layers: list[nn.Module] = []
    for _ in range(depth):
        linear = nn.Linear(64, 64)
        nn.init.kaiming_normal_(linear.weight, nonlinearity="relu", generator=generator)
        nn.init.zeros_(linear.bias)
        layers.append(linear)
        if kind != "none":
            layers.append(Norm(64, group, kind.endswith("noise"), generator))
        layers.append(nn.ReLU())
    last = nn.Linear(64, 10)
    nn.init.xavier_normal_(last.weight, generator=generator)
    nn.init.zeros_(last.bias)
    return nn.Sequential(*layers, last)


def one_run(kind: str, lr: float, seed: int, epochs: int, group: int = 50) -> dict:
    """Training loss in evaluation mode after each epoch, and at the end test accuracy."""
    generator = torch.Generator().manual_seed(seed)
    digits = load_digits()
    order = torch.randperm(len(digits.data), generator=generator)
    x = torch.tensor(digits.data, dtype=torch.float32)[order] / 16
    x = x - x[:1000].mean()
    y = torch.tensor(digits.target)[order]
    model = network(kind, group, generator)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        model.train()
        batch_losses = []
        for rows in torch.randperm(1000, generator=generator).split(50):
            loss = F.cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            batch_losses.append(loss.item())
        model.eval()
        with torch.no_grad():
            losses.append(F.cross_entropy(model(x[:1000]), y[:1000]).item())
        if not math.isfinite(losses[-1]):
            break  # diverged: the rest would be NaN
    with torch.no_grad():
        right = (model(x[1000:]).argmax(dim=1) == y[1000:]).double().mean().item()
    finite = math.isfinite(losses[-1])
    return {"losses": [value if math.isfinite(value) else None for value in losses],
            "train_mode_loss": sum(batch_losses) / len(batch_losses) if finite else None,
            "accuracy": right if finite else None}


def run(seeds: int = 5, epochs: int = 20, rates: list[float] | None = None,
        groups: list[int] | None = None) -> dict:
    """All networks at all rates, and all group sizes, for all seeds."""
    start, busy = time.time(), time.process_time()
    torch.set_num_threads(1)
    sweep = {kind: {str(lr): [one_run(kind, lr, seed, epochs) for seed in range(seeds)]
                    for lr in (RATES if rates is None else rates)} for kind in KINDS}
    grouped = {str(group): [one_run("batch norm", 0.1, seed, epochs, group)
                            for seed in range(seeds)]
               for group in (GROUPS if groups is None else groups)}
    return {"seeds": list(range(seeds)), "epochs": epochs, "sweep": sweep, "groups": grouped,
            "python": platform.python_version(), "torch": torch.__version__, "cores": 1,
            "platform": sys.platform, "seconds": round(time.time() - start, 1),
            "processor_seconds": round(time.process_time() - busy, 1)}


def summary(runs: list[dict]) -> str:
    ends = [r["losses"][-1] for r in runs]
    lost = sum(end is None for end in ends)
    ends = [end for end in ends if end is not None]
    scores = [100 * r["accuracy"] for r in runs if r["accuracy"] is not None]
    return (f"diverged {lost}, train loss {[float(f'{end:.2g}') for end in ends]}, "
            f"test accuracy {[round(score, 1) for score in scores]}")


if __name__ == "__main__":
    result = run()
    for kind, rates in result["sweep"].items():
        for lr, runs in rates.items():
            print(f"{kind}, lr {lr}: {summary(runs)}")
    for group, runs in result["groups"].items():
        print(f"group {group}: {summary(runs)}, in training mode",
              [round(r["train_mode_loss"], 3) for r in runs])
    out = Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(result["seconds"], "seconds,", result["processor_seconds"], "of them on the processor")
