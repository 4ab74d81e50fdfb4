"""Mean square of activations and gradients through 50 layers at initialization.

Width 512, 64 standard normal inputs, 20 networks per case; at the top a standard normal
gradient. Also residual stacks of 24 branches: x + scale * branch(x) with two ReLU layers per
branch, with and without normalization before it. Writes initialization_schemes_experiment.json.
"""

import json
from pathlib import Path

import numpy as np

from snippets.optimization.initialization_schemes import kaiming_normal, orthogonal, xavier_uniform

WIDTH, DEPTH, INPUTS, NETWORKS = 512, 50, 64, 20
SQUARE = (WIDTH, WIDTH)


def default(rng: np.random.Generator) -> np.ndarray:
    """PyTorch's nn.Linear: uniform within 1 / sqrt(fan_in)."""
    return rng.uniform(-(WIDTH**-0.5), WIDTH**-0.5, SQUARE)


CASES = {
    "tanh, std 0.01": ("tanh", lambda rng: rng.normal(0, 0.01, SQUARE)),
    "tanh, PyTorch default": ("tanh", default),
    "tanh, Xavier": ("tanh", lambda rng: xavier_uniform(SQUARE, rng)),
    "tanh, Xavier, gain 5/3": ("tanh", lambda rng: xavier_uniform(SQUARE, rng, 5 / 3)),
    "tanh, He": ("tanh", lambda rng: kaiming_normal(SQUARE, rng)),
    "tanh, orthogonal": ("tanh", lambda rng: orthogonal(SQUARE, rng)),
    "ReLU, PyTorch default": ("relu", default),
    "ReLU, Xavier": ("relu", lambda rng: xavier_uniform(SQUARE, rng)),
    "ReLU, He": ("relu", lambda rng: kaiming_normal(SQUARE, rng)),
    "ReLU, orthogonal, gain sqrt 2": ("relu", lambda rng: orthogonal(SQUARE, rng, 2**0.5)),
}


def through(activation: str, draw, rng: np.random.Generator, depth: int = DEPTH) -> tuple:
    """Mean square of h behind each layer, and of the gradient before each layer."""
    h = rng.standard_normal((INPUTS, WIDTH))
    forward, weights, slopes = [1.0], [], []
    for _ in range(depth):
        weight = draw(rng)
        z = h @ weight.T
        h = np.tanh(z) if activation == "tanh" else np.maximum(z, 0)
        slopes.append(1 - h**2 if activation == "tanh" else (z > 0).astype(float))
        weights.append(weight)
        forward.append(float(np.mean(h**2)))
    grad = rng.standard_normal(h.shape)
    backward = [1.0]
    for weight, slope in zip(weights[::-1], slopes[::-1], strict=True):
        grad = (grad * slope) @ weight
        backward.append(float(np.mean(grad**2)))
    return forward, backward[::-1]


def residual(scale: float, normalize: bool, rng: np.random.Generator, branches: int = 24) -> float:
    """Mean square at the end of a residual stack."""
    x = rng.standard_normal((INPUTS, WIDTH))
    for _ in range(branches):
        h = x / np.sqrt(np.mean(x**2, axis=1, keepdims=True)) if normalize else x
        h = np.maximum(h @ kaiming_normal(SQUARE, rng, nonlinearity="linear").T, 0)
        x = x + scale * (h @ kaiming_normal(SQUARE, rng).T)
    return float(np.mean(x**2))


def main() -> None:
    rng = np.random.default_rng(0)
    result: dict = {"width": WIDTH, "depth": DEPTH, "networks": NETWORKS, "cases": {}, "residual": {}}
    for name, (activation, draw) in CASES.items():
        runs = [through(activation, draw, rng) for _ in range(NETWORKS if name == "ReLU, He" else 3)]
        logs = np.log([[f, b] for f, b in runs])  # (networks, 2, depth + 1)
        mean = np.exp(logs.mean(axis=0))
        result["cases"][name] = {"forward": [float(f"{v:.3g}") for v in mean[0]],
                                 "backward": [float(f"{v:.3g}") for v in mean[1]],
                                 "spread": round(float(logs[:, 0, -1].std(ddof=1)), 3),
                                 "ends": [float(f"{v:.3g}") for v in np.exp(logs[:, 0, -1])]}
    for name, scale in (("plain", 1.0), ("scaled", 24**-0.5)):
        for normalize in (False, True):
            values = [residual(scale, normalize, rng) for _ in range(3)]
            result["residual"][f"{name}, {'normalized' if normalize else 'not normalized'}"] = (
                float(f"{np.mean(values):.3g}"))
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
