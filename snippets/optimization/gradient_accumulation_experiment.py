"""How far the accumulated gradient is from the big batch's, with and without normalization.

One batch of 64 digits, a 64-32-10 ReLU network in float64, gradients at the start, 20 seeds.
About three seconds on one core.
"""

import json
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional

BATCH, SEEDS = 64, 20
MICRO = [2, 4, 8, 16, 32, 64]
KINDS = {"none": nn.Identity, "layer norm": nn.LayerNorm, "batch norm": nn.BatchNorm1d}


def gradient(model, x, y, micro):
    """The accumulated gradient of the mean loss, as one vector."""
    model.zero_grad()
    for rows in torch.arange(len(x)).split(micro):
        (functional.cross_entropy(model(x[rows]), y[rows], reduction="sum") / len(x)).backward()
    return torch.cat([p.grad.flatten() for p in model.parameters()])


def run() -> dict:
    """Mean relative distance and cosine to the gradient of all 64, by kind and micro-batch."""
    digits = load_digits()
    inputs = torch.tensor(digits.data / 16)
    labels = torch.tensor(digits.target)
    result = {kind: {"error": [0.0] * len(MICRO), "cosine": [0.0] * len(MICRO)} for kind in KINDS}
    for seed in range(SEEDS):
        generator = torch.Generator().manual_seed(seed)
        rows = torch.randperm(len(inputs), generator=generator)[:BATCH]
        weights = [torch.randn(shape, generator=generator, dtype=torch.float64) * (2 / shape[1]) ** 0.5
                   for shape in ((32, 64), (10, 32))]
        for kind, norm in KINDS.items():
            model = nn.Sequential(nn.Linear(64, 32, bias=False), norm(32), nn.ReLU(),
                                  nn.Linear(32, 10, bias=False)).double()
            with torch.no_grad():
                model[0].weight.copy_(weights[0])
                model[3].weight.copy_(weights[1])
            full = gradient(model, inputs[rows], labels[rows], BATCH)
            for i, micro in enumerate(MICRO):
                grad = gradient(model, inputs[rows], labels[rows], micro)
                result[kind]["error"][i] += float((grad - full).norm() / full.norm()) / SEEDS
                result[kind]["cosine"][i] += float(grad @ full / grad.norm() / full.norm()) / SEEDS
    return {"micro": MICRO, "batch": BATCH, "seeds": SEEDS, "kinds": result}


if __name__ == "__main__":
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(run(), indent=1) + "\n", encoding="utf-8")
