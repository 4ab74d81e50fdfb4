"""Augmenting scikit-learn's 8 by 8 digits: what helps, what hurts, which digits pay.

A small convolutional network, a fixed number of steps, no selection: validation data is
not needed. Each seed draws its own training images (so many per digit) and 700 others
for testing. Writes data_augmentation_experiment.json.
"""

import json
import os
import platform
import time
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch.nn import functional

KINDS = ["none", "shift", "rotate 15", "shift, rotate 15", "mirror", "upside down", "half turn"]
ANGLES = [30, 45, 90, 180]
LONGER = ("none | 20", "rotate 180 | 20", "none | 100", "shift | 100", "shift, rotate 15 | 100",
          "half turn | 100")


def shift(x: torch.Tensor, dx: torch.Tensor, dy: torch.Tensor) -> torch.Tensor:
    """Each image of (N, 1, 8, 8) by whole pixels, filled with 0."""
    padded = functional.pad(x, (1, 1, 1, 1))
    rows = torch.arange(8)[None, :, None] + 1 - dy[:, None, None]
    columns = torch.arange(8)[None, None, :] + 1 - dx[:, None, None]
    return padded[torch.arange(len(x))[:, None, None], 0, rows, columns][:, None]


def rotate(x: torch.Tensor, degrees: torch.Tensor) -> torch.Tensor:
    """Each image of (N, 1, 8, 8) about its center, bilinear, filled with 0."""
    cos, sin = torch.cos(torch.deg2rad(degrees)), torch.sin(torch.deg2rad(degrees))
    zero = torch.zeros_like(cos)
    turn = torch.stack([torch.stack([cos, -sin, zero], 1), torch.stack([sin, cos, zero], 1)], 1)
    grid = functional.affine_grid(turn, list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, align_corners=False)


def augment(x: torch.Tensor, kind: str, generator: torch.Generator) -> torch.Tensor:
    """A new random version of each image."""
    n = len(x)
    for part in kind.split(", "):
        if part == "shift":  # by -1, 0 or 1 pixel, an eighth of the width
            d = torch.randint(-1, 2, (2, n), generator=generator)
            x = shift(x, d[0], d[1])
        elif part.startswith("rotate"):
            x = rotate(x, (2 * torch.rand(n, generator=generator) - 1) * float(part.split()[1]))
        elif part in ("mirror", "upside down", "half turn"):
            axes = {"mirror": (3,), "upside down": (2,), "half turn": (2, 3)}[part]
            chosen = torch.rand(n, generator=generator) < 0.5
            x = torch.where(chosen[:, None, None, None], x.flip(axes), x)
    return x


def network(generator: torch.Generator, channels: int) -> torch.nn.Module:
    net = torch.nn.Sequential(
        torch.nn.Conv2d(1, channels, 3, padding=1), torch.nn.ReLU(),
        torch.nn.Conv2d(channels, 2 * channels, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Flatten(), torch.nn.Linear(32 * channels, 10))
    for parameter in net.parameters():
        if parameter.dim() > 1:
            fan_in = parameter[0].numel()
            torch.nn.init.normal_(parameter, std=(2 / fan_in) ** 0.5, generator=generator)
        else:
            torch.nn.init.zeros_(parameter)
    return net


def train(x, y, kind: str, seed: int, steps: int, channels: int) -> torch.nn.Module:
    generator = torch.Generator().manual_seed(seed)
    net = network(generator, channels)
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        rows = torch.randint(len(x), (64,), generator=generator)
        loss = functional.cross_entropy(net(augment(x[rows], kind, generator)), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return net


def draw(seed: int, per_digit: int):
    """Training images and labels, then those for testing; the same test set for every size."""
    data = load_digits()
    order = np.random.default_rng(seed).permutation(len(data.target))
    test, rest = order[:700], order[700:]
    chosen = np.concatenate([rest[data.target[rest] == digit][:per_digit] for digit in range(10)])
    x = torch.tensor(data.images / 16, dtype=torch.float32)[:, None]
    y = torch.tensor(data.target)
    return x[chosen], y[chosen], x[test], y[test]


def one(kind: str, seed: int, per_digit: int, steps: int, channels: int = 16) -> dict:
    """Accuracy in percent, the 10 by 10 counts, and accuracy averaged over nine shifts."""
    x, y, test, labels = draw(seed, per_digit)
    net = train(x, y, kind, seed, steps, channels)
    with torch.no_grad():
        said = net(test).argmax(1)
        shifts = torch.cartesian_prod(torch.arange(-1, 2), torch.arange(-1, 2))
        probs = sum(net(shift(test, d[0].expand(700), d[1].expand(700))).softmax(1) for d in shifts)
    counts = np.zeros((10, 10), dtype=np.int64)
    np.add.at(counts, (labels.numpy(), said.numpy()), 1)
    return {"accuracy": 100 * float((said == labels).float().mean()), "counts": counts.tolist(),
            "nine shifts": 100 * float((probs.argmax(1) == labels).float().mean())}


def run(seeds: int = 5, sizes: tuple = (5, 20, 100), kinds: tuple = tuple(KINDS),
        angles: tuple = tuple(ANGLES), longer: tuple = LONGER, steps: int = 400) -> dict:
    """All kinds at all sizes, rotations of several strengths, and some with four times the batches."""
    torch.set_num_threads(1)
    start, cpu = time.time(), time.process_time()
    kind_runs = {f"{kind} | {size}": [one(kind, seed, size, steps) for seed in range(seeds)]
                 for size in sizes for kind in kinds}
    strength = {str(angle): [one(f"rotate {angle}", seed, 20, steps)["accuracy"] for seed in range(seeds)]
                for angle in angles}
    longer = {key: [one(key.split(" | ")[0], seed, int(key.split(" | ")[1]), 4 * steps)["accuracy"]
                    for seed in range(min(3, seeds))] for key in longer}
    return {"seeds": seeds, "sizes": list(sizes), "kinds": list(kinds), "steps": steps, "runs": kind_runs,
            "strength": strength, "longer": longer,
            "python": platform.python_version(), "numpy": np.__version__,
            "torch": torch.__version__, "cores": os.cpu_count(), "seconds": round(time.time() - start, 1),
            "cpu_seconds": round(time.process_time() - cpu, 1)}


if __name__ == "__main__":
    result = run()
    for key, values in result["runs"].items():
        scores = [value["accuracy"] for value in values]
        shifted = [value["nine shifts"] for value in values]
        counts = np.sum([value["counts"] for value in values], axis=0)
        print(f"{key:24} {np.mean(scores):.1f} ({np.std(scores):.1f}), nine shifts {np.mean(shifted):.1f},",
              "per digit", (100 * np.diag(counts) / counts.sum(axis=1)).round(0).astype(int),
              "6 as 9", round(100 * counts[6, 9] / counts[6].sum(), 1))
    print({angle: round(float(np.mean(values)), 1) for angle, values in result["strength"].items()})
    print({key: round(float(np.mean(values)), 1) for key, values in result["longer"].items()})
    print(result["cpu_seconds"], "seconds")
    out = Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(result) + "\n", encoding="utf-8")
