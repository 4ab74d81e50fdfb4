"""Which of two digits does a map point at, and does the map change when the network is random?

Canvases of 12 x 22 pixels hold two of scikit-learn's digits, of different classes, left and right.
A small network with global average pooling learns from the two class labels alone which digits are
there. For each of the two classes a map should lie on that digit, so where it lies is a test.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np
import sklearn
import torch
from scipy.stats import rankdata
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

SEEDS = range(3)
STEPS, BATCH, LR, TEST = 1500, 64, 3e-3, 200
METHODS = ("saliency", "gradient x input", "guided backpropagation",
           "CAM", "Grad-CAM layer 1", "Grad-CAM layer 2", "Grad-CAM layer 3",
           "HiResCAM layer 1", "HiResCAM layer 2", "HiResCAM layer 3")
SHOWN = ("saliency", "guided backpropagation", "CAM")  # in the figure


def pools() -> tuple[tuple, tuple]:
    """1,297 images and labels for training, 500 for testing."""
    data = load_digits()
    order = np.random.default_rng(0).permutation(len(data.target))
    images, labels = data.images[order] / 16, data.target[order]
    return (images[:1297], labels[:1297]), (images[1297:], labels[1297:])


def canvases(pool, count: int, rng: np.random.Generator):
    """Images (N, 1, 12, 22), classes (N, 2) left and right, corners (N, 2, 2) as row, column."""
    images, labels = pool
    left, right = rng.integers(len(labels), size=(2, 3 * count))
    keep = np.flatnonzero(labels[left] != labels[right])[:count]
    rows = np.stack([left[keep], right[keep]], axis=1)
    corners = rng.integers(0, [5, 4], size=(count, 2, 2))  # rows 0 to 4, columns 0 to 3
    corners[:, 1, 1] += 11
    canvas = np.zeros((count, 1, 12, 22), dtype=np.float32)
    for n in range(count):
        for side in range(2):
            y, x = corners[n, side]
            canvas[n, 0, y : y + 8, x : x + 8] = images[rows[n, side]]
    return torch.tensor(canvas), torch.tensor(labels[rows]), corners


# --8<-- [start:network]
def network(generator: torch.Generator) -> nn.Sequential:
    """Three convolutions, global average pooling, one linear layer."""
    model = nn.Sequential(
        nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU()),
        nn.Sequential(nn.Conv2d(16, 32, 3, 2, padding=1), nn.ReLU()),
        nn.Sequential(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU()),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    )
    for layer in model.modules():
        initialize(layer, generator)
    return model
# --8<-- [end:network]


def initialize(layer: nn.Module, generator: torch.Generator) -> None:
    """He's weights and zero biases, for a convolution or a linear layer."""
    if isinstance(layer, (nn.Conv2d, nn.Linear)):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
        nn.init.zeros_(layer.bias)


def train(seed: int, steps: int = STEPS) -> nn.Sequential:
    """Binary cross-entropy for ten classes, two of which are present; new canvases every step."""
    generator = torch.Generator().manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = network(generator)
    optimizer = torch.optim.Adam(model.parameters(), lr=LR, fused=True)
    pool, _ = pools()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = LR if step < 2 * steps / 3 else LR / 10
        x, classes, _ = canvases(pool, BATCH, rng)
        targets = torch.zeros(BATCH, 10).scatter_(1, classes, 1.0)
        optimizer.zero_grad()
        F.binary_cross_entropy_with_logits(model(x), targets).backward()
        optimizer.step()
    return model


# --8<-- [start:maps]
def explain(model: nn.Sequential, x: torch.Tensor, classes: torch.Tensor) -> dict:
    """Maps (N, h, w) of one class per image, from one backward pass."""
    x = x.clone().requires_grad_()
    layers, h = [], x
    for layer in model[:3]:
        h = layer(h)
        layers.append(h)
    score = model[3:](h).gather(1, classes[:, None]).sum()
    grad_x, *grads = torch.autograd.grad(score, [x, *layers])
    maps = {
        "saliency": grad_x[:, 0].abs(),
        "gradient x input": (grad_x * x)[:, 0].clamp(min=0),
        "CAM": torch.einsum(
            "nc,nchw->nhw", model[5].weight[classes], h).clamp(min=0),
    }
    for number, (a, grad) in enumerate(zip(layers, grads, strict=True), 1):
        alpha = grad.mean(dim=(2, 3))  # (N, C)
        maps[f"Grad-CAM layer {number}"] = torch.einsum(
            "nc,nchw->nhw", alpha, a).clamp(min=0)
        maps[f"HiResCAM layer {number}"] = (grad * a).sum(1).clamp(min=0)
    return {name: value.detach() for name, value in maps.items()}
# --8<-- [end:maps]


def guided(model: nn.Sequential, x: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """Guided backpropagation: at each ReLU only positive gradients go on."""
    hooks = [layer[1].register_full_backward_hook(lambda _, grad_in, __: (grad_in[0].clamp(min=0),))
             for layer in model[:3]]
    x = x.clone().requires_grad_()
    (grad_x,) = torch.autograd.grad(model(x).gather(1, classes[:, None]).sum(), x)
    for hook in hooks:
        hook.remove()
    return grad_x[:, 0].abs()


def all_maps(model: nn.Sequential, x: torch.Tensor, classes: torch.Tensor) -> dict:
    """Every method's maps at the size of the image, (N, 12, 22)."""
    maps = explain(model, x, classes) | {"guided backpropagation": guided(model, x, classes)}
    return {name: F.interpolate(value[:, None], size=(12, 22), mode="bilinear")[:, 0]
            for name, value in maps.items()}


def pointing(maps: torch.Tensor, corners: np.ndarray, side: int) -> np.ndarray:
    """Is the largest value inside the 8 x 8 box of the digit asked for?"""
    n = len(maps)
    peak = maps.reshape(n, -1).argmax(1).numpy()
    y, x = peak // 22, peak % 22
    top, left = corners[:, side].T
    # a map that is zero everywhere points at nothing
    return (maps.reshape(n, -1).amax(1).numpy() > 0) & (y >= top) & (y < top + 8) & (x >= left) & (
        x < left + 8)


def share(maps: torch.Tensor, corners: np.ndarray, side: int) -> np.ndarray:
    """Share of the map's sum inside the box; the rest lies on the other digit and around."""
    inside = np.array([m[y : y + 8, x : x + 8].sum().item()
                       for m, (y, x) in zip(maps, corners[:, side], strict=True)])
    return inside / np.maximum(maps.sum(dim=(1, 2)).numpy(), 1e-12)


def spearman(a: torch.Tensor, b: torch.Tensor) -> float:
    """Mean rank correlation of two lists of maps, pixel by pixel; a constant map counts as 0."""
    values = []
    for one, two in zip(a.flatten(1).numpy(), b.flatten(1).numpy(), strict=True):
        if np.ptp(one) == 0 or np.ptp(two) == 0:
            values.append(0.0)
            continue
        values.append(np.corrcoef(rankdata(one), rankdata(two))[0, 1])
    return float(np.mean(values))


def randomized(model: nn.Sequential, how_many: int, seed: int) -> nn.Sequential:
    """A copy whose top ``how_many`` of four layers have fresh weights: head first, then down."""
    copy = network(torch.Generator().manual_seed(500 + seed))
    state, fresh = model.state_dict(), copy.state_dict()
    names = ["5.", "2.", "1.", "0."][:how_many]
    copy.load_state_dict({key: fresh[key] if key.startswith(tuple(names)) else value
                          for key, value in state.items()})
    return copy


def measure(seed: int, steps: int = STEPS, count: int = TEST) -> dict:
    model = train(seed, steps)
    x, classes, corners = canvases(pools()[1], count, np.random.default_rng(99))
    with torch.no_grad():
        top = model(x).topk(2).indices.sort().values
        both = (top == classes.sort().values).all(1).double().mean().item()
    result = {"both right": round(100 * both, 2), "hit": {}, "share": {}, "overlap": {},
              "randomized": {}}
    sides = [all_maps(model, x, classes[:, side]) for side in range(2)]
    for name in METHODS:
        hits = np.concatenate([pointing(sides[s][name], corners, s) for s in range(2)])
        shares = np.concatenate([share(sides[s][name], corners, s) for s in range(2)])
        result["hit"][name] = round(100 * hits.mean(), 2)
        result["share"][name] = round(100 * shares.mean(), 2)
        # How alike are the maps of the two classes of one image?
        result["overlap"][name] = round(spearman(sides[0][name], sides[1][name]), 3)
    for how_many in range(1, 5):
        other = all_maps(randomized(model, how_many, seed), x, classes[:, 0])
        for name in METHODS:
            result["randomized"].setdefault(name, []).append(
                round(spearman(sides[0][name], other[name]), 3))
    cam, grad_cam = (explain(model, x, classes[:, 0])[name] for name in ("CAM", "Grad-CAM layer 3"))
    result["largest difference"] = float((cam / 66 - grad_cam).abs().max() / grad_cam.abs().max())
    if seed == 0:
        result["example"] = example(model, x[:1], classes[0])
    return result


def example(model, x, classes) -> dict:
    """One canvas and its maps for both classes, and for the first in a random network."""
    networks = [model, model, randomized(model, 4, 0)]
    asked = [classes[:1], classes[1:], classes[:1]]
    maps = []
    for one, label in zip(networks, asked, strict=True):
        found = all_maps(one, x, label)
        maps.append({name: np.round((found[name][0] / found[name].max().clamp(min=1e-12)).numpy(), 2)
                    .tolist() for name in SHOWN})
    return {"image": np.round(x[0, 0].numpy(), 2).tolist(), "classes": classes.tolist(), "maps": maps}


def run(seeds=SEEDS) -> dict:
    torch.set_num_threads(1)
    start = time.process_time()
    return {"runs": [measure(seed) for seed in seeds], "short": short(),
            "python": platform.python_version(), "torch": torch.__version__,
            "scikit_learn": sklearn.__version__, "cores": 1,
            "cpu_seconds": round(time.process_time() - start)}


def short() -> list[float]:
    """A small part that a test repeats: sums of maps of one canvas after brief training."""
    model = train(1, steps=25)
    x, classes, _ = canvases(pools()[1], 1, np.random.default_rng(99))
    maps = all_maps(model, x, classes[:, 0])
    return [round(maps[name].sum().item(), 5)
            for name in ("saliency", "gradient x input", "guided backpropagation")]


if __name__ == "__main__":
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    runs = result["runs"]
    print("both right", [r["both right"] for r in runs], [r["largest difference"] for r in runs])
    for name in METHODS:
        print(f"{name:24}", *(f"{key} {np.mean([r[key][name] for r in runs]):.2f}"
                              for key in ("hit", "share", "overlap")),
              "randomized", np.mean([r["randomized"][name] for r in runs], axis=0).round(2))
    print(result["cpu_seconds"], "seconds")
