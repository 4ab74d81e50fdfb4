"""Triplets mined in three ways, from one start each, on handwritten digits.

An embedding 64-128-16 learns digits with triplets inside batches of 60. Each anchor takes one
random positive; its negative is random, the nearest of all, or semi-hard. Measured: accuracy
of the nearest neighbor on other digits, and the spread of the embeddings. Writes
contrastive_loss_experiment.json.
"""

import json
import platform
import time
from pathlib import Path

import sklearn
import torch
from sklearn.datasets import load_digits

MARGIN, BATCH = 0.5, 60
RATES = (0.001, 0.01, 0.03)


def data() -> tuple[torch.Tensor, torch.Tensor]:
    """1,797 digits as (1797, 64) in 0 to 1, and labels."""
    digits = load_digits()
    return torch.from_numpy(digits.data / 16).float(), torch.from_numpy(digits.target).long()


def pick(distances: torch.Tensor, labels: torch.Tensor, kind: str, generator: torch.Generator):
    """Positive and negative of each anchor, and which anchors have both; (N,) each."""
    same = labels[:, None] == labels[None]
    noise = torch.rand(distances.shape, generator=generator)
    itself = torch.eye(len(labels), dtype=torch.bool)
    positive = torch.where(same & ~itself, noise, -1.0).argmax(1)
    reach = distances.gather(1, positive[:, None])  # (N, 1)
    allowed = ~same
    if kind == "semi-hard":
        allowed = allowed & (distances > reach) & (distances < reach + MARGIN)
    order = noise if kind == "random" else distances
    negative = torch.where(allowed, order, float("inf")).argmin(1)
    return positive, negative, allowed.any(1) & (same & ~itself).any(1)


def train(kind: str, rate: float, seed: int, steps: int, normalize: bool) -> dict:
    """Accuracy of the nearest neighbor, final loss and mean distance of two test digits."""
    x, labels = data()
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(x), generator=generator)
    known, other = order[:1000], order[1000:]
    shapes = [(64, 128), (128,), (128, 16)]
    params = [torch.zeros(shape) if len(shape) == 1 else
              torch.randn(shape, generator=generator) / shape[0] ** 0.5 for shape in shapes]
    for value in params:
        value.requires_grad_()
    optimizer = torch.optim.Adam(params, lr=rate)

    def embed(inputs):
        out = torch.relu(inputs @ params[0] + params[1]) @ params[2]
        return torch.nn.functional.normalize(out, dim=1) if normalize else out

    losses = []
    for _ in range(steps):
        rows = known[torch.randint(len(known), (BATCH,), generator=generator)]
        z = embed(x[rows])
        gaps = z[:, None] - z[None]
        distances = (gaps.pow(2).sum(2) + 1e-12).sqrt()
        positive, negative, valid = pick(distances.detach(), labels[rows], kind, generator)
        near, far = (distances.gather(1, one[:, None])[:, 0] for one in (positive, negative))
        loss = (near - far + MARGIN).clamp(min=0)[valid].sum() / max(int(valid.sum()), 1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.no_grad():
        reference, tested = embed(x[known]), embed(x[other])
        nearest = torch.cdist(tested, reference).argmin(1)
        accuracy = (labels[known][nearest] == labels[other]).double().mean()
        return {"accuracy": float(accuracy), "loss": sum(losses[-50:]) / 50,
                "spread": float(torch.pdist(tested).mean())}


def run(steps: int = 300, seeds: int = 3) -> dict:
    """All kinds of mining at all rates."""
    start = time.time()
    result = {"steps": steps, "seeds": seeds, "margin": MARGIN, "runs": {}}
    for normalize in (False, True):
        for kind in ("random", "semi-hard", "hardest"):
            for rate in RATES:
                name = f"{'normalized' if normalize else 'free'}, {kind}, {rate}"
                result["runs"][name] = [train(kind, rate, seed, steps, normalize) for seed in range(seeds)]
    return result | {"python": platform.python_version(), "torch": torch.__version__,
                     "scikit-learn": sklearn.__version__, "seconds": round(time.time() - start, 1)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = run()
    for name, runs in result["runs"].items():
        print(f"{name:30}", " | ".join(
            f"{one['accuracy']:.3f} loss {one['loss']:.3f} spread {one['spread']:.3f}" for one in runs))
    print(result["seconds"], "seconds")
    out = Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(result) + "\n", encoding="utf-8")
