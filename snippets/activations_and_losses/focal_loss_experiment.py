"""Focal loss and cross-entropy on two classes, one of them rare, with known probabilities.

Positives are 5 percent: a mixture of three Gaussians among three others, in ten dimensions. A
network of 64 hidden units sees 2,000 examples. Measured on 40,000 others, after 10 and after
150 epochs. Writes focal_loss_experiment.json.
"""

import json
import platform
import time
from pathlib import Path

import torch

RATE, FEATURES, HIDDEN, TRAIN, TEST = 0.05, 10, 64, 2000, 40_000
LOSSES = {"cross-entropy": (None, 0.0), "gamma 1": (None, 1.0), "gamma 2": (None, 2.0),
          "gamma 5": (None, 5.0), "alpha 0.25, gamma 2": (0.25, 2.0)}
CHECKS = (200, 3000)  # batches of 100: after 10 epochs, and after 150


def sample(seed: int) -> dict:
    """Training, validation and test set of one random pair of mixtures, with true log odds."""
    generator = torch.Generator().manual_seed(seed)
    centers = 0.9 * torch.randn(2, 3, FEATURES, generator=generator)
    data = {}
    for name, size in (("train", TRAIN), ("validation", 4000), ("test", TEST)):
        labels = (torch.rand(size, generator=generator) < RATE).long()
        part = torch.randint(3, (size,), generator=generator)
        x = centers[labels, part] + torch.randn(size, FEATURES, generator=generator)
        density = torch.logsumexp(-0.5 * torch.cdist(x, centers.view(6, -1)).view(size, 2, 3) ** 2, 2)
        odds = density[:, 1] - density[:, 0] + torch.tensor(RATE / (1 - RATE)).log()
        data[name] = (x, labels.float(), odds)
    return data


def focal(logits: torch.Tensor, targets: torch.Tensor, alpha: float | None, gamma: float) -> torch.Tensor:
    """Elementwise focal loss; ``alpha`` None weighs both classes alike."""
    signed = torch.where(targets == 1, logits, -logits)
    loss = -torch.nn.functional.logsigmoid(signed) * torch.sigmoid(-signed) ** gamma
    if alpha is None:
        return loss
    return loss * torch.where(targets == 1, alpha, 1 - alpha)


def train(sets: list[dict], alpha: float | None, gamma: float, steps: int, prior: float | None) -> dict:
    """Parameters at each of CHECKS up to ``steps``; ``prior`` sets the first bias."""
    generator = torch.Generator().manual_seed(1)
    x, y = (torch.stack([one["train"][part] for one in sets]) for part in (0, 1))
    shapes = [(FEATURES, HIDDEN), (1, HIDDEN), (HIDDEN, 1), (1, 1)]
    params = [torch.zeros(len(sets), *shape) if shape[0] == 1 else
              torch.randn(len(sets), *shape, generator=generator) * (1 / shape[0]) ** 0.5
              for shape in shapes]
    if prior is not None:
        params[3] += torch.tensor(prior).logit()
    for value in params:
        value.requires_grad_()
    optimizer = torch.optim.Adam(params, lr=0.003)
    kept = {}
    for step in range(1, steps + 1):
        if step % 20 == 1:
            order = torch.randperm(TRAIN, generator=generator)
        rows = order[(step - 1) % 20 * 100:][:100]
        loss = focal(forward(params, x[:, rows]), y[:, rows], alpha, gamma).mean(1).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step in CHECKS:
            kept[step] = [value.detach().clone() for value in params]
    return kept


def forward(params: list, x: torch.Tensor) -> torch.Tensor:
    """Logits (M, N) of inputs (M, N, D)."""
    return (torch.relu(x @ params[0] + params[1]) @ params[2] + params[3])[..., 0]


def calibration_error(probs: torch.Tensor, labels: torch.Tensor, bins: int = 15) -> float:
    """Mean distance of the output and the share of positives, bins of equal number."""
    order = probs.argsort()
    parts = zip(probs[order].tensor_split(bins), labels[order].tensor_split(bins), strict=True)
    return float(sum((p.mean() - y.mean()).abs() * len(p) for p, y in parts) / len(probs))


def average_precision(scores: torch.Tensor, labels: torch.Tensor) -> float:
    """Mean precision at the rank of each positive."""
    hits = labels[scores.argsort(descending=True)]
    precision = hits.cumsum(0) / torch.arange(1, len(hits) + 1)
    return float((precision * hits).sum() / hits.sum())


def rescale(logits: torch.Tensor, labels: torch.Tensor) -> tuple[float, float]:
    """Factor and constant of the logits with the lowest log loss, by Newton's method."""
    design = torch.stack([logits, torch.ones_like(logits)], 1).double()
    beta = torch.tensor([0.5, 0.0], dtype=torch.float64)
    for _ in range(30):
        p = torch.sigmoid(design @ beta)
        hessian = (design * (p * (1 - p))[:, None]).T @ design + 1e-6 * torch.eye(2, dtype=torch.float64)
        beta -= torch.linalg.solve(hessian, design.T @ (p - labels.double())).clamp(-1, 1)
    return float(beta[0]), float(beta[1])


def scores(params: list, sets: list[dict]) -> dict:
    """Each score as a list with one entry per data set."""
    found: dict = {key: [] for key in ("average_precision", "mean", "calibration", "log_loss",
                                       "calibration_scaled", "log_loss_scaled")}
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    for index, one in enumerate(sets):
        own = [value[index:index + 1] for value in params]
        z, held = (forward(own, one[part][0][None])[0] for part in ("test", "validation"))
        labels = one["test"][1]
        factor, constant = rescale(held, one["validation"][1])
        scaled = factor * z + constant
        found["average_precision"].append(average_precision(z, labels))
        found["mean"].append(float(torch.sigmoid(z).mean()))
        found["calibration"].append(calibration_error(torch.sigmoid(z), labels))
        found["log_loss"].append(float(bce(z, labels)))
        found["calibration_scaled"].append(calibration_error(torch.sigmoid(scaled), labels))
        found["log_loss_scaled"].append(float(bce(scaled, labels)))
    return found


def run(seeds: int = 6, steps: int = 3000) -> dict:
    """All losses at both checks, and the scores of the true log odds."""
    start, sets = time.time(), [sample(seed) for seed in range(seeds)]
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    result = {"seeds": seeds, "steps": steps, "models": {}, "truth": {
        "average_precision": [average_precision(one["test"][2], one["test"][1]) for one in sets],
        "log_loss": [float(bce(one["test"][2], one["test"][1])) for one in sets]}}
    for name, (alpha, gamma) in LOSSES.items():
        for step, params in train(sets, alpha, gamma, steps, RATE).items():
            result["models"][f"{name}, {step}"] = scores(params, sets)
    return result | {"python": platform.python_version(), "torch": torch.__version__,
                     "seconds": round(time.time() - start, 1)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = run()
    print("truth", {key: round(sum(v) / len(v), 4) for key, v in result["truth"].items()})
    for name, one in result["models"].items():
        print(f"{name:26}", ", ".join(f"{key} {torch.tensor(v).mean():.4f}" for key, v in one.items()))
    print(result["seconds"], "seconds")
    out = Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(result) + "\n", encoding="utf-8")
