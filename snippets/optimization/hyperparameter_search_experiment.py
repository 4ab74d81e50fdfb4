"""Grid, random, Bayesian search and successive halving tune one small network on digits.

Four hyper-parameters, all on logarithmic scales. One unit of budget is one training of 27
epochs. In each of 20 repetitions a new split: 300 images train, 300 validate and choose, 1,197
test. Each training draws its own initial weights and batches.
``python -m snippets.optimization.hyperparameter_search_experiment`` writes the JSON beside it.
"""

import json
import os
import platform
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from snippets.optimization import hyperparameter_search as ours

SPACE = {
    "learning rate": (1e-4, 10.0),
    "1 - momentum": (0.01, 1.0),
    "weight decay": (1e-6, 0.1),
    "initial scale": (0.01, 10.0),
}
DEFAULTS = (0.1, 0.1, 1e-4, 1.0)  # what one would try first, unseen
EPOCHS, BUDGET, HIDDEN, BATCH = 27, 81, 32, 25


class Training:
    """A network 64-32-10 that can be trained for some epochs and later for some more."""

    def __init__(self, values, data, rng: np.random.Generator) -> None:
        self.values = values
        self.lr, self.damping, self.decay, scale = values
        self.data, self.rng, self.epochs = data, rng, 0
        sizes = ((64, HIDDEN), (HIDDEN, 10))
        self.weights = [scale * np.sqrt(2 / a) * rng.normal(size=(a, b)) for a, b in sizes]
        self.weights += [np.zeros(HIDDEN), np.zeros(10)]
        self.velocity = [np.zeros_like(w) for w in self.weights]

    def forward(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        first, second, bias1, bias2 = self.weights
        hidden = np.maximum(x @ first + bias1, 0)
        return hidden, hidden @ second + bias2

    def train(self, until: int) -> float:
        """Train up to a number of epochs; the validation error in percent."""
        x, targets = self.data["train"]
        with np.errstate(all="ignore"):  # a learning rate of 10 may diverge: error 90 %
            for _ in range(self.epochs, until):
                for batch in np.split(self.rng.permutation(len(x)), len(x) // BATCH):
                    self.step(x[batch], targets[batch])
            self.epochs = until
            return self.error("validation")

    def step(self, x: np.ndarray, targets: np.ndarray) -> None:
        hidden, logits = self.forward(x)
        probs = np.exp(logits - logits.max(axis=1, keepdims=True))
        probs /= probs.sum(axis=1, keepdims=True)
        probs[np.arange(len(x)), targets] -= 1
        probs /= len(x)
        back = (probs @ self.weights[1].T) * (hidden > 0)
        grads = [x.T @ back, hidden.T @ probs, back.sum(axis=0), probs.sum(axis=0)]
        for i in range(4):
            if i < 2:
                grads[i] += self.decay * self.weights[i]
            self.velocity[i] = (1 - self.damping) * self.velocity[i] - self.lr * grads[i]
            self.weights[i] = self.weights[i] + self.velocity[i]

    def error(self, part: str) -> float:
        x, targets = self.data[part]
        with np.errstate(all="ignore"):
            logits = self.forward(x)[1]
        if not np.all(np.isfinite(logits)):
            return 90.0
        return 100 * float(np.mean(logits.argmax(axis=1) != targets))


def split(rng: np.random.Generator) -> dict:
    digits = load_digits()
    order = rng.permutation(len(digits.data))
    x, targets = digits.data[order] / 16 - 0.5, digits.target[order]
    cuts = {"train": slice(300), "validation": slice(300, 600), "test": slice(600, None)}
    return {name: (x[cut], targets[cut]) for name, cut in cuts.items()}


def to_values(point: np.ndarray) -> tuple:
    ranges = SPACE.values()
    return tuple(ours.to_value(u, *limits) for u, limits in zip(point, ranges, strict=True))


def grid(levels: int, dims: int) -> np.ndarray:
    """The centers of equal cells: the fair grid, whose points do not lie on the border."""
    axis = (np.arange(levels) + 0.5) / levels
    return np.stack(np.meshgrid(*[axis] * dims, indexing="ij"), axis=-1).reshape(-1, dims)


def full_trainings(points, data, rng) -> list[Training]:
    trained = []
    for point in points:
        trained.append(Training(to_values(point), data, rng))
        trained[-1].train(EPOCHS)
    return trained


def bayesian(data, rng, budget: int) -> tuple[list[Training], np.ndarray]:
    trained = []

    def objective(point: np.ndarray) -> float:
        trained.append(Training(to_values(point), data, rng))
        return trained[-1].train(EPOCHS)

    x, scores = ours.bayesian_search(objective, len(SPACE), budget, rng)
    y = (scores - scores.mean()) / scores.std()
    lengths, _ = ours._fit(x, y, (np.full(len(SPACE), 0.5), 0.01), rng)
    return trained, lengths


def halving(data, rng, start: int) -> tuple[list[Training], list[float]]:
    """Successive halving with factor 3: rungs at 3, 9 and 27 epochs, training continues.

    Returns the fully trained networks, and the budget spent after each of them.
    """
    alive = [Training(to_values(p), data, rng) for p in rng.uniform(size=(start, len(SPACE)))]
    spent, at = 0, []
    for rung in (3, 9, 27):
        scored = []
        for run in alive:
            spent += rung - run.epochs
            scored.append((run.train(rung), len(scored), run))
            at.append(spent / EPOCHS)
        alive = [run for _, _, run in sorted(scored)[: len(scored) // 3]]
    last = [run for _, _, run in scored]
    return last, at[-len(last):]


def chosen(trained: list[Training], data, rng, repeats: int) -> dict:
    """The network with the lowest validation error, and what it is worth."""
    validation = [run.error("validation") for run in trained]
    best = trained[int(np.argmin(validation))]
    fresh = []
    for _ in range(repeats):
        again = Training(best.values, data, rng)
        again.train(EPOCHS)
        fresh.append(again.error("test"))
    return {"validation": min(validation), "test": best.error("test"),
            "retrained": float(np.mean(fresh))}


def best_so_far(errors) -> list[float]:
    return np.minimum.accumulate(errors).tolist()


def only_the_seed(seed: int, repetitions: int, budget: int, repeats: int) -> tuple[list, float]:
    """A control that searches nothing: the defaults with as many seeds as the others have trials.

    Returns what was chosen in each split of ``run``, and the standard deviation of the
    validation error over the seeds, averaged over the splits.
    """
    picks, spread = [], []
    for repetition in range(repetitions):
        data = split(np.random.default_rng([seed, repetition]))
        rng = np.random.default_rng([seed, repetition, 1])  # leaves the searches' numbers alone
        trained = [Training(DEFAULTS, data, rng) for _ in range(budget)]
        spread.append(np.std([training.train(EPOCHS) for training in trained], ddof=1))
        picks.append(chosen(trained, data, rng, repeats))
    return picks, float(np.mean(spread))


def run(seed: int = 0, repetitions: int = 20, budget: int = BUDGET, repeats: int = 5) -> dict:
    """All searches in new splits; a search with fewer than 81 trainings has a smaller grid."""
    began = time.process_time()
    levels = round(budget ** (1 / len(SPACE)))
    curves: dict[str, list] = {name: [] for name in ("grid", "random", "bayesian", "halving")}
    picks: dict[str, list] = {name: [] for name in ("defaults", *curves, "random, twice")}
    lengths, at, all_random = [], [], []
    for repetition in range(repetitions):
        rng = np.random.default_rng([seed, repetition])
        data = split(rng)
        default = Training(DEFAULTS, data, rng)
        default.train(EPOCHS)
        runs = {
            "defaults": [default],
            "grid": full_trainings(rng.permutation(grid(levels, len(SPACE))), data, rng),
        }
        twice = full_trainings(rng.uniform(size=(2 * budget, len(SPACE))), data, rng)
        runs["random"], runs["random, twice"] = twice[:budget], twice
        runs["bayesian"], fitted = bayesian(data, rng, budget)
        runs["halving"], at = halving(data, rng, 3 * budget)
        lengths.append(fitted.tolist())
        all_random.append([r.error("validation") for r in twice])
        for name, trained in runs.items():
            picks[name].append(chosen(trained, data, rng, repeats))
            if name in curves:
                errors = [r.error("validation") for r in trained]
                curves[name].append(best_so_far(errors))
    picks["defaults, seeds"], seed_spread = only_the_seed(seed, repetitions, budget, repeats)
    summary = {
        name: {
            key: [float(np.mean(v)), float(np.std(v, ddof=1) / np.sqrt(len(v)))]
            for key in ("validation", "test", "retrained")
            for v in [[p[key] for p in picked]]
        }
        for name, picked in picks.items()
    }
    return {
        "run": {
            "seed": seed, "repetitions": repetitions, "budget": budget, "levels": levels,
            "python": platform.python_version(), "numpy": np.__version__,
            "cores": len(os.sched_getaffinity(0)), "threads": os.environ.get("OMP_NUM_THREADS"),
            "seconds": round(time.process_time() - began, 1),
        },
        "chosen": summary,
        "picks": picks,
        "curves": {name: np.mean(c, axis=0).round(4).tolist() for name, c in curves.items()},
        "halving_spent": at,
        "lengths": dict(zip(SPACE, np.median(lengths, axis=0).tolist(), strict=True)),
        "seed_spread": seed_spread,
        "below_10_percent": float(np.mean(np.array(all_random) < 10)),
        "above_50_percent": float(np.mean(np.array(all_random) > 50)),
    }


if __name__ == "__main__":
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(run(), indent=1) + "\n", encoding="utf-8")
    print("wrote", path.name, file=sys.stderr)
