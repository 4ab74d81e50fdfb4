"""One decision from three digit images: trained apart, end to end, and with helper losses."""

import json
import platform
import time
from itertools import product
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce

TASKS = ("odd", "sum")  # is the number of large digits odd; is the sum of the digits at least 14
MODES = ("apart", "end to end", "helper loss")
SIZES = (300, 1000, 3000)
MANY = ("odd", "end to end", 100_000)  # so many that nearly every step sees new triples
FEATURES, IMAGES = 8, 3


def pools(seed):
    """1,000 images to draw training triples from, 797 for test triples, pixels in [0, 1]."""
    pixels, digits = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(pixels))
    x = torch.tensor(pixels / 16, dtype=torch.float32)[order]
    digits = torch.tensor(digits)[order]
    return (x[:1000], digits[:1000]), (x[1000:], digits[1000:])


def triples(pool, task, count, rng):
    """Images (N, 3, 64), stage labels "is 5 or more" (N, 3), and the final target (N,)."""
    rows = torch.tensor(rng.integers(len(pool[0]), size=(count, IMAGES)))
    digits = pool[1][rows]
    large = (digits >= 5).float()
    target = large.sum(1) % 2 == 1 if task == "odd" else digits.sum(1) >= 14
    return pool[0][rows], large, target.float()


# --8<-- [start:train]
def train(data, mode, seed, steps=2000):
    """Fit 64-64-8 for each image and 24-64-1 on top; return the fitted function."""
    torch.manual_seed(seed)
    x, large, target = data
    encoder = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, FEATURES))
    head = nn.Sequential(
        nn.Linear(FEATURES * IMAGES, 64), nn.ReLU(), nn.Linear(64, 1)
    )

    def between(images):
        features = encoder(images)  # (N, 3, 64) -> (N, 3, 8)
        if mode == "apart":  # only the stage's answer passes, and no gradient
            passed = torch.sigmoid(features[..., :1]).detach()
            features = passed.expand(-1, -1, FEATURES)
        return features.flatten(1)

    parameters = [*encoder.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=2e-3)
    batches = np.random.default_rng(seed)
    for _ in range(steps):
        rows = torch.tensor(batches.integers(len(x), size=64))
        loss = bce(head(between(x[rows]))[:, 0], target[rows])
        if mode != "end to end":
            loss = loss + bce(encoder(x[rows])[..., 0], large[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return lambda images: head(between(images))[:, 0]
# --8<-- [end:train]


def accuracies(task, mode, size, seed, steps=2000):
    """Shares of the training triples and of 2,000 test triples that are right."""
    rng = np.random.default_rng(seed)
    train_pool, test_pool = pools(seed)
    data = triples(train_pool, task, size, rng)
    test = triples(test_pool, task, 2000, rng)
    with torch.random.fork_rng():
        model = train(data, mode, seed, steps)
    with torch.no_grad():
        return [
            float(((model(x) > 0) == (target > 0)).float().mean())
            for x, _, target in (data, test)
        ]


def run(seeds=range(5)):
    torch.set_num_threads(1)
    start = time.process_time()
    training, accuracy = {}, {}
    for task, mode, size in [*product(TASKS, MODES, SIZES), MANY]:
        pairs = [accuracies(task, mode, size, seed) for seed in seeds]
        name = f"{task}, {mode}, {size}"
        fitted, accuracy[name] = np.round(pairs, 4).T.tolist()
        if (task, mode) == MANY[:2]:
            training[name] = fitted
    return {
        "accuracy": accuracy,
        "training accuracy": training,
        "seeds": list(seeds),
        "cores": 1,
        "cpu_seconds": round(time.process_time() - start),
        "versions": {"python": platform.python_version(), "torch": torch.__version__,
                     "numpy": np.__version__},
    }


if __name__ == "__main__":
    measured = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(measured, indent=1) + "\n")
    for name, values in measured["accuracy"].items():
        print(f"{name}: {np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}")
