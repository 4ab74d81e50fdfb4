"""What k-means finds: by seeding, by number of clusters, and on shapes it cannot represent.

Run ``OMP_NUM_THREADS=1 PYTHONPATH=. python snippets/classical/k_means_experiment.py`` to write
the JSON beside this file.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np

from snippets.classical.k_means import best_of, k_means, k_means_plus_plus, squared_distances

CLUSTERS = [2, 3, 4, 6, 9, 12, 16, 25]
POINTS_PER_BLOB, SPACING = 20, 10.0
CANDIDATES = range(1, 9)
NOISE_FEATURES = [100, 1000]


def blobs(num_clusters: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Round blobs of standard deviation 1, their centers 10 apart on a grid, and the centers."""
    side = int(np.ceil(np.sqrt(num_clusters)))
    cells = np.stack(np.divmod(np.arange(num_clusters), side), axis=1)
    centers = cells * SPACING
    return centers.repeat(POINTS_PER_BLOB, axis=0) + rng.normal(
        size=(num_clusters * POINTS_PER_BLOB, 2)
    ), centers


def random_rows(x: np.ndarray, num_clusters: int, rng: np.random.Generator) -> np.ndarray:
    """Different points as centers, all equally likely."""
    return x[rng.choice(len(x), num_clusters, replace=False)]


def greedy_plus_plus(x: np.ndarray, num_clusters: int, rng: np.random.Generator) -> np.ndarray:
    """k-means++ that draws 2 + ln K candidates and keeps the best, scikit-learn's default."""
    nearest = np.full(len(x), 1.0)
    centers = []
    for _ in range(num_clusters):
        tries = 1 if not centers else 2 + int(np.log(num_clusters))
        candidates = x[rng.choice(len(x), tries, p=nearest / nearest.sum())]
        left = squared_distances(x, candidates)  # (N, tries)
        if centers:
            left = np.minimum(left, nearest[:, None])
        best = np.argmin(left.sum(axis=0))
        centers.append(candidates[best])
        nearest = left[:, best]
    return np.stack(centers)


SEEDINGS = {"random": random_rows, "k-means++": k_means_plus_plus, "greedy": greedy_plus_plus}


def seeding(num_clusters: int, runs: int) -> dict:
    """How often each seeding leads to the optimum of clear blobs, and how bad the result is."""
    rng = np.random.default_rng(num_clusters)
    found = dict.fromkeys(SEEDINGS, 0)
    ratio = {name: [] for name in SEEDINGS}
    seeded = []
    for _ in range(runs):
        x, centers = blobs(num_clusters, rng)
        optimum = k_means(x, centers)[2][-1]
        for name, seed in SEEDINGS.items():
            losses = k_means(x, seed(x, num_clusters, rng))[2]
            found[name] += losses[-1] <= optimum * (1 + 1e-9)
            ratio[name].append(losses[-1] / optimum)
            if name == "k-means++":
                seeded.append(losses[0] / optimum)
    return {
        "found": {name: count / runs for name, count in found.items()},
        "ratio": {name: float(np.mean(values)) for name, values in ratio.items()},
        "seeded_ratio": float(np.mean(seeded)),
        "bound": float(8 * (np.log(num_clusters) + 2)),
    }


def silhouette(x: np.ndarray, labels: np.ndarray) -> float:
    """Mean of (b - a) / max(a, b): a to the own cluster, b to the nearest other one."""
    distance = np.sqrt(squared_distances(x, x))  # (N, N)
    one_hot = (labels[:, None] == np.arange(labels.max() + 1)).astype(np.float64)
    sizes = one_hot.sum(axis=0)
    sums = distance @ one_hot  # (N, K)
    own = sums[np.arange(len(x)), labels]
    a = own / np.maximum(sizes[labels] - 1, 1)
    means = np.where(one_hot > 0, np.inf, sums / sizes)
    b = means.min(axis=1)
    return float(np.mean(np.where(sizes[labels] > 1, (b - a) / np.maximum(a, b), 0.0)))


def choose(x: np.ndarray, rng: np.random.Generator, restarts: int, references: int) -> dict:
    """The K that silhouette and gap statistic choose, and the objective for each K."""
    fits = [best_of(x, k, restarts, rng) for k in CANDIDATES]
    losses = np.array([fit[2][-1] for fit in fits])
    widths = [silhouette(x, fit[1]) for fit in fits[1:]]
    logs = np.array([
        [np.log(best_of(noise, k, restarts, rng)[2][-1]) for k in CANDIDATES]
        for noise in rng.uniform(x.min(axis=0), x.max(axis=0), size=(references, *x.shape))
    ])  # (references, candidates)
    gap = logs.mean(axis=0) - np.log(losses)
    error = logs.std(axis=0) * np.sqrt(1 + 1 / references)
    enough = gap[:-1] >= gap[1:] - error[1:]  # the smallest K within one error of the next
    return {
        "losses": (losses / losses[0]).tolist(),
        "silhouette": 2 + int(np.argmax(widths)),
        "widest": float(np.max(widths)),
        "gap": 1 + int(np.argmax(enough)) if enough.any() else CANDIDATES[-1],
        "largest_gap": 1 + int(np.argmax(gap)),
    }


def choosing(datasets: int, restarts: int = 5, references: int = 10) -> dict:
    """Choices on four overlapping blobs and on uniform noise, over several data sets."""
    rng = np.random.default_rng(1)
    centers = np.array([[0.0, 0.0], [0.0, 6.0], [6.0, 0.0], [6.0, 6.0]])
    result = {}
    for name in ("blobs", "uniform"):
        choices = []
        for _ in range(datasets):
            if name == "blobs":
                x = centers.repeat(50, axis=0) + rng.normal(size=(200, 2)) * 1.2
            else:
                x = rng.uniform(size=(200, 2))
            choices.append(choose(x, rng, restarts, references))
        result[name] = {
            "losses": np.mean([choice["losses"] for choice in choices], axis=0).tolist(),
            "silhouette": [choice["silhouette"] for choice in choices],
            "widest": float(np.mean([choice["widest"] for choice in choices])),
            "gap": [choice["gap"] for choice in choices],
            "largest_gap": [choice["largest_gap"] for choice in choices],
        }
    return result


def moons(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two interleaved half circles, 100 points each, and their labels."""
    angle = rng.uniform(0, np.pi, size=(2, 100))
    upper = np.stack([np.cos(angle[0]), np.sin(angle[0])], axis=1)
    lower = np.stack([1 - np.cos(angle[1]), 0.5 - np.sin(angle[1])], axis=1)
    x = np.concatenate([upper, lower]) + rng.normal(size=(200, 2)) * 0.05
    return x, np.arange(2).repeat(100)


def unequal(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A wide blob of 160 points beside a narrow one of 40, and their labels."""
    wide = rng.normal(size=(160, 2)) * 2.0
    narrow = rng.normal(size=(40, 2)) * 0.3 + [5.5, 0.0]
    return np.concatenate([wide, narrow]), np.arange(2).repeat([160, 40])


def scales(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two blobs 6 standard deviations apart; the other feature is noise in a 100 times finer unit.

    Returns the points and their labels.
    """
    labels = np.arange(2).repeat(100)
    noise = rng.normal(size=(200, 2)) * [1, 100]
    return np.stack([6.0 * labels, np.zeros(200)], axis=1) + noise, labels


def agreement(labels: np.ndarray, truth: np.ndarray) -> float:
    """Fraction of points in the right one of two clusters, up to swapping the names."""
    same = float(np.mean(labels == truth))
    return max(same, 1 - same)


def shapes(datasets: int, restarts: int = 10) -> dict:
    """Agreement with the truth, and the objective of the truth over the one found."""
    rng = np.random.default_rng(2)

    def standardized(rng):
        x, truth = scales(rng)
        return (x - x.mean(axis=0)) / x.std(axis=0), truth

    result = {}
    makers = {"moons": moons, "unequal": unequal, "scales": scales, "standardized": standardized}
    for name, make in makers.items():
        right, ratio = [], []
        for _ in range(datasets):
            x, truth = make(rng)
            _, labels, losses = best_of(x, 2, restarts, rng)
            true_loss = sum(
                np.sum((x[truth == k] - x[truth == k].mean(axis=0)) ** 2) for k in range(2)
            )
            right.append(agreement(labels, truth))
            ratio.append(true_loss / losses[-1])
        result[name] = {
            "agreement": float(np.mean(right)),
            "true_loss_ratio": float(np.mean(ratio)),
        }
    return result


def dimensions(datasets: int, restarts: int = 5) -> dict:
    """Two blobs of 100 points, 6 apart in one feature, beside features that are pure noise.

    Returns, for each number of noise features, the agreement with the truth on all features and
    on the first two principal components, and the objective of the truth over the one found.
    """
    rng = np.random.default_rng(3)
    truth = np.arange(2).repeat(100)
    result = {}
    for features in NOISE_FEATURES:
        right, reduced, ratio = [], [], []
        for _ in range(datasets):
            x = rng.normal(size=(200, 1 + features))
            x[:, 0] += 6.0 * truth
            x -= x.mean(axis=0)
            _, labels, losses = best_of(x, 2, restarts, rng)
            right.append(agreement(labels, truth))
            true_loss = sum(
                np.sum((x[truth == k] - x[truth == k].mean(axis=0)) ** 2) for k in range(2)
            )
            ratio.append(true_loss / losses[-1])
            left, sizes, _ = np.linalg.svd(x, full_matrices=False)
            components = left[:, :2] * sizes[:2]  # (200, 2)
            reduced.append(agreement(best_of(components, 2, restarts, rng)[1], truth))
        result[str(features)] = {
            "agreement": float(np.mean(right)),
            "after_pca": float(np.mean(reduced)),
            "true_loss_ratio": float(np.mean(ratio)),
        }
    return result


def run(runs: int = 1000, datasets: int = 20, clusters: list[int] = CLUSTERS) -> dict:
    """Everything that the page states."""
    return {
        "seeding": {str(k): seeding(k, runs) for k in clusters},
        "choosing": choosing(datasets),
        "shapes": shapes(datasets),
        "dimensions": dimensions(datasets),
    }


if __name__ == "__main__":
    started = time.perf_counter()
    result = run()
    result["run"] = {
        "runs": 1000,
        "datasets": 20,
        "seconds": round(time.perf_counter() - started),
        "cores": 1,
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))
