"""DyT against layer normalization in a small vision transformer on 8 x 8 digits.

Writes implement_a_paper_experiment.json. The digits come with scikit-learn. With one seed every variant
sees the same split, the same batches and the same initial weights: only the layer in the place of the
norm differs.
"""

import json
import platform
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn

from snippets.interviews.explain_a_paper_torch import DyT, TinyViT

TRAIN, TEST, BATCH, EPOCHS, DEPTH = 1200, 300, 60, 12, 3
RATES = [0.002, 0.006, 0.018]
SEEDS = [0, 1, 2, 3, 4, 5]


# --8<-- [start:variants]
class Scale(DyT):
    """DyT without the tanh: the ablation that asks what the squashing does."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Entry by entry: (..., D) -> (..., D)."""
        return self.weight * self.alpha * x + self.bias


VARIANTS = {
    "LayerNorm": nn.LayerNorm,
    "DyT, alpha 0.5": partial(DyT, alpha=0.5),  # the paper's default
    "DyT, alpha 2": partial(DyT, alpha=2.0),
    "DyT, alpha 8": partial(DyT, alpha=8.0),
    "no tanh, alpha 2": partial(Scale, alpha=2.0),
}
# --8<-- [end:variants]


def digits(seed: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Images (N, 8, 8) from 0 to 1 with targets (N,), for training, validation and test."""
    data = load_digits()
    order = np.random.default_rng(seed).permutation(len(data.target))
    x = torch.tensor(data.images[order] / 16, dtype=torch.float32)
    sizes = [TRAIN, len(x) - TRAIN - TEST, TEST]
    return list(zip(x.split(sizes), torch.tensor(data.target[order]).split(sizes), strict=True))


def train(variant: str, lr: float, seed: int, epochs: int = EPOCHS, depth: int = DEPTH) -> dict:
    """One run: final training loss, and the accuracy in percent on validation and test."""
    torch.set_num_threads(1)
    (x, targets), *held_out = digits(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = TinyViT(VARIANTS[variant], depth=depth)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=epochs * TRAIN // BATCH)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        for batch in torch.randperm(TRAIN, generator=generator).split(BATCH):
            loss = nn.functional.cross_entropy(model(x[batch]), targets[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    with torch.no_grad():
        final = float(nn.functional.cross_entropy(model(x), targets))
        validation, test = (100 * float((model(a).argmax(1) == b).double().mean()) for a, b in held_out)
    return {"variant": variant, "lr": lr, "seed": seed, "train_loss": round(final, 4),
            "validation": round(validation, 2), "test": round(test, 2)}


def run(seeds: list[int], rates: list[float] = RATES, epochs: int = EPOCHS, depth: int = DEPTH,
        variants: list[str] | None = None) -> dict:
    """Every variant with every learning rate and every seed."""
    start = time.time()
    jobs = list(product(variants or list(VARIANTS), rates, seeds))
    arguments = [*zip(*jobs, strict=True), [epochs] * len(jobs), [depth] * len(jobs)]
    with ProcessPoolExecutor(2) as pool:
        runs = list(pool.map(train, *arguments))
    return {"seeds": seeds, "rates": rates, "epochs": epochs, "depth": depth, "runs": runs,
            "python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__,
            "cores": 2, "seconds": round(time.time() - start)}


def chosen(result: dict, variant: str) -> tuple[float, list[dict]]:
    """The learning rate with the best mean validation accuracy, and its runs in the order of the seeds."""
    def runs(lr: float) -> list[dict]:
        return [r for r in result["runs"] if r["variant"] == variant and r["lr"] == lr]

    best = max(result["rates"], key=lambda lr: np.mean([r["validation"] for r in runs(lr)]))
    return best, sorted(runs(best), key=lambda r: r["seed"])


if __name__ == "__main__":
    result = run(SEEDS)
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for variant in VARIANTS:
        lr, runs = chosen(result, variant)
        test = [r["test"] for r in runs]
        print(f"{variant:18} lr {lr} loss {np.mean([r['train_loss'] for r in runs]):.3f} "
              f"test {np.mean(test):.1f} +- {np.std(test, ddof=1):.1f} {test}")
    print(result["seconds"], "s")
