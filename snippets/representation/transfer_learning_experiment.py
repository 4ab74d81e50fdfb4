"""Transfer between two halves of the digit classes, by frozen layers and by number of labels.

The 8 x 8 digits come with scikit-learn. A split draws five source and five target classes. On the
"moved" canvases of 14 x 14 pixels a digit stands anywhere and noise covers everything; "clean"
digits stand in the middle without noise. A network of four layers and a head learns the source,
with a new place and new noise in every batch; the target then has a few fixed canvases per class.

The first version used clean digits only; what came out is kept as the "clean" runs. Size and noise
of the moved canvases and the learning rate were then chosen on split 100, which is not reported.
"""

import copy
import json
import platform
import time
from pathlib import Path

import numpy as np
import sklearn
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

LABELS = (2, 5, 20, 100)  # labeled images per target class
FROZEN = (0, 1, 2, 3, 4)
SEEDS = range(6)
STEPS, BATCH, LR = 200, 32, 3e-3
SOURCE_STEPS, SIDE, NOISE = 600, 14, 0.1


def halves(seed: int) -> tuple[tuple, tuple, tuple]:
    """Source, target training and target test set as (images, labels 0 to 4)."""
    data = load_digits()
    rng = np.random.default_rng(seed)
    classes = rng.permutation(10)
    images = torch.tensor(data.images / 16, dtype=torch.float32)[:, None]
    parts = []
    for half in (classes[:5], classes[5:]):
        rows = rng.permutation(np.flatnonzero(np.isin(data.target, half)))
        labels = torch.tensor([list(half).index(digit) for digit in data.target[rows]])
        parts.append((images[rows], labels))
    (x, y), cut = parts[1], 600  # of about 900 target images
    return parts[0], (x[:cut], y[:cut]), (x[cut:], y[cut:])


def canvases(images: torch.Tensor, moved: bool, generator: torch.Generator) -> torch.Tensor:
    """Images (N, 1, 8, 8) on canvases (N, 1, 14, 14): anywhere with noise, or in the middle."""
    x = torch.zeros(len(images), 1, SIDE, SIDE)
    if not moved:
        x[:, :, 3:11, 3:11] = images
        return x
    corners = torch.randint(0, SIDE - 7, (len(images), 2), generator=generator)
    for one, image, (row, column) in zip(x, images, corners.tolist(), strict=True):
        one[:, row : row + 8, column : column + 8] = image
    return x + NOISE * torch.randn(x.shape, generator=generator)


# --8<-- [start:network]
def network(generator: torch.Generator) -> nn.Sequential:
    """Four layers with weights and a head for five classes, He's initialization."""
    model = nn.Sequential(
        nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU()),
        nn.Sequential(nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU()),
        nn.Sequential(nn.Conv2d(32, 32, 3, padding=1), nn.ReLU()),
        nn.Sequential(nn.Flatten(), nn.Linear(32 * 7 * 7, 64), nn.ReLU()),
        nn.Linear(64, 5),
    )
    for layer in model.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu",
                                    generator=generator)
            nn.init.zeros_(layer.bias)
    return model
# --8<-- [end:network]


def fit(model: nn.Sequential, batches, frozen: int, lr: float) -> nn.Sequential:
    """Adam on all but the first ``frozen`` layers."""
    top = model[frozen:]
    optimizer = torch.optim.Adam(top.parameters(), lr=lr, fused=True)
    for features, y in batches:
        optimizer.zero_grad()
        F.cross_entropy(top(features), y).backward()
        optimizer.step()
    return model


@torch.no_grad()
def accuracy(model: nn.Module, x, y) -> float:
    return round(100 * (model(x).argmax(1) == y).double().mean().item(), 2)


def few(y: torch.Tensor, count: int) -> torch.Tensor:
    """Rows of the first ``count`` images of each class."""
    return torch.cat([torch.nonzero(y == label)[:count, 0] for label in range(5)])


def pretrained(seed: int, moved: bool, steps: int = SOURCE_STEPS) -> nn.Sequential:
    generator = torch.Generator().manual_seed(seed)
    (images, y), _, _ = halves(seed)
    model = network(generator)

    def batches():
        for _ in range(steps):
            rows = torch.randint(len(images), (2 * BATCH,), generator=generator)
            yield canvases(images[rows], moved, generator), y[rows]

    return fit(model, batches(), 0, 1e-3)


def adapt(base: nn.Sequential, seed: int, start: str, frozen: int, labels: int,
          moved: bool = True, lr: float = LR, steps: int = STEPS,
          augment: bool = False) -> float:
    """Test accuracy in percent on the target classes.

    ``start`` is "source" (the trained layers) or "random" (fresh ones). Head, canvases and
    batches are the same for both. ``augment`` gives every batch new places and new noise, as the
    source had.
    """
    _, (images, y), (test_images, test_y) = halves(seed)
    generator = torch.Generator().manual_seed(1000 + seed)
    fresh = network(generator)
    model = copy.deepcopy(base) if start == "source" else fresh
    model[-1] = fresh[-1]  # the old head knows other classes
    test_x = canvases(test_images, moved, generator)
    rows = few(y, labels)
    digits, y = images[rows], y[rows]
    x = canvases(digits, moved, generator)
    with torch.no_grad():
        features = model[:frozen](x)  # frozen layers need one forward pass in all

    def batches():
        for _ in range(steps):
            rows = torch.randperm(len(y), generator=generator)[:BATCH]
            inputs = features[rows]
            if augment:
                with torch.no_grad():
                    inputs = model[:frozen](canvases(digits[rows], moved, generator))
            yield inputs, y[rows]

    return accuracy(fit(model, batches(), frozen, lr), test_x, test_y)


def fairness(base: nn.Sequential, seed: int) -> dict[str, float]:
    """Is the comparison fair? Accuracy at 100 labels with more steps, and with augmentation."""
    cases = (("from scratch", "random", 0), ("nothing frozen", "source", 0), ("head only", "source", 4))
    fair = {f"{name}, augmented, {labels} labels": adapt(base, seed, start, k, labels, augment=True)
            for name, start, k in cases for labels in (5, 20, 100)}
    return fair | {
        "head only, 2000 steps": adapt(base, seed, "source", 4, 100, steps=2000),
        "nothing frozen, 1000 steps": adapt(base, seed, "source", 0, 100, steps=1000),
        "from scratch, 1000 steps": adapt(base, seed, "random", 0, 100, steps=1000),
    }


def run(seeds=SEEDS) -> dict:
    torch.set_num_threads(1)
    start = time.process_time()
    runs, more = {}, {}
    for seed in seeds:
        jobs = {True: [(begin, frozen, labels) for begin in ("source", "random")
                       for frozen in FROZEN for labels in LABELS],
                False: [(begin, 0, labels) for begin in ("source", "random") for labels in (5, 100)]}
        for moved, cases in jobs.items():
            base = pretrained(seed, moved)
            for begin, frozen, labels in cases:
                name = f"{'moved' if moved else 'clean'} {begin} {frozen} {labels}"
                value = adapt(base, seed, begin, frozen, labels, moved)
                runs.setdefault(name, []).append(value)
            if moved:
                for name, value in fairness(base, seed).items():
                    more.setdefault(name, []).append(value)
    return {"runs": runs, "fairness": more, "seeds": list(seeds), "short": short(),
            "python": platform.python_version(), "torch": torch.__version__,
            "scikit_learn": sklearn.__version__, "cores": 1,
            "cpu_seconds": round(time.process_time() - start)}


def short() -> list[float]:
    """A small part that a test repeats: logits after brief training, and one adapted head."""
    base = pretrained(0, True, steps=15)
    (images, _), _, _ = halves(0)
    x = canvases(images[:1], True, torch.Generator().manual_seed(7))
    with torch.no_grad():
        logits = base(x)[0]
    return [*(round(value, 4) for value in logits.tolist()), adapt(base, 0, "source", 4, 5)]


if __name__ == "__main__":
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n",
                                                   encoding="utf-8")
    for name, values in result["runs"].items():
        print(f"{name:30} {np.mean(values):6.2f} ± {np.std(values, ddof=1):.2f}")
    print(result["cpu_seconds"], "seconds")
