"""What makes a forest better than a tree, what out-of-bag does not see, and when a network wins.

Writes random_forest_experiment.json. The breast cancer data (569 rows, 30 features) and the digits
come with scikit-learn; the first two parts use this guide's trees, the rest scikit-learn's.
"""

import json
import platform
import re
import time
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.inspection import permutation_importance
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from snippets.classical.random_forest import grow_forest, predict_tree

TREES = (1, 2, 3, 5, 10, 20, 50, 100, 200)
FEATURES, SPLITS, TRAIN = (1, 2, 5, 10, 20, 30), 10, 380
NOISE = (0, 30, 100, 300, 1000)


def split(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Tumors: 380 rows and labels for training, 189 for testing."""
    x, y = load_breast_cancer(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(x))
    train, test = order[:TRAIN], order[TRAIN:]
    return x[train], y[train], x[test], y[test]


def by_trees(splits: int = SPLITS, sizes=TREES) -> dict:
    """Test and out-of-bag error in percent of the first 1, 2, 3, … trees of a forest."""
    rows = {str(size): {"test": [], "oob": []} for size in sizes}
    for seed in range(splits):
        x, y, test, truth = split(seed)
        forest = grow_forest(x, y, 2, max(sizes), 5, np.random.default_rng([1, seed]))
        total, unseen, trees = np.zeros(len(test)), np.zeros(len(x)), np.zeros(len(x))
        for count, (tree, seen) in enumerate(forest, start=1):
            total += predict_tree(tree, test, 2)[:, 1]
            out = np.setdiff1d(np.arange(len(x)), seen)
            unseen[out] += predict_tree(tree, x[out], 2)[:, 1]
            trees[out] += 1
            if str(count) in rows:
                voted = trees > 0  # with few trees, some rows have no vote yet
                rows[str(count)]["test"].append(float(np.mean((total / count > 0.5) != truth)))
                wrong = (unseen[voted] / trees[voted] > 0.5) != y[voted]
                rows[str(count)]["oob"].append(float(np.mean(wrong)))
    return {size: {name: round(100 * float(np.mean(values)), 3) for name, values in row.items()}
            for size, row in rows.items()}


def by_features(splits: int = SPLITS, trees: int = 60, features=FEATURES) -> dict:
    """One tree's error, the correlation between two trees' errors, and the forest's error."""
    result = {}
    for count in features:
        single, correlation, together = [], [], []
        for seed in range(splits):
            x, y, test, truth = split(seed)
            forest = grow_forest(x, y, 2, trees, count, np.random.default_rng([2, seed]))
            votes = np.stack([predict_tree(tree, test, 2)[:, 1] for tree, _ in forest])  # (trees, N)
            single.append(np.mean((votes > 0.5) != truth))
            table = np.corrcoef(votes - truth)
            correlation.append(np.mean(table[np.triu_indices(trees, 1)]))
            together.append(np.mean((votes.mean(axis=0) > 0.5) != truth))
        result[str(count)] = {"tree": round(100 * float(np.mean(single)), 3),
                              "correlation": round(float(np.mean(correlation)), 4),
                              "forest": round(100 * float(np.mean(together)), 3)}
    return result


def network(seed: int):
    """Standardized inputs, one hidden layer of 100, Adam, scikit-learn's defaults otherwise."""
    return make_pipeline(StandardScaler(), MLPClassifier(max_iter=300, random_state=seed))


def fit_quietly(model, x: np.ndarray, y: np.ndarray):
    """Fit; whether the loss still fell at the last epoch is of no interest here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(x, y)


def against_network(splits: int = SPLITS, noise=NOISE) -> dict:
    """Error in percent with columns of pure noise, and with all features mixed by a rotation."""
    result = {"noise": {}, "rotated": {}}
    for columns in noise:
        errors = {"forest": [], "network": []}
        for seed in range(splits):
            x, y, test, truth = split(seed)
            rng = np.random.default_rng([3, seed])
            x, test = (np.concatenate([part, rng.normal(size=(len(part), columns))], axis=1)
                       for part in (x, test))
            models = {"forest": RandomForestClassifier(200, random_state=seed), "network": network(seed)}
            for name, model in models.items():
                errors[name].append(np.mean(fit_quietly(model, x, y).predict(test) != truth))
        result["noise"][str(columns)] = {
            name: round(100 * float(np.mean(values)), 3) for name, values in errors.items()}
    errors = {"forest": [], "network": []}
    for seed in range(splits):
        x, y, test, truth = split(seed)
        mean, std = x.mean(axis=0), x.std(axis=0)
        rotation, _ = np.linalg.qr(np.random.default_rng([4, seed]).normal(size=(30, 30)))
        x, test = (x - mean) / std @ rotation, (test - mean) / std @ rotation
        models = {"forest": RandomForestClassifier(200, random_state=seed), "network": network(seed)}
        for name, model in models.items():
            errors[name].append(np.mean(fit_quietly(model, x, y).predict(test) != truth))
    result["rotated"] = {name: round(100 * float(np.mean(values)), 3) for name, values in errors.items()}
    return result


def importance() -> dict:
    """A yes/no feature that decides in four of five rows, beside a continuous column of noise.

    Returns the mean decrease of impurity, and what shuffling costs on new rows, for both; and the
    accuracy on new rows of full trees and of trees with at least 50 rows in each leaf.
    """
    rng = np.random.default_rng(5)
    x = np.stack([rng.integers(0, 2, size=2000), rng.normal(size=2000)], axis=1).astype(np.float64)
    y = np.where(rng.uniform(size=2000) < 0.8, x[:, 0], 1 - x[:, 0]).astype(np.int64)
    forest = RandomForestClassifier(200, random_state=0).fit(x[:1000], y[:1000])
    shuffled = permutation_importance(forest, x[1000:], y[1000:], n_repeats=10, random_state=0)
    return {"impurity": forest.feature_importances_.tolist(),
            "shuffled": shuffled.importances_mean.tolist(),
            "accuracy": float(forest.score(x[1000:], y[1000:])),
            "accuracy_of_25_trees": float(
                RandomForestClassifier(25, random_state=0).fit(x[:1000], y[:1000]).score(x[1000:], y[1000:])),
            "accuracy_of_large_leaves": float(
                RandomForestClassifier(200, min_samples_leaf=50, random_state=0)
                .fit(x[:1000], y[:1000]).score(x[1000:], y[1000:]))}


def writers() -> dict:
    """Digits, 1,415 images of eleven forms: errors out of bag, and leaving forms out."""
    images, labels = load_digits(return_X_y=True)
    text, starts, previous = "".join(map(str, labels)), [], -100
    for match in re.finditer("0?123456789", text):  # a form begins by counting to nine
        if match.start() - previous > 50:
            starts.append(match.start())
        previous = match.start()
    form = np.searchsorted(starts, np.arange(len(labels)), side="right") - 1
    x, y, groups = images[form <= 10], labels[form <= 10], form[form <= 10]
    forest = RandomForestClassifier(300, oob_score=True, random_state=0).fit(x, y)
    guess = cross_val_predict(RandomForestClassifier(300, random_state=0), x, y,
                              groups=groups, cv=GroupKFold(11))
    return {"oob": round((1 - forest.oob_score_) * len(y)), "by_form": int((guess != y).sum()),
            "images": len(y)}


def run() -> dict:
    """Everything that the page states."""
    return {"trees": by_trees(), "features": by_features(), "network": against_network(),
            "importance": importance(), "writers": writers()}


if __name__ == "__main__":
    started = time.perf_counter()
    result = run()
    result["run"] = {"seconds": round(time.perf_counter() - started),
                     "python": platform.python_version(), "numpy": np.__version__,
                     "scikit_learn": sklearn.__version__}
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))
