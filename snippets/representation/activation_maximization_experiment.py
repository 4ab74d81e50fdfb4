"""Digits that maximize a class score, judged by networks that had no part in making them.

The 8 x 8 digits come with scikit-learn. Six networks differ only in their seed. Images are made for
the classes of the first three; a network that did not make an image is asked what it sees.
The strengths of the penalties were set once, before the first run.
"""

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

from snippets.representation.activation_maximization import maximize

MAKERS, NETWORKS = range(3), range(6)
EPOCHS, BATCH, LR, STEPS, STARTS = 12, 64, 2e-3, 200, 3
BOX = {"low": 0.0, "high": 1.0}
KINDS = {
    "box": BOX,
    "box, L2": BOX | {"decay": 1.0},
    "box, L2, smooth": BOX | {"decay": 1.0, "smoothness": 1.0},
    "box, L2, smooth, jitter": BOX | {"decay": 1.0, "smoothness": 1.0, "jitter": 1},
}


def digits() -> tuple[tuple, tuple]:
    """Images (N, 8, 8) and labels, 1,297 for training, 500 for testing."""
    data = load_digits()
    order = np.random.default_rng(0).permutation(len(data.target))
    images, labels = data.images[order] / 16, data.target[order]
    return (images[:1297], labels[:1297]), (images[1297:], labels[1297:])


# --8<-- [start:network]
def network(generator: torch.Generator) -> nn.Sequential:
    """Two convolutions, one hidden layer, ten logits."""
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(),
        nn.Conv2d(16, 32, 3, 2, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Linear(32 * 4 * 4, 64), nn.ReLU(),
        nn.Linear(64, 10),
    )
    for layer in model:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu",
                                    generator=generator)
            nn.init.zeros_(layer.bias)
    return model
# --8<-- [end:network]


def train(seed: int, epochs: int = EPOCHS) -> nn.Sequential:
    generator = torch.Generator().manual_seed(seed)
    model = network(generator)
    (images, labels), _ = digits()
    x, y = torch.tensor(images, dtype=torch.float32)[:, None], torch.tensor(labels)
    optimizer = torch.optim.Adam(model.parameters(), lr=LR, fused=True)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=generator).split(BATCH):
            optimizer.zero_grad()
            F.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
    return model.requires_grad_(False)


# --8<-- [start:unit]
def class_logit(model: nn.Sequential, label: int):
    """The logit of one class and its gradient at an image (H, W)."""
    def unit(image):
        x = torch.tensor(image, dtype=torch.float32, requires_grad=True)
        logit = model(x[None, None])[0, label]
        logit.backward()
        return logit.item(), x.grad.double().numpy()
    return unit
# --8<-- [end:unit]


def make(model, label: int, kind: str, seed: int, steps: int = STEPS) -> np.ndarray:
    rng = np.random.default_rng(seed)
    options = KINDS[kind]
    return maximize(class_logit(model, label), rng.uniform(0.0, 0.2, size=(8, 8)), 0.05, steps,
                    rng=rng, **options)


def logits(model, images) -> np.ndarray:
    return model(torch.tensor(np.asarray(images), dtype=torch.float32)[:, None]).double().numpy()


def nearest(images, others) -> np.ndarray:
    """Distance of each image to the nearest of the others."""
    a, b = np.reshape(images, (len(images), -1)), np.reshape(others, (len(others), -1))
    return np.sqrt(((a[:, None] - b[None]) ** 2).sum(2).min(1))


def judge(models, maker: int, kind: str, starts: int = STARTS, steps: int = STEPS) -> dict:
    """What the maker and the others say about its images of ten classes."""
    images = np.array([[make(models[maker], label, kind, 100 * start + label, steps)
                        for label in range(10)] for start in range(starts)])
    flat = images.reshape(-1, 8, 8)
    target = np.tile(np.arange(10), starts)
    rows = np.arange(len(flat))
    own = logits(models[maker], flat)
    others = [logits(model, flat) for number, model in enumerate(models) if number != maker]
    (train_x, _), _ = digits()
    alike = [np.corrcoef(images[:, label].reshape(starts, -1))[np.triu_indices(starts, 1)].mean()
             for label in range(10)]
    return {
        "own logit": round(float(own[rows, target].mean()), 3),
        "own right": round(100 * float((own.argmax(1) == target).mean()), 2),
        "others right": round(100 * float(np.mean([o.argmax(1) == target for o in others])), 2),
        "others logit": round(float(np.mean([o[rows, target] for o in others])), 3),
        "nearest": round(float(nearest(flat, train_x).mean()), 3),
        "starts alike": round(float(np.mean(alike)), 3),
        "images": np.round(images[0], 2).tolist() if maker == 0 else [],
    }


def free_growth(model, label: int = 3) -> list[float]:
    """The logit after 50, 100, 200 and 400 steps without any limit."""
    unit, values = class_logit(model, label), []
    for steps in (50, 100, 200, 400):
        values.append(round(unit(maximize(unit, np.zeros((8, 8)), 0.05, steps))[0], 2))
    return values


def fool(model, count: int = 100) -> dict:
    """Start from a test image of another class and stop when the network says 3."""
    _, (images, labels) = digits()
    rows = [n for n in np.flatnonzero(labels != 3)
            if logits(model, images[n : n + 1]).argmax() == labels[n]][:count]
    unit, norms, sizes = class_logit(model, 3), [], []
    for n in rows:
        x = images[n]
        for _ in range(400):
            if logits(model, x[None]).argmax() == 3:
                break
            x = maximize(unit, x, 0.02, 1, **BOX)
        norms.append(np.linalg.norm(x - images[n]))
        sizes.append(np.linalg.norm(images[n]))
    return {"images": len(rows), "median change": round(float(np.median(norms)), 3),
            "median norm": round(float(np.median(sizes)), 3)}


def run(makers=MAKERS, networks=NETWORKS, epochs: int = EPOCHS) -> dict:
    torch.set_num_threads(1)
    start = time.process_time()
    models = [train(seed, epochs) for seed in networks]
    (train_x, _), (test_x, test_y) = digits()
    rows = np.arange(len(test_y))
    real = [logits(model, test_x) for model in models]
    return {
        "accuracy": [round(100 * float((r.argmax(1) == test_y).mean()), 2) for r in real],
        "real logit": round(float(np.mean([r[rows, test_y].mean() for r in real])), 3),
        "largest real logit": round(float(np.mean([r[rows, test_y].max() for r in real])), 3),
        "real nearest": round(float(nearest(test_x, train_x).mean()), 3),
        "judged": {kind: [judge(models, maker, kind) for maker in makers] for kind in KINDS},
        "free growth": free_growth(models[0]), "fooled": [fool(models[m]) for m in makers],
        "short": short(),
        "python": platform.python_version(), "torch": torch.__version__,
        "scikit_learn": sklearn.__version__, "cores": 1,
        "cpu_seconds": round(time.process_time() - start),
    }


def short() -> list[float]:
    """A small part that a test repeats: the logits of a 3 made by a briefly trained network."""
    model = train(9, epochs=1)
    image = make(model, 3, "box, L2, smooth, jitter", 0, steps=30)
    return np.round(logits(model, image[None])[0], 4).tolist()


if __name__ == "__main__":
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    print({k: v for k, v in result.items() if k != "judged"})
    for kind, judged in result["judged"].items():
        print(kind, [{k: v for k, v in j.items() if k != "images"} for j in judged])
