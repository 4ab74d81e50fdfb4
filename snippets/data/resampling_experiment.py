"""How much over-sampling before the split promises, what SMOTE does in high dimension,
and how many negatives are enough. Writes resampling_experiment.json.
"""

import json
import os
import platform
import time
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

from snippets.data.resampling import smote, under_sample, undo_under_sampling
from snippets.data.resampling_mistakes import oversample_then_split, split_then_oversample

MODELS = {
    "nearest neighbor": lambda seed: KNeighborsClassifier(1),
    "random forest": lambda seed: RandomForestClassifier(100, random_state=seed),
    "logistic": lambda seed: LogisticRegression(max_iter=200),
}


def digits(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Noisy eights against the other digits, 5 % positives: (1708, 64) and (1708,)."""
    data = load_digits()
    targets = (data.target == 8).astype(np.int64)
    positives, negatives = np.flatnonzero(targets == 1), np.flatnonzero(targets == 0)
    rows = np.concatenate([rng.choice(positives, 85, replace=False), negatives])
    x = data.data[rows] / 16 + 0.3 * rng.standard_normal((len(rows), 64))
    return x, targets[rows]


def noise(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Inputs that say nothing about the label, 5 % positives: (1700, 10) and (1700,)."""
    targets = (np.arange(1700) < 85).astype(np.int64)
    return rng.standard_normal((1700, 10)), targets


def leak(seed: int) -> dict:
    """Area under the ROC curve: promised by three protocols, and on the untouched test set."""
    result = {}
    for name, make in (("digits", digits), ("noise", noise)):
        rng = np.random.default_rng(seed)
        x, targets = make(rng)
        for protocol in ("before", "smote before", "after"):
            if protocol == "smote before":
                new = smote(x[targets == 1], 1530, 5, rng)
                inputs = np.concatenate([x, new])
                labels = np.concatenate([targets, np.ones(len(new), dtype=np.int64)])
                rows = rng.permutation(len(labels))
                train, test = rows[len(rows) // 4:], rows[: len(rows) // 4]
            else:
                inputs, labels = x, targets
                split = oversample_then_split if protocol == "before" else split_then_oversample
                train, test = split(targets, 18, 0.25, rng)
            for model, build in MODELS.items():
                fitted = build(seed).fit(inputs[train], labels[train])
                scores = fitted.predict_proba(inputs[test])[:, 1]
                result[f"{name}, {protocol}, {model}"] = float(roc_auc_score(labels[test], scores))
    return result


def dimension(seed: int, dims: tuple = (2, 10, 50, 200)) -> dict:
    """Shares called positive by 5 nearest neighbors: of the negatives, of the positives.

    Two Gaussians, 400 against 40 examples, 3 apart along one feature; the others are noise.
    """
    result = {}
    for dim in dims:
        rng = np.random.default_rng(seed)
        shift = np.zeros(dim)
        shift[0] = 3.0  # one informative feature, the rest is noise
        x = np.concatenate([rng.standard_normal((400, dim)), rng.standard_normal((40, dim)) + shift])
        targets = np.repeat([0, 1], [400, 40])
        test = np.concatenate([rng.standard_normal((1000, dim)), rng.standard_normal((1000, dim)) + shift])
        positives = np.flatnonzero(targets == 1)
        new = smote(x[positives], 360, 5, rng)
        few = np.concatenate([rng.choice(400, 40, replace=False), positives])
        ones = np.ones(360, dtype=np.int64)
        for name, inputs, labels in (("none", x, targets),
                                     ("smote", np.concatenate([x, new]), np.concatenate([targets, ones])),
                                     ("under", x[few], targets[few])):
            said = KNeighborsClassifier(5).fit(inputs, labels).predict(test)
            result[f"{dim}, {name}"] = [float(said[:1000].mean()), float(said[1000:].mean())]
    return result


def clicks(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Ten features, an interaction and a bend; about 1 % positives."""
    x = rng.standard_normal((n, 10))
    logit = -6.3 + 0.9 * x[:, 0] + 0.9 * x[:, 1] * x[:, 2] + 0.6 * x[:, 3] ** 2 - 0.5 * x[:, 4]
    return x, (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(np.int64)


def enough(seed: int, n: int, n_test: int) -> dict:
    """Boosted trees on all positives and r negatives for each; 0 means all negatives.

    The number of trees is the one with the least corrected log loss on validation data.
    """
    rng = np.random.default_rng(seed)
    x, targets = clicks(n, rng)
    valid, valid_labels = clicks(n // 4, rng)
    test, labels = clicks(n_test, rng)
    result = {"rate": float(targets.mean())}
    odds = targets.sum() / (len(targets) - targets.sum())
    for ratio in (1, 2, 5, 10, 20, 0):
        keep = min(1.0, ratio * odds) if ratio else 1.0
        rows = under_sample(targets, keep, rng)
        start = time.process_time()
        model = HistGradientBoostingClassifier(max_iter=150, learning_rate=0.05, early_stopping=False,
                                               random_state=seed).fit(x[rows], targets[rows])
        seconds = time.process_time() - start
        losses = [log_loss(valid_labels, undo_under_sampling(probs[:, 1], keep))
                  for probs in model.staged_predict_proba(valid)]
        trees = int(np.argmin(losses)) + 1
        for number, probs in enumerate(model.staged_predict_proba(test), start=1):
            if number == trees:
                raw = probs[:, 1]
                break
        result[str(ratio)] = {
            "rows": len(rows), "seconds": seconds, "trees": trees, "mean": float(raw.mean()),
            "ap": float(average_precision_score(labels, raw)), "log_loss": float(log_loss(labels, raw)),
            "corrected": float(log_loss(labels, undo_under_sampling(raw, keep)))}
    return result


def curvature(seed: int, n: int, n_test: int) -> dict:
    """Why all negatives did worse: the same rows with shorter leaf steps, and with weights.

    A leaf's step is its summed gradient divided by its summed curvature p (1 - p), which is
    small where positives are rare. A penalty of 5 joins the denominator; weights raise p.
    """
    rng = np.random.default_rng(seed)  # the same data as in ``enough``
    x, targets = clicks(n, rng)
    valid, valid_labels = clicks(n // 4, rng)
    test, labels = clicks(n_test, rng)
    keep = 10 * targets.sum() / (len(targets) - targets.sum())
    result = {}
    for name, penalty, factor in (("penalty", 5.0, 1.0), ("weights", 0.0, keep)):
        weights = np.where(targets == 1, 1 / factor, 1.0)
        model = HistGradientBoostingClassifier(
            max_iter=150, learning_rate=0.05, early_stopping=False, l2_regularization=penalty,
            random_state=seed).fit(x, targets, sample_weight=weights)
        losses = [log_loss(valid_labels, undo_under_sampling(probs[:, 1], factor))
                  for probs in model.staged_predict_proba(valid)]
        trees = int(np.argmin(losses)) + 1
        raw = next(probs[:, 1] for number, probs in enumerate(model.staged_predict_proba(test), start=1)
                   if number == trees)
        result[name] = {"trees": trees, "ap": float(average_precision_score(labels, raw)),
                        "corrected": float(log_loss(labels, undo_under_sampling(raw, factor)))}
    return result


def run(seeds: int = 10, n: int = 100_000, n_test: int = 100_000, dims: tuple = (2, 10, 50, 200)) -> dict:
    """All four measurements."""
    warnings.filterwarnings("ignore", category=UserWarning)
    start, cpu = time.time(), time.process_time()
    return {"seeds": seeds, "leak": [leak(seed) for seed in range(seeds)],
            "dims": list(dims), "dimension": [dimension(seed, dims) for seed in range(seeds)],
            "n": n, "n_test": n_test, "enough": [enough(seed, n, n_test) for seed in range(min(5, seeds))],
            "curvature": [curvature(seed, n, n_test) for seed in range(min(5, seeds))],
            "python": platform.python_version(), "numpy": np.__version__, "sklearn": sklearn.__version__,
            "cores": os.cpu_count(), "seconds": round(time.time() - start, 1),
            "cpu_seconds": round(time.process_time() - cpu, 1)}


if __name__ == "__main__":
    result = run()
    for part in ("leak", "dimension"):
        for key in result[part][0]:
            values = np.array([seed[key] for seed in result[part]])
            print(f"{key:40}", values.mean(axis=0).round(3), values.std(axis=0).round(3))
    for ratio in ("1", "2", "5", "10", "20", "0"):
        print(ratio, {key: round(float(np.mean([seed[ratio][key] for seed in result["enough"]])), 4)
                      for key in result["enough"][0][ratio]})
    for name in ("penalty", "weights"):
        print(name, {key: round(float(np.mean([seed[name][key] for seed in result["curvature"]])), 4)
                     for key in result["curvature"][0][name]})
    print(np.mean([seed["rate"] for seed in result["enough"]]), result["cpu_seconds"])
    out = Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(result) + "\n", encoding="utf-8")
