"""Plain against residual networks at growing depth: the error on the training set.

The networks of He et al., https://arxiv.org/abs/1512.03385, section 4.2, made small: three
stages of 3x3 convolutions with 8, 16 and 32 channels on scikit-learn's 8x8 digits. Shortcuts
are parameter-free (option A), so a plain and a residual network of one depth have the same
weights, the same initial values and the same batches. Only the addition differs.
"""

import json
import os
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import sklearn
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional as F

DEPTHS, SEEDS, EPOCHS = (8, 20, 32, 44), (0, 1, 2), 30
WIDTHS, BATCH, LR, MOMENTUM, DECAY = (8, 16, 32), 128, 0.1, 0.9, 1e-4
TRAIN = 1347  # of 1,797 images; the other 450 are the test set


class Block(nn.Module):
    """Two 3x3 convolutions, with or without the addition."""

    def __init__(self, in_channels: int, channels: int, stride: int, residual: bool):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.residual, self.stride, self.new_channels = residual, stride, channels - in_channels

    # --8<-- [start:forward]
    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, channels, H / stride, W / stride)."""
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        if self.residual:  # the only difference: option A, new channels are zeros
            x = x[:, :, :: self.stride, :: self.stride]
            y = y + F.pad(x, (0, 0, 0, 0, 0, self.new_channels))
        return torch.relu(y)
    # --8<-- [end:forward]


def network(depth: int, residual: bool, generator: torch.Generator) -> nn.Sequential:
    """A convolution, 6n layers in three stages, one linear layer: ``depth`` is 6n + 2."""
    if depth < 8 or depth % 6 != 2:
        raise ValueError(f"depth must be 6n + 2 with n >= 1, got {depth}")
    layers = [nn.Conv2d(1, WIDTHS[0], 3, padding=1, bias=False), nn.BatchNorm2d(WIDTHS[0]),
              nn.ReLU()]
    channels = WIDTHS[0]
    for width in WIDTHS:
        for _ in range((depth - 2) // 6):
            layers.append(Block(channels, width, 1 if width == channels else 2, residual))
            channels = width
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)]
    model = nn.Sequential(*layers)
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu",
                                    generator=generator)
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.01, generator=generator)
            nn.init.zeros_(module.bias)
    return model


def digits(seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Training images and labels, test images and labels, split by ``seed``."""
    images, labels = load_digits(return_X_y=True)
    images = torch.tensor(images, dtype=torch.float32).view(-1, 1, 8, 8) / 8 - 1  # [-1, 1]
    labels = torch.tensor(labels, dtype=torch.int64)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    train, test = order[:TRAIN], order[TRAIN:]
    return images[train], labels[train], images[test], labels[test]


@torch.no_grad()
def error(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Share of wrong answers in percent, with the running batch-norm statistics."""
    model.eval()
    wrong = (model(images).argmax(dim=1) != labels).float().mean().item()
    model.train()
    return round(100 * wrong, 3)


def rate(step: int, steps: int, lr: float) -> float:
    """The learning rate of a step: a tenth in the last third of the run."""
    return lr if step < 2 * steps / 3 else lr / 10


def train(depth: int, residual: bool, seed: int, epochs: int, lr: float = LR) -> dict:
    """Train one network by SGD; the rate falls by 10 after 2/3 of the epochs."""
    images, labels, test_images, test_labels = digits(seed)
    generator = torch.Generator().manual_seed(seed)
    model = network(depth, residual, generator)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=MOMENTUM, weight_decay=DECAY)
    steps = epochs * (len(images) // BATCH)
    curve, first_gradient, step = [], None, 0
    for _ in range(epochs):
        losses = []
        for batch in torch.randperm(len(images), generator=generator).split(BATCH):
            if len(batch) < BATCH:
                continue  # batch-norm statistics of a small rest would be noisy
            optimizer.param_groups[0]["lr"] = rate(step, steps, lr)
            loss = F.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            if first_gradient is None:  # of the first convolution, before the first step
                first_gradient = model[0].weight.grad.norm().item()
            optimizer.step()
            losses.append(loss.item())
            step += 1
        curve.append(round(sum(losses) / len(losses), 5))
    return {"depth": depth, "residual": residual, "seed": seed, "epochs": epochs, "lr": lr,
            "loss": curve,
            "first_gradient": round(first_gradient, 5),
            "train_error": error(model, images, labels),
            "test_error": error(model, test_images, test_labels)}


def run(depths=DEPTHS, seeds=SEEDS, epochs: int = EPOCHS, checks: bool = True,
        processes: int = 1) -> dict:
    """Every depth and seed, plain and residual.

    The checks ask of the deepest network whether a smaller rate or three times the epochs
    would have saved the plain one.
    """
    start = time.perf_counter()
    jobs = [(depth, residual, seed, epochs, LR)
            for depth in depths for residual in (False, True) for seed in seeds]
    if checks:
        jobs += [(max(depths), residual, seed, epochs, LR / 5)
                 for residual in (False, True) for seed in seeds]
        jobs += [(max(depths), False, seed, 3 * epochs, LR) for seed in seeds]
    if processes == 1:
        runs = [train(*job) for job in jobs]
    else:  # one thread each: the sums, and so the numbers, are the same as in one process
        with ProcessPoolExecutor(processes, initializer=torch.set_num_threads,
                                 initargs=(1,)) as pool:
            runs = list(pool.map(train, *zip(*jobs, strict=True)))
    return {
        "runs": runs, "python": platform.python_version(), "torch": torch.__version__,
        "scikit_learn": sklearn.__version__, "cores": os.cpu_count(),
        "processes": processes, "seconds": round(time.perf_counter() - start),
    }


def group(result: dict, depth: int, residual: bool, epochs: int = EPOCHS, lr: float = LR) -> list:
    """The runs of one network, one per seed."""
    wanted = (depth, residual, epochs, lr)
    return [r for r in result["runs"]
            if (r["depth"], r["residual"], r["epochs"], r["lr"]) == wanted]


def table(result: dict) -> str:
    """Mean and range over the seeds, one line per network."""
    keys = {(r["depth"], r["epochs"], r["lr"], r["residual"]): None for r in result["runs"]}
    lines = []
    for depth, epochs, lr, residual in keys:
        runs = group(result, depth, residual, epochs, lr)
        line = f"{'residual' if residual else 'plain':8} {depth:2} epochs {epochs} lr {lr}"
        for key in ("train_error", "test_error", "first_gradient"):
            values = [r[key] for r in runs]
            line += f"  {key} {sum(values) / len(values):.2f}"
            line += f" ({min(values):.2f} to {max(values):.2f})"
        lines.append(line)
    return "\n".join(lines)


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = run(processes=2)
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(table(result))
    print(f"{result['seconds']} s", file=sys.stderr)
