"""Three black boxes from scikit-learn on digits, odd against even, and what helps which.

20 splits: 600 images train, 797 test, the other 400 are the "more data" of one remedy. A second
task, finding the eights, trains on all 1,000 and chooses its threshold out of bag.
``python -m snippets.optimization.black_box_model_experiment`` writes the JSON beside it.
"""

import json
import os
import platform
import sys
import time
from pathlib import Path

import numpy as np
import sklearn
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from snippets.optimization import black_box_model as ours

SHIFTS = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))


def box(make) -> ours.Fit:
    """A scikit-learn classifier behind the two calls that a black box offers."""

    def fit(x: np.ndarray, targets: np.ndarray) -> ours.Predict:
        return make().fit(x, targets).predict

    return fit


BOXES = {
    "stump": box(lambda: DecisionTreeClassifier(max_depth=1, random_state=0)),
    "full tree": box(lambda: DecisionTreeClassifier(random_state=0)),
    "1-NN": box(lambda: KNeighborsClassifier(1, algorithm="brute")),
}


def shifted(x: np.ndarray, down: int, right: int) -> np.ndarray:
    """Images of 8 x 8 pixels moved by at most one pixel; zeros come in."""
    images = np.pad(x.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    return images[:, 1 - down : 9 - down, 1 - right : 9 - right].reshape(len(x), 64)


def augmented(fit: ours.Fit, x: np.ndarray, targets: np.ndarray) -> ours.Predict:
    copies = np.concatenate([shifted(x, *shift) for shift in SHIFTS])
    return fit(copies, np.tile(targets, len(SHIFTS)))


def averaged(predict: ours.Predict) -> ours.Predict:
    """Test-time augmentation: the mean over the shifted versions of an image."""
    return lambda new: np.mean([predict(shifted(new, *shift)) for shift in SHIFTS], axis=0)


def error(predict: ours.Predict, x: np.ndarray, targets: np.ndarray) -> float:
    return 100 * float(np.mean(np.where(predict(x) > 0, 1, -1) != targets))


def parity(rng: np.random.Generator, rounds: int) -> dict:
    """Test errors in percent of every box with every remedy, in one split."""
    digits = load_digits()
    order = rng.permutation(len(digits.data))
    x, targets = digits.data[order], np.where(digits.target[order] % 2, 1, -1)
    train, more, test = slice(600), slice(1000), slice(1000, None)
    flipped = np.where(rng.random(600) < 0.1, -1, 1) * targets[train]
    result = {}
    for name, fit in BOXES.items():
        plain = fit(x[train], targets[train])
        boosted = ours.boosting(fit, x[train], targets[train], rounds, rng)
        with_shifts = augmented(fit, x[train], targets[train])
        models = {
            "alone": plain,
            "400 more images": fit(x[more], targets[more]),
            "bagging": ours.bagging(fit, x[train], targets[train], rounds, rng)[0],
            "boosting": boosted,
            "shifted copies": with_shifts,
            "test-time shifts alone": averaged(plain),
            "both": averaged(with_shifts),
            "noisy labels, alone": fit(x[train], flipped),
            "noisy labels, bagging": ours.bagging(fit, x[train], flipped, rounds, rng)[0],
            "noisy labels, boosting": ours.boosting(fit, x[train], flipped, rounds, rng),
        }
        result[name] = {what: error(m, x[test], targets[test]) for what, m in models.items()}
        result[name]["training error"] = error(plain, x[train], targets[train])
    return result


def detection(rng: np.random.Generator, rounds: int, miss: float) -> dict:
    """Find the eights where a missed one costs ``miss`` false alarms, per 1,000 test images."""
    digits = load_digits()
    order = rng.permutation(len(digits.data))
    x, targets = digits.data[order], np.where(digits.target[order] == 8, 1, -1)
    train, test = slice(1000), slice(1000, None)
    predict, out_of_bag = ours.bagging(BOXES["full tree"], x[train], targets[train], rounds, rng)
    known = ~np.isnan(out_of_bag)
    tuned = ours.best_threshold(out_of_bag[known], targets[train][known], 1.0, miss)
    scores, truth = predict(x[test]), targets[test]
    result = {"threshold": tuned}
    for name, threshold in (("majority", 0.0), ("tuned", tuned)):
        missed = 1000 * float(np.mean((scores <= threshold) & (truth > 0)))
        alarms = 1000 * float(np.mean((scores > threshold) & (truth < 0)))
        result[name] = {"missed": missed, "alarms": alarms, "cost": miss * missed + alarms}
    return result


def run(seed: int = 0, splits: int = 20, rounds: int = 50, miss: float = 10.0) -> dict:
    """All measurements; errors as mean and standard error over the splits."""
    began = time.process_time()
    rows, found = [], []
    for i in range(splits):
        rng = np.random.default_rng([seed, i])
        rows.append(parity(rng, rounds))
        found.append(detection(rng, rounds, miss))
    errors = {}
    for name in BOXES:
        errors[name] = {}
        for what in rows[0][name]:
            values = np.array([row[name][what] for row in rows])
            errors[name][what] = [float(values.mean()),
                                  float(values.std(ddof=1) / np.sqrt(splits))]
    return {
        "run": {
            "seed": seed, "splits": splits, "rounds": rounds, "miss": miss,
            "python": platform.python_version(), "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
            "cores": len(os.sched_getaffinity(0)), "threads": os.environ.get("OMP_NUM_THREADS"),
            "seconds": round(time.process_time() - began, 1),
        },
        "errors": errors,
        "detection": {
            name: {k: float(np.mean([f[name][k] for f in found])) for k in found[0][name]}
            for name in ("majority", "tuned")
        } | {"threshold": float(np.mean([f["threshold"] for f in found])),
             "tuned_wins": int(sum(f["tuned"]["cost"] < f["majority"]["cost"] for f in found))},
    }


if __name__ == "__main__":
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(run(), indent=1) + "\n", encoding="utf-8")
    print("wrote", path.name, file=sys.stderr)
