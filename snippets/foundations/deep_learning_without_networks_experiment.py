"""Depth without backpropagation: a cascade of forests on scikit-learn's digits.

Each level holds a random forest and an extremely randomized one. Their class probabilities for
the training images come from 3-fold cross-validation, and stand beside the pixels as the input of
the next level (Zhou, Feng, *Deep Forest*, https://arxiv.org/abs/1702.08835, without its scanning).

Run ``OMP_NUM_THREADS=1 PYTHONPATH=. python
snippets/foundations/deep_learning_without_networks_experiment.py`` to write the JSON.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np
import sklearn
from sklearn.datasets import load_digits
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

LEVELS, TREES = 4, 100


def cascade(x, y, test_x, test_y, seed: int, levels: int, trees: int) -> list[float]:
    """Test accuracy after each level."""
    seen, test_seen, scores = x, test_x, []
    for level in range(levels):
        probs, test_probs = [], []
        for kind in (RandomForestClassifier, ExtraTreesClassifier):
            forest = kind(n_estimators=trees, random_state=1000 * seed + level)
            probs.append(cross_val_predict(forest, seen, y, cv=3, method="predict_proba"))
            test_probs.append(forest.fit(seen, y).predict_proba(test_seen))
        scores.append(float(np.mean(np.argmax(sum(test_probs), axis=1) == test_y)))
        seen, test_seen = np.hstack([x, *probs]), np.hstack([test_x, *test_probs])
    return scores


def run(seeds: int = 5, levels: int = LEVELS, trees: int = TREES) -> dict:
    """Test accuracy of the cascade by level, and of four other models, by seed."""
    data = load_digits()
    result = {"cascade": [], "logistic regression": [], "network": [], "kernel SVM": []}
    for seed in range(seeds):
        x, test_x, y, test_y = train_test_split(
            data.data, data.target, test_size=0.3, stratify=data.target, random_state=seed)
        result["cascade"].append(cascade(x, y, test_x, test_y, seed, levels, trees))
        others = {
            "logistic regression": LogisticRegression(max_iter=2000),
            "network": MLPClassifier((100, 100), max_iter=300, random_state=seed),
            "kernel SVM": SVC(),
        }
        for name, model in others.items():
            fitted = make_pipeline(StandardScaler(), model).fit(x, y)
            result[name].append(float(fitted.score(test_x, test_y)))
    return result


if __name__ == "__main__":
    started, cpu = time.perf_counter(), time.process_time()
    result = run()
    result["run"] = {
        "seeds": 5, "cores": 1, "seconds": round(time.perf_counter() - started),
        "cpu seconds": round(time.process_time() - cpu), "python": platform.python_version(),
        "numpy": np.__version__, "scikit-learn": sklearn.__version__,
    }
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for name, values in result.items():
        if name != "run":
            print(name, np.mean(values, axis=0).round(4), np.std(values, axis=0, ddof=1).round(4))
    print(result["run"])
