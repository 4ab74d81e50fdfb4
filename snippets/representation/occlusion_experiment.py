"""A network that was given a shortcut, and what occlusion shows of it.

Canvases of 14 x 14 pixels hold one of scikit-learn's digits. In the first training set every 3
wears a bright tag of 2 x 2 pixels in the lower right corner, no other digit does. In the second
the same number of tags is given out regardless of the digit.
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

from snippets.representation.occlusion import deletion_curve, occlusion_map

SEEDS = range(3)
STEPS, BATCH, LR, SIDE, TAG = 800, 64, 2e-3, 14, (12, 12)
DIGIT = 3


def pools() -> tuple[tuple, tuple]:
    """1,297 images and labels for training, 500 for testing."""
    data = load_digits()
    order = np.random.default_rng(0).permutation(len(data.target))
    images, labels = data.images[order] / 16, data.target[order]
    return (images[:1297], labels[:1297]), (images[1297:], labels[1297:])


def place(images: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Canvases (N, 1, 14, 14) with the digit at rows and columns 0 to 4, and these corners (N, 2)."""
    corners = rng.integers(0, 5, size=(len(images), 2))  # rows and columns 12 and 13 stay free
    canvas = np.zeros((len(images), 1, SIDE, SIDE), dtype=np.float32)
    for one, image, (y, x) in zip(canvas, images, corners, strict=True):
        one[0, y : y + 8, x : x + 8] = image
    return canvas, corners


def tag(canvas: np.ndarray, where: np.ndarray | bool = True) -> np.ndarray:
    """A copy with the tag on the canvases that ``where`` selects."""
    canvas = canvas.copy()
    canvas[np.broadcast_to(where, len(canvas)), :, TAG[0] :, TAG[1] :] = 1.0
    return canvas


# --8<-- [start:network]
def network(generator: torch.Generator) -> nn.Sequential:
    """Three convolutions and a linear layer on all positions."""
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(),
        nn.Conv2d(16, 32, 3, 2, padding=1), nn.ReLU(),
        nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(),
        nn.Flatten(), nn.Linear(32 * 7 * 7, 10),
    )
    for layer in model:
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu",
                                    generator=generator)
            nn.init.zeros_(layer.bias)
    return model
# --8<-- [end:network]


def train(shortcut: bool, seed: int, steps: int = STEPS) -> nn.Sequential:
    generator, rng = torch.Generator().manual_seed(seed), np.random.default_rng(seed)
    model = network(generator)
    optimizer = torch.optim.Adam(model.parameters(), lr=LR, fused=True)
    (images, labels), _ = pools()
    for _ in range(steps):
        rows = rng.integers(len(images), size=BATCH)
        tagged = labels[rows] == DIGIT
        x = tag(place(images[rows], rng)[0], tagged if shortcut else rng.permutation(tagged))
        optimizer.zero_grad()
        F.cross_entropy(model(torch.tensor(x)), torch.tensor(labels[rows])).backward()
        optimizer.step()
    return model


@torch.no_grad()
def outputs(model: nn.Sequential, x: np.ndarray) -> torch.Tensor:
    return model(torch.tensor(np.asarray(x, dtype=np.float32)))


def scorer(model: nn.Sequential, label: int, kind: str = "logit"):
    """The score to explain as a function of images: a logit or a probability."""
    def score(x):
        logits = outputs(model, x)
        return (logits if kind == "logit" else logits.softmax(1))[:, label].double().numpy()
    return score


def percent(flags) -> float:
    return round(100 * float(np.mean(np.asarray(flags))), 2)


def in_tag(value: np.ndarray) -> bool:
    y, x = np.unravel_index(value.argmax(), value.shape)
    return bool(y >= TAG[0] and x >= TAG[1])


def measure(shortcut: bool, seed: int, steps: int = STEPS, count: int = 40) -> dict:
    model = train(shortcut, seed, steps)
    images, labels = pools()[1]
    x, corners = place(images, np.random.default_rng(77))
    three = labels == DIGIT
    plain, tagged = (outputs(model, v).argmax(1).numpy() for v in (x, tag(x)))
    result = {
        "other digits right": percent(plain[~three] == labels[~three]),
        "3 with tag right": percent(tagged[three] == DIGIT),
        "3 without tag right": percent(plain[three] == DIGIT),
        "other digits with tag called 3": percent(tagged[~three] == DIGIT),
    }
    threes = tag(x[three][:count])
    maps = [occlusion_map(scorer(model, DIGIT), image, 2) for image in threes]
    result["peak on the tag"] = percent([in_tag(value) for value in maps])
    result["drop at the tag"] = round(float(np.mean([m[13, 13] for m in maps])), 3)
    if shortcut:
        if seed == 0:
            result["example"] = {"image": np.round(threes[0, 0], 2).tolist(),
                                 "map": np.round(maps[0], 3).tolist()}
        return result
    # From here on, clean images that the network gets right: how do the choices change the map?
    rows = np.flatnonzero(plain == labels)[:count]
    result["size"], result["fill"], result["deletion"], drops = {}, {}, {}, {"logit": [], "prob": []}
    for size in (1, 2, 4, 6):
        inside, largest = [], []
        for n in rows:
            value = occlusion_map(scorer(model, labels[n]), x[n], size)
            y, column = np.unravel_index(value.argmax(), value.shape)
            (top, left) = corners[n]
            inside.append(top <= y < top + 8 and left <= column < left + 8)
            largest.append(value.max())
        result["size"][str(size)] = {"peak on the digit": percent(inside),
                                     "largest drop": round(float(np.mean(largest)), 3)}
    for fill in (0.0, 0.5, 1.0):
        empty, ink = [], []
        for n in rows:
            value = np.abs(occlusion_map(scorer(model, labels[n]), x[n], 2, 2, fill))
            blank = x[n, 0].reshape(7, 2, 7, 2).max(axis=(1, 3)).repeat(2, 0).repeat(2, 1) == 0
            empty.append(value[blank].mean())
            ink.append(value[~blank].mean())
        result["fill"][str(fill)] = {"blank patches": round(float(np.mean(empty)), 3),
                                     "patches with ink": round(float(np.mean(ink)), 3)}
    for n in rows:
        for kind in ("logit", "prob"):
            drops[kind].append(occlusion_map(scorer(model, labels[n], kind), x[n], 1).max())
    result["largest drop of one pixel"] = {k: round(float(np.median(v)), 4) for k, v in drops.items()}
    result["confidence"] = round(float(np.median(
        [scorer(model, labels[n], "prob")(x[n][None])[0] for n in rows])), 4)
    rng = np.random.default_rng(5)
    for name in ("occlusion 2", "occlusion 4", "gradient", "gradient x input", "ink", "random"):
        curves = []
        for n in rows:
            if name.startswith("occlusion"):
                value = occlusion_map(scorer(model, labels[n]), x[n], int(name[-1]))
            elif name.startswith("gradient"):
                leaf = torch.tensor(x[n : n + 1], requires_grad=True)
                model(leaf)[0, labels[n]].backward()
                grad = leaf.grad[0, 0].numpy()
                value = np.abs(grad) if name == "gradient" else grad * x[n, 0]
            else:
                value = x[n, 0] if name == "ink" else rng.random((SIDE, SIDE))
            curves.append(deletion_curve(scorer(model, labels[n], "prob"), x[n], value, steps=14))
        result["deletion"][name] = np.mean(curves, axis=0).round(4).tolist()
    if seed == 0:
        result["example"] = {"image": np.round(threes[0, 0], 2).tolist(),
                             "map": np.round(maps[0], 3).tolist()}
        n = rows[0]
        result["sizes"] = {"image": np.round(x[n, 0], 2).tolist(), "label": int(labels[n]), "maps": {
            str(size): np.round(occlusion_map(scorer(model, labels[n]), x[n], size), 3).tolist()
            for size in (1, 2, 4, 6)}}
    return result


def run(seeds=SEEDS) -> dict:
    torch.set_num_threads(1)
    start = time.process_time()
    return {"shortcut": [measure(True, seed) for seed in seeds],
            "no shortcut": [measure(False, seed) for seed in seeds], "short": short(),
            "python": platform.python_version(), "torch": torch.__version__,
            "scikit_learn": sklearn.__version__, "cores": 1,
            "cpu_seconds": round(time.process_time() - start)}


def short() -> list[float]:
    """A small part that a test repeats: the corner of a map after brief training."""
    model = train(True, 9, steps=40)
    images, labels = pools()[1]
    x, _ = place(images[labels == DIGIT][:1], np.random.default_rng(1))
    value = occlusion_map(scorer(model, DIGIT), tag(x)[0], 4)
    return np.round(value[10:, 13], 4).tolist()


if __name__ == "__main__":
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    for name in ("shortcut", "no shortcut"):
        for one in result[name]:
            print(name, {k: v for k, v in one.items() if k not in ("example", "sizes")})
    print(result["cpu_seconds"], "seconds")
