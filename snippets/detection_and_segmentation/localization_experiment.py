"""One trunk, nine ways on: by how many pixels do they miss a plus sign?

Each image of 32x32 holds noise, one plus and one disc of the same brightness; the answer is the
plus's center. In training it lies anywhere but in the lower right quadrant; the test asks inside
and outside of what was seen. Trunk, images, batches and steps are the same for all heads. CAM is
trained with the image's label alone: is there a plus or not?

CoordConv: https://arxiv.org/abs/1807.03247, CAM: https://arxiv.org/abs/1512.04150,
soft-argmax: https://arxiv.org/abs/1504.00702, feature pyramid: https://arxiv.org/abs/1612.03144.
"""

import json
import platform
import sys
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZE, STRIDE, CHANNELS = 32, 4, 16
LOW, HIGH, MIDDLE = 4.0, 27.0, 15.5  # centers, in pixels: the middle of pixel 0 is 0
STEPS, BATCH, LR, TEST = 400, 32, 3e-3, 1000
SEEDS = (0, 1, 2)
HEADS = ("wrapped", "pooled", "dense", "coordinates_first", "coordinates", "cam", "soft_argmax",
         "cell", "pyramid")


def draw(shape: str, centers: Tensor) -> Tensor:
    """Plus signs or discs around (N, 2) centers (x, y) -> (N, SIZE, SIZE), edges one pixel soft."""
    axis = torch.arange(SIZE, dtype=torch.float32)
    dx = (axis[None, None, :] - centers[:, 0, None, None]).abs()
    dy = (axis[None, :, None] - centers[:, 1, None, None]).abs()
    if shape == "disc":
        return (2.4 - (dx**2 + dy**2).sqrt()).clamp(0, 1)
    across, along = (3.5 - dx).clamp(0, 1), (3.5 - dy).clamp(0, 1)
    return torch.maximum(across * (1.1 - dy).clamp(0, 1), along * (1.1 - dx).clamp(0, 1))


def uniform(count: int, seen: bool, generator: torch.Generator) -> Tensor:
    """Centers (N, 2): with ``seen`` outside of the lower right quadrant, else inside it."""
    centers = LOW + (HIGH - LOW) * torch.rand(4 * count + 200, 2, generator=generator)
    if not seen:
        return MIDDLE + (centers[:count] - LOW) / 2
    return centers[(centers <= MIDDLE).any(dim=1)][:count]


def images(count: int, seen: bool, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Images (N, 1, SIZE, SIZE) and the centers (N, 2) of their plus signs in pixels."""
    centers = uniform(count, seen, generator)
    where = LOW + (HIGH - LOW) * torch.rand(count, 2, generator=generator)
    # a disc that would cover the plus moves to the opposite side of the image
    near = (where - centers).norm(dim=1, keepdim=True) < 8
    where = torch.where(near, LOW + (where - LOW + 11.5) % 23, where)
    noise = 0.2 * torch.randn(count, SIZE, SIZE, generator=generator)
    picture = torch.maximum(draw("plus", centers), draw("disc", where)) + noise
    return picture[:, None], centers


def without_plus(count: int, generator: torch.Generator) -> Tensor:
    """Images (N, 1, SIZE, SIZE) with two discs and no plus."""
    pair = LOW + (HIGH - LOW) * torch.rand(2, count, 2, generator=generator)
    noise = 0.2 * torch.randn(count, SIZE, SIZE, generator=generator)
    return (torch.maximum(draw("disc", pair[0]), draw("disc", pair[1])) + noise)[:, None]


def cell_centers(cells: int, stride: int) -> Tensor:
    """The pixel coordinates (cells * cells, 2), x first, of the middle of each cell."""
    axis = (torch.arange(cells) + 0.5) * stride - 0.5
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    return torch.stack([x.flatten(), y.flatten()], dim=1)


# --8<-- [start:coordinates]
def with_coordinates(x: Tensor) -> Tensor:
    """CoordConv: two more channels, the column and the row, from -1 to 1."""
    N, _, H, W = x.shape
    column = torch.linspace(-1, 1, W).expand(N, 1, H, W)
    row = torch.linspace(-1, 1, H)[:, None].expand(N, 1, H, W)
    # (N, C, H, W) -> (N, C + 2, H, W)
    return torch.cat([x, column, row], dim=1)
# --8<-- [end:coordinates]


class Trunk(nn.Module):
    """Three 3x3 convolutions and two max poolings: (N, 1, 32, 32) -> (N, 16, 8, 8)."""

    def __init__(self, padding_mode: str = "zeros", join: int | None = None):
        super().__init__()
        widths = (1, CHANNELS // 2, CHANNELS, CHANNELS)
        extra = [2 if level == join else 0 for level in range(3)]
        self.convs = nn.ModuleList(
            nn.Conv2d(a + more, b, 3, padding=1, padding_mode=padding_mode)
            for a, b, more in zip(widths[:-1], widths[1:], extra, strict=True)
        )
        self.join = join  # before which convolution the coordinates join

    def forward(self, x: Tensor) -> list[Tensor]:
        """The maps at stride 1, 2 and 4."""
        maps = []
        for level, conv in enumerate(self.convs):
            x = F.max_pool2d(x, 2) if level else x
            if level == self.join:
                x = with_coordinates(x)
            x = torch.relu(conv(x))
            maps.append(x)
        return maps


# --8<-- [start:heads]
class PoolHead(nn.Module):
    """Reduce all positions to one, as a classifier does, then regress."""

    def __init__(self, padding_mode: str = "zeros", join: int | None = None):
        super().__init__()
        self.trunk = Trunk(padding_mode, join)
        self.regress = nn.Sequential(
            nn.Linear(CHANNELS, 32), nn.ReLU(), nn.Linear(32, 2)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, 1, 32, 32) -> centers (N, 2) in pixels."""
        pooled = self.trunk(x)[-1].amax(dim=(2, 3))  # (N, 16): the place is gone
        return MIDDLE + 8 * self.regress(pooled)


class DenseHead(nn.Module):
    """One weight per position and channel: it can know where, cell by cell."""

    def __init__(self):
        super().__init__()
        self.trunk = Trunk()
        self.regress = nn.Sequential(
            nn.Flatten(), nn.Linear(CHANNELS * 64, 16), nn.ReLU(), nn.Linear(16, 2)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, 1, 32, 32) -> centers (N, 2) in pixels."""
        return MIDDLE + 8 * self.regress(self.trunk(x)[-1])


class MapHead(nn.Module):
    """Fully convolutional: a score per cell, read as a distribution over places."""

    def __init__(self, pyramid: bool = False):
        super().__init__()
        self.trunk, self.score = Trunk(), nn.Conv2d(CHANNELS, 1, 1)
        self.lateral = nn.Conv2d(CHANNELS // 2, CHANNELS, 1) if pyramid else None
        self.stride = 1 if pyramid else STRIDE

    def forward(self, x: Tensor) -> Tensor:
        """(N, 1, 32, 32) -> scores (N, cells * cells)."""
        fine, _, deep = self.trunk(x)
        if self.lateral is not None:  # knows what (deep) and where (fine)
            deep = F.interpolate(deep, scale_factor=4, mode="nearest")
            deep = torch.relu(deep + self.lateral(fine))
        return self.score(deep).flatten(1)

    def expected(self, x: Tensor) -> Tensor:
        """Soft-argmax: the mean place under the scores' softmax, (N, 2)."""
        scores = self.forward(x)
        places = cell_centers(SIZE // self.stride, self.stride)
        return scores.softmax(dim=1) @ places

    def best(self, x: Tensor) -> Tensor:
        """Argmax: the middle of the best cell, (N, 2)."""
        places = cell_centers(SIZE // self.stride, self.stride)
        return places[self.forward(x).argmax(dim=1)]
# --8<-- [end:heads]


class CamHead(nn.Module):
    """A classifier with global average pooling; its last layer also weighs the map."""

    def __init__(self):
        super().__init__()
        self.trunk, self.classify = Trunk(), nn.Linear(CHANNELS, 1)

    def forward(self, x: Tensor) -> Tensor:
        """The logit of "there is a plus", (N,)."""
        return self.classify(self.trunk(x)[-1].mean(dim=(2, 3)))[:, 0]

    def best(self, x: Tensor) -> Tensor:
        """The middle of the cell that raises the logit most, (N, 2)."""
        cam = torch.einsum("nchw,c->nhw", self.trunk(x)[-1], self.classify.weight[0])
        return cell_centers(SIZE // STRIDE, STRIDE)[cam.flatten(1).argmax(dim=1)]


def network(head: str) -> nn.Module:
    """The network by the name in HEADS."""
    return {
        "pooled": PoolHead, "wrapped": lambda: PoolHead("circular"), "dense": DenseHead,
        "coordinates": lambda: PoolHead(join=2),
        "coordinates_first": lambda: PoolHead(join=0), "cam": CamHead,
        "soft_argmax": MapHead, "cell": MapHead, "pyramid": lambda: MapHead(pyramid=True),
    }[head]()


def loss(model: nn.Module, head: str, x: Tensor, centers: Tensor,
         generator: torch.Generator) -> Tensor:
    """Smooth L1 on the center, cross-entropy on the cell, or on the label for CAM."""
    if head == "cam":  # half of its batch shows no plus
        half = len(x) // 2
        logits = model(torch.cat([x[:half], without_plus(half, generator)]))
        label = torch.cat([torch.ones(half), torch.zeros(half)])
        return F.binary_cross_entropy_with_logits(logits, label)
    if head in ("cell", "pyramid"):
        column, row = ((centers + 0.5) / model.stride).long().unbind(dim=1)
        return F.cross_entropy(model(x), row * (SIZE // model.stride) + column)
    predicted = model.expected(x) if head == "soft_argmax" else model(x)
    return F.smooth_l1_loss(predicted, centers)


@torch.no_grad()
def miss(model: nn.Module, head: str, x: Tensor, centers: Tensor) -> float:
    """Mean distance in pixels between the answer and the center."""
    if head == "soft_argmax":
        answer = model.expected(x)
    else:
        answer = model.best(x) if head in ("cam", "cell", "pyramid") else model(x)
    return round((answer - centers).norm(dim=1).mean().item(), 4)


def train(head: str, seed: int, steps: int = STEPS) -> dict:
    """Train one network on fresh images in every step and measure it in both regions."""
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = network(head)
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        x, centers = images(BATCH, True, generator)
        value = loss(model, head, x, centers, generator)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        schedule.step()
    held_out = torch.Generator().manual_seed(1000 + seed)
    return {
        "head": head, "seed": seed, "steps": steps,
        "parameters": sum(p.numel() for p in model.parameters()),
        "seen": miss(model, head, *images(TEST, True, held_out)),
        "unseen": miss(model, head, *images(TEST, False, held_out)),
    }


def floors(generator: torch.Generator, count: int = 200_000) -> dict:
    """Misses that need no training: always answer the mean; the best cell of 1 and 4 pixels."""
    centers = uniform(count, True, generator)
    found = {"mean": (centers - centers.mean(dim=0)).norm(dim=1).mean().item()}
    for stride in (1, 4):
        middle = ((centers + 0.5) / stride).floor() * stride + (stride - 1) / 2
        found[f"cell_{stride}"] = (centers - middle).norm(dim=1).mean().item()
    return {name: round(value, 4) for name, value in found.items()}


def run(heads=HEADS, seeds=SEEDS, steps: int = STEPS) -> dict:
    """Every head with every seed."""
    start = time.perf_counter()
    runs = []
    for head in heads:
        for seed in seeds:
            runs.append(train(head, seed, steps))
            print(runs[-1], round(time.perf_counter() - start), file=sys.stderr)
    return {
        "runs": runs, "floors": floors(torch.Generator().manual_seed(0)),
        "python": platform.python_version(), "torch": torch.__version__,
        "seconds": round(time.perf_counter() - start),
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
