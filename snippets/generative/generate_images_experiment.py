"""Digits of 8 x 8 pixels from five generators, judged against images none of them has seen.

scikit-learn's digits: 1,347 to train, 450 to judge. Every output is rounded to the data's 17 gray
levels, so that no test wins by looking at fractions. The flow is that of Lipman et al.,
https://arxiv.org/abs/2210.02747, with straight paths; the pixel order is row by row.
"""

import json
import math
import platform
import time
from pathlib import Path

import numpy as np
import sklearn
import torch
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from torch import Tensor, nn
from torch.nn import functional as F

from snippets.generative.generate_images import (
    exact_velocity,
    fit_gaussian,
    follow,
    frechet_distance,
    sample_gaussian,
    sample_in_order,
    squared_distances,
    two_sample_accuracy,
)
from snippets.generative.generate_images_mistakes import neighbor_accuracy

TRAIN, LEVELS, PIXELS = 1347, 17, 64
STEPS = (1, 2, 4, 8, 16, 32, 64)


def split(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Training and judging images as integers 0 to 16, (1347, 64) and (450, 64)."""
    images = load_digits().data.astype(np.int64)
    order = np.random.default_rng(seed).permutation(len(images))
    return images[order[:TRAIN]], images[order[TRAIN:]]


def scale(levels: np.ndarray) -> np.ndarray:
    """0 to 16 -> -1 to 1."""
    return levels / 8 - 1


def levels(x: np.ndarray) -> np.ndarray:
    """-1 to 1 -> the nearest of 0 to 16; what lies outside is clipped."""
    return np.clip(np.rint((x + 1) * 8), 0, 16).astype(np.int64)


# --8<-- [start:pixels]
class Pixels(nn.Module):
    """A softmax regression for each pixel, on features of the pixels before it."""

    def __init__(self, independent: bool):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(4, PIXELS, PIXELS, LEVELS))
        self.bias = nn.Parameter(torch.zeros(PIXELS, LEVELS))
        before = torch.ones(PIXELS, PIXELS).triu(1)  # source j < target i only
        self.register_buffer("mask", before * (not independent))

    def forward(self, x: Tensor) -> Tensor:
        """Levels (N, 64) -> logits of every pixel (N, 64, 17)."""
        steps = [(x >= k).float() for k in (1, 6, 12)]
        features = torch.stack([x.float() / 16, *steps], dim=1)  # (N, 4, 64)
        weight = self.weight * self.mask[:, :, None]
        return torch.einsum("nfj,fjil->nil", features, weight) + self.bias
# --8<-- [end:pixels]


def train_pixels(images: np.ndarray, independent: bool, steps: int, seed: int) -> Pixels:
    """Maximize the likelihood of the training images."""
    generator, model = torch.Generator().manual_seed(seed), Pixels(independent)
    data = torch.from_numpy(images)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-2, weight_decay=0.3)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 1e-2 * (1 - step / steps)
        x = data[torch.randint(len(data), (128,), generator=generator)]
        loss = F.cross_entropy(model(x).flatten(0, 1), x.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@torch.no_grad()
def bits_per_pixel(model: Pixels, images: np.ndarray) -> float:
    """Mean of -log2 of the probability of each pixel given those before it."""
    x = torch.from_numpy(images)
    return float(F.cross_entropy(model(x).flatten(0, 1), x.flatten())) / math.log(2)


# --8<-- [start:train_flow]
def train_flow(images: np.ndarray, steps: int, seed: int) -> nn.Module:
    """Regress image - noise on a point between them and the time."""
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):  # the global state comes back
        torch.manual_seed(seed)
        model = nn.Sequential(
            nn.Linear(PIXELS + 8, 256), nn.SiLU(),
            nn.Linear(256, 256), nn.SiLU(), nn.Linear(256, PIXELS))
    data = torch.from_numpy(scale(images)).float()
    optimizer = torch.optim.Adam(model.parameters(), 2e-3)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 2e-3 * (1 - step / steps)
        image = data[torch.randint(len(data), (128,), generator=generator)]
        noise = torch.randn(image.shape, generator=generator)
        time = torch.rand(len(image), 1, generator=generator)
        point = (1 - time) * noise + time * image
        loss = F.mse_loss(model(with_time(point, time)), image - noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
# --8<-- [end:train_flow]


def with_time(x: Tensor, time: Tensor) -> Tensor:
    """Append sines and cosines of the time: (N, 64), (N, 1) -> (N, 72)."""
    angle = time * math.pi * torch.tensor([0.5, 1.0, 2.0, 4.0])
    return torch.cat([x, angle.sin(), angle.cos()], dim=1)


def judge(fake: np.ndarray, train: np.ndarray, test: np.ndarray, seed: int) -> dict:
    """Kernel classifier, neighbor test, Fréchet distance in pixels, nearest training image."""
    fake, train, test = scale(fake), scale(train), scale(test)
    nearest = np.sqrt(squared_distances(fake, train).min(axis=1))
    accuracy = two_sample_accuracy(test, fake, np.random.default_rng(seed))
    return {"accuracy": round(accuracy, 4),
            "neighbor": [round(v, 4) for v in neighbor_accuracy(test, fake)],
            "frechet": round(frechet_distance(fake, test), 3),
            "nearest": round(float(np.median(nearest)), 3),
            "copies": round(float(np.mean(nearest < 1e-6)), 4)}


def forest_accuracy(real: np.ndarray, fake: np.ndarray, seed: int) -> float:
    """The two-sample test of the page with another judge: 200 random trees."""
    order, right = np.random.default_rng(seed).permutation(len(real)), 0
    halves = order[: len(real) // 2], order[len(real) // 2 :]
    for train, test in (halves, halves[::-1]):
        forest = RandomForestClassifier(200, random_state=seed)
        seen = np.concatenate([real[train], fake[train]])
        forest.fit(seen, np.repeat([1, 0], len(train)))
        right += int(forest.predict(real[test]).sum())
        right += int((1 - forest.predict(fake[test])).sum())
    return right / (2 * len(real))


def one_seed(seed: int, flow_steps: int, pixel_steps: int) -> tuple[dict, dict]:
    """Every generator on one split: measures and a few samples of each."""
    train, test = split(seed)
    rng = np.random.default_rng(seed)
    samples = {"copies of training images": train[rng.permutation(TRAIN)[:len(test)]]}
    mean, factors = fit_gaussian(scale(train), 40)
    samples["PCA-Gaussian"] = levels(sample_gaussian(mean, factors, len(test), rng))
    bits = {}
    for name, independent in (("independent pixels", True), ("autoregressive", False)):
        model = train_pixels(train, independent, pixel_steps, seed)
        bits[name] = bits_per_pixel(model, test)

        @torch.no_grad()
        def probs(x, i, model=model):
            return model(torch.from_numpy(x))[:, i].softmax(dim=1).double().numpy()

        samples[name] = sample_in_order(probs, len(test), PIXELS, rng)
    flow = train_flow(train, flow_steps, seed)

    @torch.no_grad()
    def velocity(x, t):
        x = torch.from_numpy(x).float()
        return flow(with_time(x, torch.full((len(x), 1), t))).double().numpy()

    noise = rng.standard_normal((len(test), PIXELS))
    for steps in STEPS:
        samples[f"flow, {steps}"] = levels(follow(velocity, noise, steps))
    data = scale(train)
    exact = follow(lambda x, t: exact_velocity(x, t, data), noise, max(STEPS))
    samples["exact flow"] = levels(exact)
    results = {name: judge(fake, train, test, seed) for name, fake in samples.items()}
    for name in samples.keys() - {f"flow, {steps}" for steps in STEPS[1:-1]}:
        found = forest_accuracy(scale(test), scale(samples[name]), seed)
        results[name]["forest"] = round(found, 4)
    for name, value in bits.items():
        results[name]["bits"] = round(value, 3)
    real = np.sqrt(squared_distances(scale(test), scale(train)).min(axis=1))
    results["held-out images"] = {"nearest": round(float(np.median(real)), 3)}
    shown = {"held-out images": test} | samples
    return results, {name: fake[:8].tolist() for name, fake in shown.items()}


def run(seeds=(0, 1, 2), flow_steps: int = 6000, pixel_steps: int = 1500) -> dict:
    """Every generator, one split per seed; nothing is written."""
    start = time.process_time()
    results, pictures = [], None
    for seed in seeds:
        result, samples = one_seed(seed, flow_steps, pixel_steps)
        results.append(result)
        pictures = pictures or samples
    return {"seeds": list(seeds), "flow_steps": flow_steps, "pixel_steps": pixel_steps,
            "python": platform.python_version(), "torch": torch.__version__,
            "scikit_learn": sklearn.__version__, "threads": torch.get_num_threads(),
            "cpu_seconds": round(time.process_time() - start, 1),
            "results": results, "samples": pictures}


if __name__ == "__main__":
    torch.set_num_threads(1)
    record = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(record) + "\n", encoding="utf-8")
    print(record["cpu_seconds"], "s")
    for name in record["results"][0]:
        print(f"{name:28}", [list(result[name].values()) for result in record["results"]])
