"""How the gradient changes on its way down 20 layers: activation by remedy, before training.

Writes vanishing_gradients_experiment.json. The 8 x 8 digits come with scikit-learn.
Several networks run side by side: the first axis M counts them.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits

WIDTH, CLASSES, DEPTH, TRAIN, VALID = 64, 10, 20, 1000, 297
ACTIVATIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
CENTERED = {"centered": lambda z: torch.sigmoid(z) - 0.5}
VARIANTS = ["plain", "matched", "batch norm", "layer norm", "residual", "pre-norm residual"]


def digits(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """All inputs (1797, 64) in random order, with the training part's mean 0 and mean square 1."""
    data = load_digits()
    order = np.random.default_rng(seed).permutation(len(data.target))
    x = data.data[order]
    x = x - x[:TRAIN].mean(axis=0)
    x = x / np.sqrt((x[:TRAIN] ** 2).mean())
    return torch.from_numpy(x), torch.from_numpy(data.target[order])


def initialize(seeds: list[int], activation: str, variant: str, depth: int = DEPTH,
               variance: float | None = None) -> dict[str, torch.Tensor]:
    """Weights (M, depth, 64, 64) as nn.Linear draws them, or matched, or Gaussian of variance / 64."""
    nets = []
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        bound = WIDTH**-0.5  # nn.Linear: weights and biases uniform in ±1 / sqrt(fan-in)

        def uniform(*shape, generator=generator, bound=bound):
            return (2 * torch.rand(shape, generator=generator, dtype=torch.float64) - 1) * bound

        weight, bias = uniform(depth, WIDTH, WIDTH), uniform(depth, WIDTH)
        head, head_bias = uniform(WIDTH, CLASSES), uniform(CLASSES)
        if variant == "matched" or variance:
            gain = variance or (2.0 if activation == "relu" else 1.0)
            weight = torch.randn(depth, WIDTH, WIDTH, generator=generator, dtype=torch.float64)
            weight, bias = weight * (gain / WIDTH) ** 0.5, torch.zeros(depth, WIDTH, dtype=torch.float64)
            if activation in ("sigmoid", "centered"):  # the tanh network of the same weights
                weight[0] *= 2
                weight[1:] *= 4
            if activation == "sigmoid":
                bias[1:] = -weight[1:].sum(dim=1) / 2
        scale, shift = torch.ones(depth + 1, WIDTH), torch.zeros(depth + 1, WIDTH)
        nets.append({"weight": weight, "bias": bias, "scale": scale.double(), "shift": shift.double(),
                     "head": head, "head_bias": head_bias})
    return {name: torch.stack([net[name] for net in nets]) for name in nets[0]}


# --8<-- [start:forward]
def forward(
    params: dict, x: torch.Tensor, activation: str, variant: str,
    stats: list | None = None,
) -> tuple[torch.Tensor, list[torch.Tensor], list]:
    """Logits (M, N, 10), hidden states h_0 ... h_L (M, N, 64), batch statistics.

    For a test, `stats` are the batch statistics of the training set.
    """
    phi, states, seen = (ACTIVATIONS | CENTERED)[activation], [x], []

    def affine(z, i):
        return z * params["scale"][:, i, None] + params["shift"][:, i, None]

    for i in range(params["weight"].shape[1]):
        h = z = states[-1]
        if variant == "pre-norm residual":
            z = affine(torch.nn.functional.layer_norm(h, (WIDTH,)), i)
        z = z @ params["weight"][:, i] + params["bias"][:, i, None]
        if variant == "batch norm":
            mean = z.mean(1, keepdim=True)
            var = z.var(1, keepdim=True, correction=0)
            seen.append((mean.detach(), var.detach()))
            mean, var = stats[i] if stats else (mean, var)
            z = affine((z - mean) / (var + 1e-5).sqrt(), i)
        if variant == "layer norm":
            z = affine(torch.nn.functional.layer_norm(z, (WIDTH,)), i)
        states.append(h + phi(z) if "residual" in variant else phi(z))
    last = states[-1]
    if variant == "pre-norm residual":
        last = affine(torch.nn.functional.layer_norm(last, (WIDTH,)), -1)
    return last @ params["head"] + params["head_bias"][:, None], states, seen
# --8<-- [end:forward]


def losses(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy of each network, (M,)."""
    flat = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(),
                                             reduction="none")
    return flat.view(targets.shape).mean(1)


def profile(activation: str, variant: str, seeds: int, depth: int) -> dict:
    """Norms of the loss gradient at h_1 ... h_L and at the weights, and the examples' spread."""
    x, targets = (torch.stack(part) for part in zip(*map(digits, range(seeds)), strict=True))
    params = initialize(list(range(seeds)), activation, variant, depth)
    params["weight"].requires_grad_(True)
    logits, states, _ = forward(params, x[:, :200], activation, variant)
    for state in states[1:]:
        state.retain_grad()
    losses(logits, targets[:, :200]).sum().backward()
    spread = [(h - h.mean(1, keepdim=True)).pow(2).mean((1, 2)).sqrt() for h in states[1:]]
    return {"state": torch.stack([h.grad.norm(dim=(1, 2)) for h in states[1:]], 1).tolist(),
            "weight": params["weight"].grad.norm(dim=(2, 3)).tolist(),
            "spread": torch.stack(spread, 1).tolist()}


def run(seeds: int = 10, depth: int = DEPTH) -> dict:
    """For each activation and variant the profiles, one row per seed, h_1 first."""
    start = time.process_time()
    torch.set_num_threads(1)
    profiles = {name: {variant: profile(name, variant, seeds, depth) for variant in VARIANTS}
                for name in ACTIVATIONS}
    return {"seeds": seeds, "depth": depth, "width": WIDTH, "profiles": profiles,
            "python": platform.python_version(), "numpy": np.__version__,
            "torch": torch.__version__, "cores": 1, "seconds": round(time.process_time() - start, 1)}


def ratio(one: dict, what: str = "state") -> np.ndarray:
    """By seed: norm at the first layer over norm at the last."""
    norms = np.array(one[what])
    return norms[:, 0] / norms[:, -1]


def factor(one: dict, what: str = "state") -> float:
    """What one layer multiplies the norm by on the way down: geometric mean over layers and seeds."""
    steps = len(one[what][0]) - 1
    return float(np.exp(np.log(ratio(one, what)).mean() / steps))


if __name__ == "__main__":
    result = run()

    def short(value):
        return float(f"{value:.5g}")

    for table in result["profiles"].values():
        for one in table.values():
            for what in one:
                one[what] = [[short(value) for value in row] for row in one[what]]
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
    for name, table in result["profiles"].items():
        for variant, one in table.items():
            low, middle, high = np.quantile(ratio(one), [0, 0.5, 1])
            print(f"{name:8}{variant:18} factor {factor(one):.3f}, ratio {middle:.2g} "
                  f"({low:.2g} to {high:.2g}), weights {np.median(ratio(one, 'weight')):.2g}, "
                  f"spread {np.median(1 / ratio(one, 'spread')):.2g}")
    print(result["seconds"], "seconds")
