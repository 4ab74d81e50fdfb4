"""Label smoothing on data whose true class probabilities are known.

Ten Gaussian classes in ten dimensions, in five pairs that lie close together. A network of
128 hidden units sees 1,000 examples and fits them. Measured on 20,000 others: accuracy,
log loss, calibration error, and how much a network keeps of which classes are similar.
Then students learn from each teacher. Writes label_smoothing_experiment.json.
"""

import json
import platform
import time
from pathlib import Path

import torch

CLASSES, FEATURES, HIDDEN, TRAIN, TEST = 10, 10, 128, 1000, 20_000
SMOOTHINGS = (0.0, 0.05, 0.1, 0.2)
CHECKS = (100, 2000)  # batches of 100: after 10 epochs, and after 200


def sample(seed: int) -> dict:
    """Training, validation and test set of one random mixture, with log posteriors."""
    generator = torch.Generator().manual_seed(seed)
    middle = torch.randn(CLASSES // 2, 1, FEATURES, generator=generator)
    apart = torch.randn(CLASSES // 2, 1, FEATURES, generator=generator)
    centers = torch.cat([middle + 0.5 * apart, middle - 0.5 * apart], 1).reshape(CLASSES, FEATURES)
    data = {}
    for name, size in (("train", TRAIN), ("validation", 2000), ("test", TEST)):
        labels = torch.randint(CLASSES, (size,), generator=generator)
        x = centers[labels] + torch.randn(size, FEATURES, generator=generator)
        truth = torch.log_softmax(-0.5 * torch.cdist(x, centers) ** 2, 1)
        data[name] = (x, labels, truth)
    return data


def calibration_error(log_probs: torch.Tensor, labels: torch.Tensor, bins: int = 15) -> float:
    """Expected calibration error of the top class, bins of equal width."""
    confidence, predicted = log_probs.exp().max(1)
    right = (predicted == labels).double()
    place = (confidence * bins).long().clamp(max=bins - 1)
    gap = torch.zeros(bins, dtype=torch.float64).index_add(0, place, right - confidence.double())
    return float(gap.abs().sum() / len(labels))


def best_temperature(logits: torch.Tensor, labels: torch.Tensor) -> float:
    """The temperature with the lowest log loss on these examples, from a grid."""
    grid = torch.logspace(-1, 1, 81)
    losses = [torch.nn.functional.cross_entropy(logits / t, labels) for t in grid]
    return float(grid[int(torch.stack(losses).argmin())])


def similarity_kept(logits: torch.Tensor, labels: torch.Tensor, truth: torch.Tensor) -> float:
    """Mean correlation of wrong classes' logits with their true log probabilities."""
    keep = torch.ones_like(logits, dtype=torch.bool).scatter(1, labels[:, None], False)
    ours, true = (values[keep].view(len(labels), -1) for values in (logits, truth))
    ours, true = ours - ours.mean(1, keepdim=True), true - true.mean(1, keepdim=True)
    return float(((ours * true).sum(1) / (ours.norm(dim=1) * true.norm(dim=1))).mean())


def train(sets: list[dict], targets: torch.Tensor, hidden: int, steps: int, seed: int,
          temperature: float = 1.0) -> dict:
    """Networks, one per data set, and their parameters at each of CHECKS up to ``steps``.

    Args:
        sets: Data sets; the training inputs of all are used at once.
        targets: Rows of probabilities, (M, 1000, K).
        hidden: Hidden units.
        steps: Batches of 100.
        seed: Of start and order.
        temperature: Divides the logits inside the loss.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.stack([one["train"][0] for one in sets])  # (M, 1000, D)
    shapes = [(FEATURES, hidden), (1, hidden), (hidden, CLASSES), (1, CLASSES)]
    params = [torch.zeros(len(sets), *shape) if shape[0] == 1 else
              torch.randn(len(sets), *shape, generator=generator) * (2 / shape[0]) ** 0.5
              for shape in shapes]
    for value in params:
        value.requires_grad_()
    optimizer = torch.optim.Adam(params, lr=0.003)
    kept = {}
    for step in range(1, steps + 1):
        if step % 10 == 1:
            order = torch.randperm(TRAIN, generator=generator)
        rows = order[(step - 1) % 10 * 100:][:100]
        logits = forward(params, x[:, rows]) / temperature
        loss = -(targets[:, rows] * torch.log_softmax(logits, 2)).sum(2).mean(1).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step in CHECKS:
            kept[step] = [value.detach().clone() for value in params]
    return kept


def forward(params: list, x: torch.Tensor) -> torch.Tensor:
    """Logits (M, N, K) of inputs (M, N, D)."""
    return torch.relu(x @ params[0] + params[1]) @ params[2] + params[3]


def scores(params: list, sets: list[dict]) -> dict:
    """Each score as a list with one entry per data set."""
    found: dict = {key: [] for key in ("accuracy", "log_loss", "calibration", "confidence",
                                       "temperature", "calibration_scaled", "similarity")}
    for index, one in enumerate(sets):
        own = [value[index:index + 1] for value in params]
        logits, (_, labels, _) = forward(own, one["test"][0][None])[0], one["test"]
        log_probs = torch.log_softmax(logits, 1)
        scale = best_temperature(forward(own, one["validation"][0][None])[0], one["validation"][1])
        found["accuracy"].append(float((logits.argmax(1) == labels).double().mean()))
        found["log_loss"].append(float(torch.nn.functional.nll_loss(log_probs, labels)))
        found["calibration"].append(calibration_error(log_probs, labels))
        found["confidence"].append(float(log_probs.exp().max(1).values.mean()))
        found["temperature"].append(scale)
        found["calibration_scaled"].append(calibration_error(torch.log_softmax(logits / scale, 1), labels))
        x, labels, truth = one["train"]
        found["similarity"].append(similarity_kept(forward(own, x[None])[0], labels, truth))
    return found


def run(seeds: int = 6, steps: int = 2000) -> dict:
    """Teachers for each smoothing, scores at each check, and students of the last ones."""
    start = time.time()
    sets = [sample(seed) for seed in range(seeds)]
    truth = {"accuracy": [], "log_loss": []}
    for one in sets:
        _, labels, log_probs = one["test"]
        truth["accuracy"].append(float((log_probs.argmax(1) == labels).double().mean()))
        truth["log_loss"].append(float(torch.nn.functional.nll_loss(log_probs, labels)))
    hard = torch.stack([torch.nn.functional.one_hot(one["train"][1], CLASSES).float() for one in sets])
    x = torch.stack([one["train"][0] for one in sets])
    result = {"seeds": seeds, "steps": steps, "truth": truth, "teachers": {}, "students": {}}
    for smoothing in SMOOTHINGS:
        kept = train(sets, (1 - smoothing) * hard + smoothing / CLASSES, HIDDEN, steps, 1)
        for step, params in kept.items():
            result["teachers"][f"{smoothing}, {step}"] = scores(params, sets)
            soft = torch.softmax(forward(params, x) / 2, 2)  # distillation at temperature 2
            student = train(sets, soft, 16, CHECKS[-1], 2, temperature=2.0)[CHECKS[-1]]
            result["students"][f"{smoothing}, {step}"] = scores(student, sets)
    result["students"]["labels"] = scores(train(sets, hard, 16, CHECKS[-1], 2)[CHECKS[-1]], sets)
    return result | {"python": platform.python_version(), "torch": torch.__version__,
                     "seconds": round(time.time() - start, 1)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = run()
    print("truth", {key: round(sum(v) / len(v), 4) for key, v in result["truth"].items()})
    for kind in ("teachers", "students"):
        for name, one in result[kind].items():
            print(f"{kind} {name:12}", ", ".join(
                f"{key} {torch.tensor(v).mean():.4f} ± {torch.tensor(v).std():.4f}"
                for key, v in one.items()))
    print(result["seconds"], "seconds")
    out = Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(result) + "\n", encoding="utf-8")
