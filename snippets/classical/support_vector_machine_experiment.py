"""Support vector machine against a small convolutional network, from 50 to 1,415 digits.

Writes support_vector_machine_experiment.json. The 8 x 8 digits come with scikit-learn; forms 11 to
13, from other writers, are the test, as in the notebook "Train on your dataset". Also: what gamma
does, what units do to the wine data, and how many support vectors there are.
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
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from torch import nn
from torch.nn import functional as F

SIZES, DRAWS, STEPS, BATCH = (50, 100, 200, 400, 800, 1415), 5, 460, 64
SHIFTED_SIZES = (200, 1415)
GAMMAS = [2.0**power for power in range(-14, 3, 2)]
PENALTY = 10.0


def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Images (N, 64) and labels of forms 0 to 10, and of forms 11 to 13."""
    images, labels = load_digits(return_X_y=True)
    text, starts, previous = "".join(map(str, labels)), [], -100
    for match in re.finditer("0?123456789", text):  # a form begins by counting to nine
        if match.start() - previous > 50:
            starts.append(match.start())
        previous = match.start()
    form = np.searchsorted(starts, np.arange(len(labels)), side="right") - 1
    train, test = form <= 10, form >= 11
    return images[train], labels[train], images[test], labels[test]


def network(generator: torch.Generator) -> nn.Sequential:
    """The notebook's network: two convolutions, a pooling, a linear layer; 9,930 parameters."""
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(512, 10))
    for module in model:
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            bound = module.weight[0].numel() ** -0.5
            nn.init.uniform_(module.weight, -bound, bound, generator=generator)
            nn.init.zeros_(module.bias)
    return model


def train_network(x: np.ndarray, labels: np.ndarray, seed: int, steps: int) -> nn.Sequential:
    """AdamW on cross-entropy with batches drawn with replacement; no augmentation."""
    generator = torch.Generator().manual_seed(seed)
    model = network(generator)
    inputs = torch.tensor(x, dtype=torch.float32).view(-1, 1, 8, 8)
    targets = torch.tensor(labels, dtype=torch.int64)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-2)
    for _ in range(steps):
        rows = torch.randint(0, len(inputs), (BATCH,), generator=generator)
        loss = F.cross_entropy(model(inputs[rows]), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def network_errors(model: nn.Sequential, x: np.ndarray, labels: np.ndarray) -> int:
    """Wrong answers."""
    with torch.no_grad():
        logits = model(torch.tensor(x, dtype=torch.float32).view(-1, 1, 8, 8))
    return int((logits.argmax(1).numpy() != labels).sum())


def sideways(images: np.ndarray) -> np.ndarray:
    """Each image three times, moved by -1, 0 and 1 column: (N, 64) -> (3 N, 64)."""
    wide = np.pad(images.reshape(-1, 8, 8), ((0, 0), (0, 0), (1, 1)))  # 0 is paper
    return np.concatenate([wide[:, :, start : start + 8].reshape(-1, 64) for start in range(3)])


def learning_curve(sizes=SIZES, draws: int = DRAWS, steps: int = STEPS, shifted: bool = False) -> dict:
    """Errors on the test forms by the number of training images, with or without moved copies.

    With all images the draws differ in the network's seed alone.
    """
    images, labels, test_images, test_labels = digits()
    result = {}
    for size in sizes:
        row = {"svm": [], "network": [], "support": [], "svm_seconds": [], "network_seconds": []}
        for draw in range(draws if size < len(images) else min(draws, 3)):
            rng = np.random.default_rng([size, draw])
            rows = rng.permutation(len(images))[:size]
            mean, std = images[rows].mean(), images[rows].std()  # one scale, from these rows
            shown = sideways(images[rows]) if shifted else images[rows]
            answers = np.tile(labels[rows], len(shown) // size)
            x, test = (shown - mean) / std, (test_images - mean) / std
            start = time.perf_counter()
            svm = SVC(C=PENALTY).fit(x, answers)
            row["svm_seconds"].append(time.perf_counter() - start)
            row["svm"].append(int((svm.predict(test) != test_labels).sum()))
            row["support"].append(len(svm.support_))
            start = time.perf_counter()
            model = train_network(x, answers, draw, steps)
            row["network_seconds"].append(time.perf_counter() - start)
            row["network"].append(network_errors(model, test, test_labels))
        result[str(size)] = row
    return result


def by_gamma(gammas=GAMMAS) -> dict:
    """Errors and support vectors for 400 training images, against gamma."""
    images, labels, test_images, test_labels = digits()
    rows = np.random.default_rng(0).permutation(len(images))[:400]
    mean, std = images[rows].mean(), images[rows].std()
    x, test = (images[rows] - mean) / std, (test_images - mean) / std
    result = []
    for gamma in gammas:
        svm = SVC(C=PENALTY, gamma=gamma).fit(x, labels[rows])
        result.append({
            "gamma": gamma, "support": len(svm.support_),
            "train": int((svm.predict(x) != labels[rows]).sum()),
            "test": int((svm.predict(test) != test_labels).sum())})
    return {"rows": result, "default": float(1 / (64 * x.var()))}


def units() -> dict:
    """Cross-validated accuracy on the wine data: as measured, and with each feature standardized."""
    x, y = load_wine(return_X_y=True)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return {"raw": float(cross_val_score(SVC(), x, y, cv=folds).mean()),
            "standardized": float(
                cross_val_score(make_pipeline(StandardScaler(), SVC()), x, y, cv=folds).mean()),
            "largest_std": float(x.std(axis=0).max()), "smallest_std": float(x.std(axis=0).min())}


def run(sizes=SIZES, draws: int = DRAWS, steps: int = STEPS) -> dict:
    """Everything that the page states."""
    return {"curve": learning_curve(sizes, draws, steps),
            "shifted": learning_curve(SHIFTED_SIZES, 3, steps, shifted=True),
            "gamma": by_gamma(), "units": units()}


if __name__ == "__main__":
    torch.set_num_threads(1)
    started = time.perf_counter()
    result = run()
    result["run"] = {
        "seconds": round(time.perf_counter() - started), "python": platform.python_version(),
        "numpy": np.__version__, "torch": torch.__version__, "scikit_learn": sklearn.__version__}
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for curve in ("curve", "shifted"):
        for size, row in result[curve].items():
            print(curve, size, {name: round(float(np.mean(values)), 3) for name, values in row.items()})
    print(result["gamma"], result["units"], result["run"])
