"""A small U-Net learns synthetic shapes, and so do four decoders that lack its skips.

Images of 32x32 with noise hold one disc and one thin line of random brightness;
every pixel is labeled. All networks see the same images, batches and steps; they differ in how
they return from the coarse map to the pixels. U-Net: https://arxiv.org/abs/1505.04597,
SegNet: https://arxiv.org/abs/1511.00561, DeepLabv3: https://arxiv.org/abs/1706.05587.
"""

import json
import platform
import sys
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZE, NUM_CLASSES = 32, 3
CLASSES = ("background", "disc", "line")
WIDTHS = (8, 16, 32)
STEPS, BATCH, LR, TEST, SEEDS = 250, 16, 5e-3, 300, (0, 1, 2)
SHORT = {"coarse": 6, "plain": 6, "unpool": 6, "dilated": 6, "skip": 30}  # a test repeats these
KINDS = ("coarse", "plain", "unpool", "dilated", "skip")
WEIGHTS = (1.0, 2.0, 4.0)  # of the classes in the loss: a line covers 3 percent of the pixels


def images(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Images (N, 1, 32, 32) and labels (N, 32, 32), int64; what is drawn later covers."""
    axis = torch.arange(SIZE, dtype=torch.float32)
    center = 4 + 24 * torch.rand(2, 2, count, 1, 1, generator=generator)
    radius = 3 + 4 * torch.rand(count, 1, 1, generator=generator)
    angle = torch.pi * torch.rand(count, 1, 1, generator=generator)
    dx, dy = axis[None, None, None, :] - center[:, 0], axis[None, None, :, None] - center[:, 1]
    across = dx[1] * angle.sin() - dy[1] * angle.cos()
    along = dx[1] * angle.cos() + dy[1] * angle.sin()
    inside = [dx[0] ** 2 + dy[0] ** 2 < radius**2, (across.abs() < 0.8) & (along.abs() < 9)]
    labels = torch.zeros(count, SIZE, SIZE, dtype=torch.int64)
    picture = torch.zeros(count, SIZE, SIZE)
    for number, mask in enumerate(inside, start=1):
        brightness = 0.7 + 0.6 * torch.rand(count, 1, 1, generator=generator)
        labels = torch.where(mask, number, labels)
        picture = torch.where(mask, brightness, picture)
    noise = 0.25 * torch.randn(count, SIZE, SIZE, generator=generator)
    return (picture + noise)[:, None], labels


# --8<-- [start:unet]
def block(in_channels: int, out_channels: int) -> nn.Sequential:
    """Two 3x3 convolutions that keep the size, each with batch norm and ReLU."""
    layers = []
    for channels in (in_channels, out_channels):
        layers += [
            nn.Conv2d(channels, out_channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels), nn.ReLU(),
        ]
    return nn.Sequential(*layers)


class EncoderDecoder(nn.Module):
    """``up`` is "skip" (U-Net), "unpool" (as in SegNet) or "plain" (neither)."""

    def __init__(self, up: str = "skip"):
        super().__init__()
        self.up, ways = up, 2 if up == "skip" else 1
        self.down = nn.ModuleList(
            block(a, b) for a, b in zip((1, *WIDTHS[:-1]), WIDTHS, strict=True)
        )
        self.bottom = block(WIDTHS[-1], WIDTHS[-1])
        self.rise = nn.ModuleList(  # from the deepest level to the first
            block(ways * b, a)
            for a, b in zip((WIDTHS[0], *WIDTHS[:-1]), WIDTHS, strict=True)
        )[::-1]
        self.score = nn.Conv2d(WIDTHS[0], NUM_CLASSES, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 1, H, W) -> logits (N, classes, H, W); H and W divisible by 8."""
        kept = []
        for level in self.down:
            x = level(x)
            features = x
            x, where = F.max_pool2d(x, 2, return_indices=True)
            kept.append((features, where))
        x = self.bottom(x)  # (N, 32, H / 8, W / 8)
        for level, (features, where) in zip(self.rise, kept[::-1], strict=True):
            if self.up == "unpool":
                x = F.max_unpool2d(x, where, 2)
            else:
                x = F.interpolate(x, scale_factor=2, mode="nearest")
            if self.up == "skip":  # what (from below) beside where (from the left)
                x = torch.cat([x, features], dim=1)
            x = level(x)
        return self.score(x)
# --8<-- [end:unet]


class Coarse(nn.Module):
    """Scores on the map of stride 8, enlarged by bilinear interpolation: no decoder at all."""

    def __init__(self):
        super().__init__()
        layers = []
        for a, b in zip((1, *WIDTHS[:-1]), WIDTHS, strict=True):
            layers += [block(a, b), nn.MaxPool2d(2)]
        self.body = nn.Sequential(*layers, block(WIDTHS[-1], WIDTHS[-1]))
        self.score = nn.Conv2d(WIDTHS[-1], NUM_CLASSES, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 1, H, W) -> logits (N, classes, H, W)."""
        logits = self.score(self.body(x))
        return F.interpolate(logits, x.shape[2:], mode="bilinear", align_corners=False)


# --8<-- [start:aspp]
class ASPP(nn.Module):
    """Parallel branches that look near, far and at the whole image, then a 1x1."""

    def __init__(self, in_channels: int, channels: int, rates: tuple[int, ...]):
        super().__init__()
        self.near = nn.Conv2d(in_channels, channels, 1)
        self.far = nn.ModuleList(
            # padding = dilation keeps the size of a 3x3
            nn.Conv2d(in_channels, channels, 3, padding=rate, dilation=rate)
            for rate in rates
        )
        self.image = nn.Conv2d(in_channels, channels, 1)
        self.mix = nn.Conv2d(channels * (len(rates) + 2), channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, channels, H, W)."""
        whole = self.image(x.mean(dim=(2, 3), keepdim=True))  # (N, channels, 1, 1)
        whole = whole.expand(-1, -1, *x.shape[2:])
        branches = [self.near(x), *(conv(x) for conv in self.far), whole]
        return torch.relu(self.mix(torch.relu(torch.cat(branches, dim=1))))
# --8<-- [end:aspp]


class Dilated(nn.Module):
    """One pooling instead of three, then an ASPP: the map stays at stride 2."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(block(1, WIDTHS[0]), nn.MaxPool2d(2), block(WIDTHS[0], 16),
                                  ASPP(16, 16, (2, 4, 6)))
        self.score = nn.Conv2d(16, NUM_CLASSES, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 1, H, W) -> logits (N, classes, H, W)."""
        logits = self.score(self.body(x))
        return F.interpolate(logits, x.shape[2:], mode="bilinear", align_corners=False)


def network(kind: str) -> nn.Module:
    """The network by its name in KINDS."""
    special = {"coarse": Coarse, "dilated": Dilated}
    return special[kind]() if kind in special else EncoderDecoder(kind)


@torch.no_grad()
def evaluate(model: nn.Module, x: Tensor, labels: Tensor) -> dict:
    """IoU of each class and accuracy over all pixels of all images, in percent."""
    model.eval()
    predicted = model(x).argmax(dim=1)
    pairs = torch.bincount(NUM_CLASSES * labels.flatten() + predicted.flatten(),
                           minlength=NUM_CLASSES**2).view(NUM_CLASSES, NUM_CLASSES)
    right = pairs.diagonal()
    iou = right / (pairs.sum(dim=0) + pairs.sum(dim=1) - right)
    model.train()
    return {"iou": [round(100 * value, 2) for value in iou.tolist()],
            "mean_iou": round(100 * iou.mean().item(), 2),
            "accuracy": round(100 * (right.sum() / pairs.sum()).item(), 2)}


# --8<-- [start:train]
def train(
    kind: str, seed: int, steps: int = STEPS, weights: tuple[float, ...] = WEIGHTS
) -> tuple[nn.Module, dict]:
    """Train on fresh images in every step; the test images are others."""
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)  # for the layers' initial weights
        model = network(kind)
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        x, labels = images(BATCH, generator)
        # one softmax per pixel, the weighted mean over all N * H * W of them
        loss = F.cross_entropy(model(x), labels, weight=torch.tensor(weights))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    held_out = torch.Generator().manual_seed(1000 + seed)
    found = evaluate(model, *images(TEST, held_out))
    # --8<-- [end:train]
    parameters = sum(p.numel() for p in model.parameters())
    return model, {"kind": kind, "seed": seed, "steps": steps, "weights": list(weights),
                   "loss": round(loss.item(), 4), "parameters": parameters, **found}


def run(kinds=KINDS, seeds=SEEDS, steps: int = STEPS, checks: bool = True) -> dict:
    """Every network with every seed; of the first seed also what it paints on one image.

    ``short`` holds one run of few steps of each network, which a test repeats.
    """
    start = time.perf_counter()
    runs, shown = [], {}
    example, labels = images(1, torch.Generator().manual_seed(7))
    jobs = [(kind, seed, WEIGHTS) for kind in kinds for seed in seeds]
    if checks:  # does the U-Net need the weights?
        jobs += [("skip", seed, (1.0, 1.0, 1.0)) for seed in seeds]
    for kind, seed, weights in jobs:
        model, found = train(kind, seed, steps, weights)
        runs.append(found)
        print(found, round(time.perf_counter() - start), file=sys.stderr)
        if seed == seeds[0] and weights == WEIGHTS:
            model.eval()
            with torch.no_grad():
                shown[kind] = model(example)[0].argmax(dim=0).tolist()
    short = [train(kind, seeds[0], SHORT[kind])[1] for kind in kinds]
    return {
        "runs": runs, "short": short, "shown": shown, "labels": labels[0].tolist(),
        "image": [[round(v, 3) for v in row] for row in example[0, 0].tolist()],
        "python": platform.python_version(), "torch": torch.__version__,
        "seconds": round(time.perf_counter() - start),
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
