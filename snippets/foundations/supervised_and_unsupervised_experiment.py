"""Handwritten digits learned with, without and with self-made labels, by number of labels.

1,000 digits may be used without their labels, 10 to 1,000 of them with. 297 digits
choose the settings of each representation, 500 test. Writes
supervised_and_unsupervised_experiment.json.
"""

import json
import os
import platform
import time
from pathlib import Path

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from snippets.foundations.supervised_and_unsupervised import masked_loss, pretrain, principal_components

PER_CLASS = (1, 2, 5, 10, 100)  # 100: all 1,000
PENALTIES = (0.00001, 0.0001, 0.001, 0.01, 0.1)
SHARES, WIDTHS, HIDDEN = (0.25, 0.5, 0.75), (8, 16, 32), 128


def data():
    """Pixels from 0 to 1 and digits: 1,000 for training, 297 to choose, 500 to test."""
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))
    x, y = digits.data[order] / 16, digits.target[order]
    return (x[:1000], y[:1000]), (x[1000:1297], y[1000:1297]), (x[1297:], y[1297:])


def representations(x, seed, steps):
    """{family: {setting: function from pixels to features}}, learned from unlabeled pixels."""
    def through(layer):
        return lambda p: np.maximum(p @ layer[0] + layer[1], 0)

    def project(mean, directions):
        return lambda p: (p - mean) @ directions

    masked = {share: pretrain(x, HIDDEN, share, steps, np.random.default_rng(1000 + seed))
              for share in SHARES}
    untrained = pretrain(x, HIDDEN, 0.5, 0, np.random.default_rng(1000 + seed))
    found = {
        "pixels": {0: lambda p: p},
        "principal components": {k: project(*principal_components(x, k)) for k in WIDTHS},
        "masked prediction": {share: through(params) for share, params in masked.items()},
        "untrained layer": {0: through(untrained)},
    }
    rng = np.random.default_rng(5000 + seed)
    visible = rng.random(x.shape) >= 0.5
    return found, (masked_loss(x, visible, untrained)[0], masked_loss(x, visible, masked[0.5])[0])


def draw(y, per_class, rng):
    """Indices of ``per_class`` examples of each digit, or of all examples from 100 on."""
    if per_class >= 100:
        return np.arange(len(y))
    return np.concatenate([rng.permutation(np.flatnonzero(y == k))[:per_class] for k in range(10)])


def scaled(features, reference):
    """Features minus the mean of the unlabeled ones, over their root mean squared length."""
    mean = reference.mean(axis=0)
    return (features - mean) / np.sqrt(((reference - mean) ** 2).sum(axis=1).mean())


def compare(seed, per_class, draws, steps):
    """Validation and test accuracies of one set of representations."""
    (x, y), (x_val, y_val), (x_test, y_test) = data()
    found, losses = representations(x, seed, steps)
    rows = []  # family, setting, penalty, labels per class, validation, test
    for number in per_class:
        for repeat in range(draws if number < 100 else 1):
            rng = np.random.default_rng(100 * seed + repeat)
            chosen = draw(y, number, rng)
            near = y[chosen][((x_test[:, None] - x[chosen]) ** 2).sum(axis=2).argmin(axis=1)]
            rows.append(["nearest neighbor", 0, 0, number, 0.0, float((near == y_test).mean())])
            for family, settings in found.items():
                for setting, encode in settings.items():
                    reference = encode(x)
                    f, f_val, f_test = (scaled(encode(p), reference) for p in (x, x_val, x_test))
                    for l2 in PENALTIES:
                        # The minimum of fit_classifier's loss, found in fewer steps.
                        model = LogisticRegression(C=1 / (l2 * len(chosen)), max_iter=2000)
                        model.fit(f[chosen], y[chosen])
                        rows.append([family, setting, l2, number, model.score(f_val, y_val),
                                     model.score(f_test, y_test)])
    return rows, losses


def clusters(seeds):
    """{how the k digits are chosen and used: {k: test accuracies}}, k clusters of k-means.

    central or random: the digit nearest each center is labeled, or any of its cluster.
    cluster, neighbor or softmax: a test digit gets the name of its cluster, that of the
    nearest labeled digit, or that of a softmax regression with penalty 0.01.
    """
    (x, y), _, (x_test, y_test) = data()

    def distances(a, b):
        return ((a[:, None] - b) ** 2).sum(axis=2)

    result = {}
    for k in (10, 20, 50, 100):
        for seed in range(seeds):
            centers = KMeans(k, n_init=5, random_state=seed).fit(x).cluster_centers_
            own, test_own = distances(x, centers).argmin(axis=1), distances(x_test, centers).argmin(axis=1)
            rng = np.random.default_rng(seed)
            labeled = {"central": distances(x, centers).argmin(axis=0),
                       "random": np.array([rng.choice(np.flatnonzero(own == j)) for j in range(k)])}
            f, f_test = scaled(x, x), scaled(x_test, x)
            for how, chosen in labeled.items():
                model = LogisticRegression(C=1 / (0.01 * k), max_iter=2000).fit(f[chosen], y[chosen])
                said = {"cluster": y[chosen][test_own],
                        "neighbor": y[chosen][distances(x_test, x[chosen]).argmin(axis=1)],
                        "softmax": model.predict(f_test)}
                for use, answers in said.items():
                    row = result.setdefault(f"{how}, {use}", {}).setdefault(str(k), [])
                    row.append(float((answers == y_test).mean()))
    return result


def run(seeds=5, draws=4, steps=3000, per_class=PER_CLASS):
    """All representations; the setting with the best mean validation accuracy is tested."""
    start = time.time()
    rows, losses = [], []
    for seed in range(seeds):
        more, loss = compare(seed, per_class, draws, steps)
        rows += more
        losses.append(loss)
    table = {}
    for family in dict.fromkeys(row[0] for row in rows):
        table[family] = {}
        for number in per_class:
            cells = {}
            for _, setting, l2, _, validation, test in (
                    row for row in rows if row[0] == family and row[3] == number):
                cells.setdefault((setting, l2), []).append((validation, test))
            best = max(cells, key=lambda cell: np.mean([v for v, _ in cells[cell]]))
            table[family][str(number)] = {"setting": best[0], "l2": best[1],
                                          "test": [t for _, t in cells[best]]}
    return {
        "seeds": seeds, "draws": draws, "steps": steps, "per_class": list(per_class),
        "accuracy": table, "clusters": clusters(seeds), "masked_losses": losses,
        "variance": float(data()[0][0].var(axis=0).mean()),
        "python": platform.python_version(), "numpy": np.__version__,
        "sklearn": sklearn.__version__, "cores": os.cpu_count(),
        "seconds": round(time.time() - start, 1),
    }


if __name__ == "__main__":
    result = run()
    for family, numbers in result["accuracy"].items():
        print(f"{family:22}", "  ".join(
            f"{n}: {np.mean(c['test']):.3f} ± {np.std(c['test']):.3f} ({c['setting']}, {c['l2']})"
            for n, c in numbers.items()))
    for how, row in result["clusters"].items():
        print(how, {k: f"{np.mean(v):.3f} ± {np.std(v):.3f}" for k, v in row.items()})
    print("masked loss", np.mean(result["masked_losses"], axis=0), "variance", result["variance"])
    print(result["seconds"], "seconds")
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
