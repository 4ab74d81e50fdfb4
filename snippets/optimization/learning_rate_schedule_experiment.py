"""Peak learning rate against schedule, for Adam and SGD on digits.

scikit-learn's 8x8 digits, 1,000 images for training and 797 for testing, one split. Eight
hidden layers of 64 ReLU units, He initialization, batches of 50, 400 steps, 5 starts. All
runs of one optimizer are trained side by side. "warmed averages" updates Adam's m and v for
100 batches at the start with learning rate 0 and then trains without warm-up: what is left
of the difference to a warm-up cannot come from averages over few gradients. Writes
learning_rate_schedule_experiment.json.
"""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits

from snippets.optimization.learning_rate_schedule import cosine, linear, warmup_factor, wsd

STEPS, WARMUP, BATCH, WIDTH, DEPTH, SEEDS = 400, 80, 50, 64, 8, 5
RATES = {"Adam": [0.001, 0.003, 0.01, 0.03, 0.1], "SGD": [0.01, 0.03, 0.1, 0.3, 1.0]}
SCHEDULES = ["constant", "warmed averages", "warm-up", "linear", "warmed averages, linear",
             "warm-up, linear", "warm-up, cosine", "WSD"]


def rates_of(schedule: str, steps: int, warmup: int) -> np.ndarray:
    """Learning rate of each step for a peak of 1, (steps,)."""
    t = np.arange(steps)
    return {
        "constant": np.ones(steps), "warmed averages": np.ones(steps),
        "warm-up": warmup_factor(t, warmup), "linear": linear(t, 1.0, 0, steps),
        "warmed averages, linear": linear(t, 1.0, 0, steps),
        "warm-up, linear": linear(t, 1.0, warmup, steps),
        "warm-up, cosine": cosine(t, 1.0, warmup, steps),
        "WSD": wsd(t, 1.0, warmup, steps, decay=steps // 5),
    }[schedule]


def logits_of(weights: list, biases: list, x: torch.Tensor) -> torch.Tensor:
    """x (N, 64) or (M, N, 64) through M networks, (M, N, 10)."""
    h = x
    for i, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        h = h @ weight + bias
        h = h.relu() if i < len(weights) - 1 else h
    return h


def train(optimizer: str, schedules: list[str], peaks: list[float], seeds: int = SEEDS,
          steps: int = STEPS, warmup: int = WARMUP) -> dict:
    """Final training loss and test accuracy, and highest loss in the first ``warmup`` steps."""
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.data))
    data = torch.tensor(digits.data[order] / 16 - 0.3, dtype=torch.float32)
    targets = torch.tensor(digits.target[order])
    cases = [(s, p, k) for s in schedules for p in peaks for k in range(seeds)]
    m = len(cases)
    sizes = [64] + [WIDTH] * DEPTH + [10]
    starts = []
    for k in range(seeds):
        generator = torch.Generator().manual_seed(k)
        starts.append([torch.randn(a, b, generator=generator) * (2 / a) ** 0.5
                       for a, b in pairwise(sizes)])
    weights = [torch.stack([starts[k][i] for _, _, k in cases]) for i in range(len(sizes) - 1)]
    biases = [torch.zeros(m, 1, b) for b in sizes[1:]]
    params = [p.requires_grad_() for p in weights + biases]
    first = [torch.zeros_like(p) for p in params]
    second = [torch.zeros_like(p) for p in params]
    curve = np.stack([p * rates_of(s, steps, warmup) for s, p, _ in cases])  # (m, steps)
    waits = torch.tensor([s.startswith("warmed") for s, _, _ in cases])
    generator = torch.Generator().manual_seed(100)
    before = 100 if waits.any() else 0
    peak_loss, count = torch.zeros(m), torch.zeros(m)
    for t in range(-before, steps):
        rows = torch.randint(1000, (BATCH,), generator=generator)
        loss = torch.nn.functional.cross_entropy(
            logits_of(weights, biases, data[rows]).flatten(0, 1), targets[rows].repeat(m),
            reduction="none").view(m, BATCH).mean(1)
        grads = torch.autograd.grad(loss.sum(), params)
        live = torch.ones(m, dtype=torch.bool) if t >= 0 else waits  # whose averages move
        count += live
        rate = torch.tensor(curve[:, t] if t >= 0 else np.zeros(m), dtype=torch.float32)
        if 0 <= t < warmup:
            peak_loss = torch.maximum(peak_loss, loss.detach().nan_to_num(torch.inf))
        with torch.no_grad():
            for p, g, a, b in zip(params, grads, first, second, strict=True):
                if optimizer == "SGD":
                    p -= rate.view(-1, 1, 1) * g
                    continue
                mask, n = live.view(-1, 1, 1), count.clamp(min=1).view(-1, 1, 1)
                a += mask * 0.1 * (g - a)
                b += mask * 0.001 * (g * g - b)
                root = (b / (1 - 0.999**n)).sqrt() + 1e-8
                p -= rate.view(-1, 1, 1) * (a / (1 - 0.9**n)) / root
    with torch.no_grad():
        out = logits_of(weights, biases, data)
        every = torch.nn.functional.cross_entropy(
            out[:, :1000].flatten(0, 1), targets[:1000].repeat(m), reduction="none")
        every = every.view(m, 1000).mean(1).nan_to_num(torch.inf)
        right = (out[:, 1000:].argmax(2) == targets[1000:]).float().mean(1)
    result: dict = {}
    for i, (s, p, _) in enumerate(cases):
        one = result.setdefault(s, {}).setdefault(str(p), {"loss": [], "accuracy": [], "highest": []})
        for key, value in (("loss", every[i]), ("accuracy", right[i]), ("highest", peak_loss[i])):
            one[key].append(round(min(value.item(), 1e6), 5))
    return result


def main() -> None:
    result = {"steps": STEPS, "warmup": WARMUP, "seeds": SEEDS,
              "Adam": train("Adam", SCHEDULES, RATES["Adam"]),
              "SGD": train("SGD", [s for s in SCHEDULES if not s.startswith("warmed")], RATES["SGD"])}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
