"""Rounds of mining against random negatives at the same number of labels, on synthetic video.

A pool of scenes, each of several near-identical frames. The background has 30 ordinary kinds of
scene and 12 rare kinds that look like the object; the pool also holds unlabeled positives. Each
arm begins with the same labels and asks for 200 more frames in each of six rounds. Sizes were
settled on seeds 0 and 1; the reported seeds, 100 to 109, were not looked at before.

Run ``OMP_NUM_THREADS=1 PYTHONPATH=. python snippets/data/hard_negatives_experiment.py`` to write
the JSON beside this file.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

from snippets.data.hard_negatives import false_positive_rate_at_recall, select_candidates

FEATURES, FOURIER, WIDTH = 12, 400, 6.0
ORDINARY, LOOKALIKES = 30, 12
LOOKALIKE_SHARE, PREVALENCE = 0.01, 0.004  # of all scenes
SCENES, FRAMES = 4000, 10
START_POSITIVES, START_NEGATIVES, PER_ROUND, ROUNDS = 300, 300, 200, 6
RECALL = 0.9
ARMS = {  # random share, per group, reviewed, keeps earlier labels
    "random": (1.0, 1, True, True),
    "mined": (0.0, 1, True, True),
    "half mined": (0.5, 1, True, True),
    "with duplicates": (0.0, FRAMES, True, True),
    "no review": (0.0, 1, False, True),
    "only the last round": (0.0, 1, True, False),
}


class World:
    """Where the kinds of scene lie; the positives have three modes."""

    def __init__(self, rng: np.random.Generator):
        self.positive = rng.normal(size=(3, FEATURES)) * 2.0
        self.ordinary = rng.normal(size=(ORDINARY, FEATURES)) * 2.0
        away = rng.normal(size=(LOOKALIKES, FEATURES))
        away *= 4.0 / np.linalg.norm(away, axis=1, keepdims=True)
        self.lookalike = self.positive[rng.integers(0, 3, LOOKALIKES)] + away

    def scenes(self, kind: str, number: int, rng: np.random.Generator) -> np.ndarray:
        """One vector for each scene, (number, FEATURES)."""
        centers = getattr(self, kind)
        return centers[rng.integers(0, len(centers), number)] + rng.normal(size=(number, FEATURES))

    def negatives(self, number: int, rng: np.random.Generator) -> np.ndarray:
        rare = rng.random(number) < LOOKALIKE_SHARE
        ordinary, lookalike = (self.scenes(k, number, rng) for k in ("ordinary", "lookalike"))
        return np.where(rare[:, None], lookalike, ordinary)


def frames(scenes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Near-identical frames of each scene, (FRAMES * number, FEATURES)."""
    repeated = np.repeat(scenes, FRAMES, axis=0)
    return repeated + 0.1 * rng.normal(size=repeated.shape)


def one_seed(seed: int, arms: list[str]) -> dict[str, dict]:
    """For each named arm the error after each round and what the labels turned out to be."""
    rng = np.random.default_rng(seed)
    world = World(rng)
    directions = rng.normal(size=(FEATURES, FOURIER)) / WIDTH
    phases = rng.uniform(0, 2 * np.pi, FOURIER)

    def features(x: np.ndarray) -> np.ndarray:  # random Fourier features of an RBF kernel
        return np.sqrt(2.0 / FOURIER) * np.cos(x @ directions + phases)

    is_positive = rng.random(SCENES) < PREVALENCE
    scenes = np.where(is_positive[:, None], world.scenes("positive", SCENES, rng),
                      world.negatives(SCENES, rng))
    pool, group = features(frames(scenes, rng)), np.repeat(np.arange(SCENES), FRAMES)
    truth = is_positive[group].astype(np.int64)
    start_x = features(np.concatenate([world.scenes("positive", START_POSITIVES, rng),
                                       world.negatives(START_NEGATIVES, rng)]))
    start_y = np.repeat([1, 0], [START_POSITIVES, START_NEGATIVES])
    test_positive = features(world.scenes("positive", 1000, rng))
    test_negative = features(world.negatives(40000, rng))

    results = {}
    for arm in arms:
        random_share, per_group, reviewed, keeps = ARMS[arm]
        arm_rng = np.random.default_rng([seed, 1])
        asked: list[np.ndarray] = []
        errors, found = [], []
        for round_number in range(ROUNDS + 1):
            kept = asked if keeps else asked[-1:]
            chosen = np.concatenate([np.zeros(0, dtype=np.int64), *kept])
            labels = truth[chosen] if reviewed else np.zeros(len(chosen), dtype=np.int64)
            x, y = np.concatenate([start_x, pool[chosen]]), np.concatenate([start_y, labels])
            if not keeps and asked:  # the starting negatives are dropped as well
                x, y = (np.delete(part, np.flatnonzero(start_y == 0), axis=0) for part in (x, y))
            model = LogisticRegression(C=300.0, max_iter=1000).fit(x, y)
            score = model.decision_function
            errors.append(1e4 * false_positive_rate_at_recall(score(test_positive),
                                                              score(test_negative), RECALL))
            if round_number == ROUNDS:
                break
            left = np.setdiff1d(np.arange(len(pool)), np.concatenate(asked) if asked else [])
            if per_group == 1 and asked:  # scenes that were asked about are done
                left = left[~np.isin(group[left], group[np.concatenate(asked)])]
            picked = left[select_candidates(score(pool[left]), group[left], PER_ROUND, per_group,
                                            random_share, arm_rng)]
            asked.append(picked)
            found.append(float(truth[picked].mean()))
        results[arm] = {"errors": errors, "positives": found}
    return results


def run(seeds: int = 10, first: int = 100, arms: tuple[str, ...] = tuple(ARMS)) -> dict:
    """All seeds: false positives per 10,000 negatives at the recall, and shares of positives."""
    results = [one_seed(seed, list(arms)) for seed in range(first, first + seeds)]
    table = {}
    for arm in arms:
        errors = np.array([result[arm]["errors"] for result in results])
        positives = np.array([result[arm]["positives"] for result in results])
        table[arm] = {
            "mean": errors.mean(axis=0).tolist(),
            "std": errors.std(axis=0, ddof=min(1, seeds - 1)).tolist(),
            "last": errors[:, -1].tolist(),
            "positives": positives.mean(axis=0).tolist(),
        }
    return table


if __name__ == "__main__":
    started, cpu = time.perf_counter(), time.process_time()
    result = {"arms": run(), "run": {}}
    result["run"] = {
        "seeds": 10, "first seed": 100, "cores": 1,
        "seconds": round(time.perf_counter() - started),
        "cpu seconds": round(time.process_time() - cpu),
        "python": platform.python_version(), "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
    }
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for arm, values in result["arms"].items():
        print(f"{arm:20}", [round(v, 1) for v in values["mean"]], round(values["std"][-1], 1),
              [round(v, 3) for v in values["positives"]])
    print(result["run"])
