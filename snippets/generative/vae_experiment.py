"""VAEs on images of a disk at a random place: how many latents are used, and what they do.

Run ``OMP_NUM_THREADS=1 PYTHONPATH=. python snippets/generative/vae_experiment.py`` to write the
JSON beside this file.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np

from snippets.generative.vae import decode, encode, log_likelihood_bound, negative_elbo

SIDE, HIDDEN, LATENTS = 10, 48, 4
BETAS = [0.25, 1.0, 4.0, 16.0, 100.0]
TICKS = [-2.0, -1.2, -0.4, 0.4, 1.2, 2.0]


def disks(count: int, rng: np.random.Generator) -> np.ndarray:
    """Images (count, 100) of zeros and ones: a disk of radius 2.3, its center uniform in a square."""
    center = rng.uniform(2.0, 7.0, size=(count, 2, 1, 1))
    rows, columns = np.mgrid[:SIDE, :SIDE]
    inside = (rows - center[:, 0]) ** 2 + (columns - center[:, 1]) ** 2 < 2.3**2
    return inside.reshape(count, -1).astype(np.float64)


def start(features: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Random weights with standard deviation 1 / sqrt(inputs), biases zero."""
    shapes = {"enc": (features, HIDDEN), "mu": (HIDDEN, LATENTS), "lv": (HIDDEN, LATENTS),
              "dec": (LATENTS, HIDDEN), "out": (HIDDEN, features)}
    params = {}
    for name, (inputs, outputs) in shapes.items():
        params[f"{name}_w"] = rng.normal(size=(inputs, outputs)) / np.sqrt(inputs)
        params[f"{name}_b"] = np.zeros(outputs)
    return params


def train(data: np.ndarray, beta: float, steps: int, rng: np.random.Generator,
          use_noise: bool = True) -> dict[str, np.ndarray]:
    """Adam on batches of 100, the rate falling linearly from 0.005 to 0."""
    params = start(data.shape[1], rng)
    first = {name: np.zeros_like(a) for name, a in params.items()}
    second = {name: np.zeros_like(a) for name, a in params.items()}
    for t in range(1, steps + 1):
        x = data[rng.integers(len(data), size=100)]
        noise = rng.standard_normal((100, LATENTS)) * use_noise
        grads = negative_elbo(x, params, noise, beta)[2]
        for name, grad in grads.items():
            first[name] += 0.1 * (grad - first[name])
            second[name] += 0.001 * (grad**2 - second[name])
            scale = np.sqrt(second[name] / (1 - 0.999**t)) + 1e-8
            params[name] -= 0.005 * (1 - t / steps) * first[name] / (1 - 0.9**t) / scale
    return params


def per_latent(x: np.ndarray, params: dict[str, np.ndarray]) -> np.ndarray:
    """Mean KL divergence of each latent."""
    _, mu, log_var = encode(x, params)
    return 0.5 * np.mean(mu**2 + np.exp(log_var) - 1 - log_var, axis=0)


def far_from_a_disk(z: np.ndarray, params: dict[str, np.ndarray], known: np.ndarray) -> float:
    """Mean number of pixels by which a decoded, rounded image differs from the nearest disk."""
    images = (decode(z, params)[1] > 0).astype(np.float64)
    different = images @ (1 - known).T + (1 - images) @ known.T
    return float(different.min(axis=1).mean())


def run(steps: int = 4000, betas: list[float] = BETAS) -> dict:
    """Losses on 500 new images, per latent divergences, traversals, and samples."""
    result = {"betas": {}}
    known = disks(20_000, np.random.default_rng(99))
    for beta in betas:
        rng = np.random.default_rng(1)
        data, new = disks(2000, rng), disks(500, rng)
        params = train(data, beta, steps, rng)
        noise = rng.standard_normal((1000, 100, LATENTS))
        parts = [negative_elbo(new[:100], params, draw)[:2] for draw in noise[:50]]
        row = {"reconstruction": float(np.mean([p[0] for p in parts])), "kl": parts[0][1],
               "latents": per_latent(new, params).tolist()}
        if beta == 1.0:
            row["bounds"] = {}
            for count in (1, 10, 100, 1000):
                draws = np.split(noise, 1000 // count)
                found = [log_likelihood_bound(new[:100], params, draw).mean() for draw in draws]
                row["bounds"][str(count)] = float(np.mean(found))
            order = np.argsort(row["latents"])[::-1]
            z = np.zeros((LATENTS, len(TICKS), LATENTS))
            for i, latent in enumerate(order):
                z[i, :, latent] = TICKS
            probs = 1 / (1 + np.exp(-decode(z, params)[1]))
            result["traversal"] = {"kl": [row["latents"][i] for i in order],
                                   "probs": probs.round(2).tolist()}
            result["sample"] = far_from_a_disk(rng.standard_normal((500, LATENTS)), params, known)
            plain = train(data, 0.0, steps, rng, use_noise=False)
            codes = encode(data, plain)[1]
            fitted = rng.multivariate_normal(codes.mean(axis=0), np.cov(codes.T), size=500)
            result["plain_fitted"] = far_from_a_disk(fitted, plain, known)
            result["plain_rebuilt"] = far_from_a_disk(encode(new, plain)[1], plain, known)
            result["rebuilt"] = far_from_a_disk(encode(new, params)[1], params, known)
        result["betas"][str(beta)] = row
    return result


if __name__ == "__main__":
    begin = time.process_time()
    measured = run()
    measured["run"] = {"numpy": np.__version__, "python": platform.python_version(),
                       "cpu_seconds": round(time.process_time() - begin)}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(measured) + "\n", encoding="utf-8")
    for beta, row in measured["betas"].items():
        print(beta, {k: np.round(v, 3).tolist() for k, v in row.items() if k != "bounds"}, row.get("bounds"))
    print({k: v for k, v in measured.items() if k not in ("betas", "traversal")})
