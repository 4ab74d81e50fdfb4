"""Where the tree stops helping, what k does, and neighbors against a network on digits.

Writes k_nearest_neighbors_experiment.json. The network and the split by writers are those of
support_vector_machine_experiment.py.
"""

import json
import platform
import re
import time
from pathlib import Path

import numpy as np
import sklearn
import torch
from sklearn.datasets import load_digits, load_wine
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from snippets.classical.k_nearest_neighbors import brute_force, build_tree, search_tree, vote
from snippets.classical.support_vector_machine_experiment import (
    SIZES,
    STEPS,
    digits,
    sideways,
    train_network,
)

DIMENSIONS, POINTS, QUERIES, LEAF = (1, 2, 4, 6, 8, 10, 12, 14, 16, 20, 30), 10_000, 60, 16
NEIGHBORS = (1, 3, 5, 15, 50, 200)


def share(x: np.ndarray, queries: np.ndarray, k: int) -> float:
    """Mean share of the distances that the tree computes."""
    tree = build_tree(x, np.arange(len(x)), LEAF)
    return float(np.mean([search_tree(tree, x, query, k)[1] for query in queries]) / len(x))


def seconds_per_query(x: np.ndarray, queries: np.ndarray, algorithm: str) -> float:
    """CPU seconds of scikit-learn, index already built: the best of five runs over all queries."""
    index = NearestNeighbors(n_neighbors=1, algorithm=algorithm, leaf_size=LEAF, n_jobs=1).fit(x)
    times = []
    for _ in range(5):
        start = time.process_time()
        index.kneighbors(queries)
        times.append(time.process_time() - start)
    return min(times) / len(queries)


def by_dimension(dimensions=DIMENSIONS, points: int = POINTS, queries: int = QUERIES) -> dict:
    """Uniform points in a cube: distances computed, contrast and seconds."""
    result = {}
    for dimension in dimensions:
        rng = np.random.default_rng(dimension)
        x, q = rng.uniform(size=(points, dimension)), rng.uniform(size=(queries, dimension))
        far = [np.sqrt(np.sum((x - query) ** 2, axis=1)) for query in q]
        many = rng.uniform(size=(1000, dimension))
        result[str(dimension)] = {
            "share_1": share(x, q, 1), "share_10": share(x, q, 10),
            "contrast": float(np.mean([d.max() / d.min() for d in far])) if dimension > 1 else None,
            "tree_seconds": seconds_per_query(x, many, "kd_tree"),
            "brute_seconds": seconds_per_query(x, many, "brute")}
    return result


def by_points() -> dict:
    """Eight dimensions: the share of distances against N."""
    rng = np.random.default_rng(8)
    q = rng.uniform(size=(QUERIES, 8))
    return {str(n): share(rng.uniform(size=(n, 8)), q, 1) for n in (1000, 10_000, 100_000)}


def hidden_dimensions() -> dict:
    """Three numbers seen through 30 features, with a little noise, and the digits' 64 pixels."""
    rng = np.random.default_rng(3)
    latent, mix = rng.uniform(size=(POINTS + QUERIES, 3)), rng.normal(size=(3, 30))
    x = latent @ mix + 0.001 * rng.normal(size=(POINTS + QUERIES, 30))
    images, _, test, _ = digits()
    return {"three_in_30": share(x[QUERIES:], x[:QUERIES], 1), "digits": share(images, test, 1)}


def forms() -> np.ndarray:
    """The form of each of the 1,415 development images, 0 to 10."""
    labels = load_digits().target
    text, starts, previous = "".join(map(str, labels)), [], -100
    for match in re.finditer("0?123456789", text):
        if match.start() - previous > 50:
            starts.append(match.start())
        previous = match.start()
    form = np.searchsorted(starts, np.arange(len(labels)), side="right") - 1
    return form[form <= 10]


def by_k() -> dict:
    """Errors on the training images, leaving out the image, and leaving out its writer's form."""
    images, labels, _, _ = digits()
    form = forms()
    order, _ = brute_force(images, images, len(images))  # every image is its own nearest
    result = {}
    for k in NEIGHBORS:
        itself = vote(labels[order[:, :k]], 10)
        left_out = vote(labels[order[:, 1 : k + 1]], 10)
        others = np.stack([row[form[row] != form[n]][:k] for n, row in enumerate(order)])
        by_form = vote(labels[others], 10)
        result[str(k)] = [int((guess != labels).sum()) for guess in (itself, left_out, by_form)]
    return result


def learning_curve() -> dict:
    """Errors of three neighbors for the draws of the support vector machine's experiment."""
    images, labels, test_images, test_labels = digits()
    result = {}
    for size in SIZES:
        errors = []
        for draw in range(5 if size < len(images) else 1):
            rows = np.random.default_rng([size, draw]).permutation(len(images))[:size]
            near, _ = brute_force(images[rows], test_images, 3)
            errors.append(int((vote(labels[rows][near], 10) != test_labels).sum()))
        result[str(size)] = errors
    return result


def features(model: torch.nn.Sequential, x: np.ndarray) -> np.ndarray:
    """What the last layer of the network reads: (N, 512)."""
    with torch.no_grad():
        return model[:-1](torch.tensor(x, dtype=torch.float32).view(-1, 1, 8, 8)).numpy()


def moved(steps: int = STEPS) -> dict:
    """Errors of 382 on test images as they are and moved by a column to each side (mean)."""
    images, labels, test_images, test_labels = digits()
    left, same, right = np.split(sideways(test_images), 3)
    mean, std = images.mean(), images.std()
    result = {}
    for name, shown in [("plain", images), ("copies", sideways(images))]:
        answers = np.tile(labels, len(shown) // len(images))
        model = train_network((shown - mean) / std, answers, 0, steps)
        row = {"pixels": [], "network": [], "features": []}
        for test in (same, left, right):
            x, q = (shown - mean) / std, (test - mean) / std
            deep_x, deep_q = features(model, x), features(model, q)
            guesses = {"pixels": vote(answers[brute_force(x, q, 3)[0]], 10),
                       "network": model[-1](torch.tensor(deep_q)).argmax(1).numpy(),
                       "features": vote(answers[brute_force(deep_x, deep_q, 3)[0]], 10)}
            for key, guess in guesses.items():
                row[key].append(int((guess != test_labels).sum()))
        result[name] = row
    return result


def noise() -> dict:
    """Errors of 382 with three neighbors when the 64 pixels stand beside columns of pure noise.

    Each noise column has the standard deviation of the pixels.
    """
    images, labels, test_images, test_labels = digits()
    rng = np.random.default_rng(9)
    result = {}
    for columns in (0, 64, 256, 1024):
        x, q = (np.concatenate([part, images.std() * rng.normal(size=(len(part), columns))], axis=1)
                for part in (images, test_images))
        guess = vote(labels[brute_force(x, q, 3)[0]], 10)
        result[str(columns)] = int((guess != test_labels).sum())
    return result


def units() -> dict:
    """Cross-validated accuracy on the wine data with five neighbors, raw and standardized."""
    x, y = load_wine(return_X_y=True)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    scaled = make_pipeline(StandardScaler(), KNeighborsClassifier(5))
    return {"raw": float(cross_val_score(KNeighborsClassifier(5), x, y, cv=folds).mean()),
            "standardized": float(cross_val_score(scaled, x, y, cv=folds).mean())}


def run() -> dict:
    """Everything that the page states."""
    return {"dimension": by_dimension(), "points": by_points(), "hidden": hidden_dimensions(),
            "k": by_k(), "curve": learning_curve(), "moved": moved(), "noise": noise(), "units": units()}


if __name__ == "__main__":
    torch.set_num_threads(1)
    started = time.perf_counter()
    result = run()
    result["run"] = {
        "seconds": round(time.perf_counter() - started), "python": platform.python_version(),
        "numpy": np.__version__, "torch": torch.__version__, "scikit_learn": sklearn.__version__}
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))
