"""What a bottleneck and what noise teach an auto-encoder, on points along an open ring.

Run ``OMP_NUM_THREADS=1 PYTHONPATH=. python snippets/generative/autoencoder_experiment.py`` to
write the JSON beside this file.
"""

import json
import platform
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

from snippets.generative.autoencoder import best_denoiser, forward, loss_and_grads, pca

NOISE = 0.3  # of the denoising task
BOTTLENECK = [2, 16, 1, 16, 2]
LINEAR_DECODER = [2, 16, 1, 2]
WIDE = [2, 64, 2]


def ring(count: int, rng: np.random.Generator) -> np.ndarray:
    """Points on a circle of radius 1 that is open to the left, with a spread of 0.02."""
    angle = rng.uniform(-2.4, 2.4, size=count)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return points + 0.02 * rng.normal(size=(count, 2))


def train(data: np.ndarray, sizes: list[int], steps: int, noise: float,
          rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
    """Layers after full-batch Adam, the rate falling linearly from 0.01 to 0."""
    layers = [(rng.normal(size=(a, b)) / np.sqrt(a), np.zeros(b))
              for a, b in pairwise(sizes)]
    flat = [array for pair in layers for array in pair]
    first, second = [np.zeros_like(a) for a in flat], [np.zeros_like(a) for a in flat]
    for t in range(1, steps + 1):
        inputs = data + noise * rng.normal(size=data.shape) if noise else data
        _, grads = loss_and_grads(inputs, data, layers)
        for array, grad, m, v in zip(flat, (g for pair in grads for g in pair), first, second,
                                     strict=True):
            m += 0.1 * (grad - m)
            v += 0.001 * (grad**2 - v)
            step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
            array -= 0.01 * (1 - t / steps) * step
    return layers


def error(output: np.ndarray, target: np.ndarray) -> float:
    """Mean squared distance of a row."""
    return float(np.mean(np.sum((output - target) ** 2, axis=1)))


def run(seeds: int = 5, steps: int = 3000, count: int = 300) -> dict:
    """Errors on 2,000 new points, one entry per seed."""
    names = ("pca", "variance", "linear_decoder", "deep", "nothing", "plain", "denoising", "best",
             "plain_clean", "plain_center", "denoising_center", "deep_center")
    result = {name: [] for name in names}
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        data, new = ring(count, rng), ring(2000, rng)
        mean, directions, _ = pca(data, 1)
        result["pca"].append(error(mean + (new - mean) @ directions.T @ directions, new))
        result["variance"].append(error(mean, new))
        for name, sizes in [("linear_decoder", LINEAR_DECODER), ("deep", BOTTLENECK)]:
            layers = train(data, sizes, steps, 0.0, rng)
            result[name].append(error(forward(new, layers)[-1], new))
        center = 0.3 * rng.uniform(-1, 1, size=(500, 2))  # far from every training point
        result["deep_center"].append(error(forward(center, layers)[-1], center))
        noisy = new + NOISE * rng.normal(size=new.shape)
        result["nothing"].append(error(noisy, new))
        result["best"].append(error(best_denoiser(noisy, data, NOISE), new))
        for name, noise in [("plain", 0.0), ("denoising", NOISE)]:
            layers = train(data, WIDE, steps, noise, rng)
            result[name].append(error(forward(noisy, layers)[-1], new))
            result[f"{name}_center"].append(error(forward(center, layers)[-1], center))
            if name == "plain":
                result["plain_clean"].append(error(forward(new, layers)[-1], new))
    return result


def pictures(steps: int = 3000) -> dict:
    """What the figure draws: the deep network's curve, and where two wide ones move a grid."""
    rng = np.random.default_rng(0)
    data = ring(300, rng)
    order = np.argsort(np.arctan2(data[:, 1], data[:, 0]))[::5]
    deep = train(data, BOTTLENECK, steps, 0.0, rng)
    ticks = np.linspace(-1.4, 1.4, 9)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    found = {"data": data[::3], "curve": forward(data[order], deep)[-1], "grid": grid}
    for name, noise in [("plain", 0.0), ("denoising", NOISE)]:
        found[name] = forward(grid, train(data, WIDE, steps, noise, rng))[-1]
    return {name: values.round(3).tolist() for name, values in found.items()}


if __name__ == "__main__":
    start = time.process_time()
    measured = {"errors": run(), "pictures": pictures()}
    measured["run"] = {"numpy": np.__version__, "python": platform.python_version(),
                       "cpu_seconds": round(time.process_time() - start)}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(measured) + "\n", encoding="utf-8")
    for name, values in measured["errors"].items():
        print(f"{name:18s} mean {np.mean(values):.4f}  {np.round(values, 4)}")
    print(measured["run"])
