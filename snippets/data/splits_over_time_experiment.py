"""Which split predicts the score after deployment? Four splits of the same synthetic drives.

A city is a set of streets. Every meter has an appearance, a smooth random function that says
nothing about the label, and a weak cue, the same in every city, that does. The label (a curb,
say) belongs to the place. Each drive adds its own weather and sees some of the streets.

Run ``OMP_NUM_THREADS=1 PYTHONPATH=. python snippets/data/splits_over_time_experiment.py`` to
write the JSON beside this file.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np

from snippets.data.splits_over_time import split_by_group

FEATURES = 16
STREETS, STREET_FRAMES, FRAME_METERS = 30, 100, 2.0
DRIVES, STREETS_PER_DRIVE = 12, 10
SEGMENT_METERS = 20.0  # the label is constant on a segment
SMOOTH_METERS = 5.0  # length over which the appearance changes
CUE, APPEARANCE, WEATHER, NOISE = 0.9, 1.0, 0.4, 0.3
GAPS_METERS = [0, 2, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40]


def make_city(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Appearance (STREETS, STREET_FRAMES, FEATURES) and label (STREETS, STREET_FRAMES)."""
    steps = int(3 * SMOOTH_METERS / FRAME_METERS)
    offsets = np.arange(-steps, steps + 1) * FRAME_METERS
    kernel = np.exp(-0.5 * (offsets / SMOOTH_METERS) ** 2)
    kernel /= np.sqrt(np.sum(kernel**2))  # white noise of variance 1 stays at variance 1
    white = rng.normal(size=(STREETS, STREET_FRAMES + 2 * steps, FEATURES))
    windows = np.lib.stride_tricks.sliding_window_view(white, len(kernel), axis=1)
    appearance = windows @ kernel
    per_segment = int(SEGMENT_METERS / FRAME_METERS)
    label = rng.integers(0, 2, size=(STREETS, STREET_FRAMES // per_segment)).repeat(per_segment, 1)
    return appearance, label


def drive(city, streets, cue, rng) -> dict[str, np.ndarray]:
    """The frames of one drive along ``streets`` in one weather."""
    appearance, label = city
    seen = appearance[streets].reshape(-1, FEATURES)
    labels = label[streets].reshape(-1)
    weather = rng.normal(size=FEATURES) * WEATHER
    noise = rng.normal(size=seen.shape) * NOISE
    x = APPEARANCE * seen + CUE * (2 * labels[:, None] - 1) * cue + weather + noise
    return {"x": x, "y": labels, "street": np.repeat(streets, STREET_FRAMES)}


def make_drives(city, number, cue, rng) -> dict[str, np.ndarray]:
    """Several drives, joined; ``drive`` says which."""
    parts = [
        drive(city, rng.choice(STREETS, STREETS_PER_DRIVE, replace=False), cue, rng)
        for _ in range(number)
    ]
    joined = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    joined["drive"] = np.repeat(np.arange(number), STREETS_PER_DRIVE * STREET_FRAMES)
    return joined


def nearest_neighbor(train_x, train_y, x) -> np.ndarray:
    """Label of the nearest training frame. Features are of order 1, so expanding is safe."""
    return train_y[np.argmin(np.sum(train_x**2, axis=1) - 2 * x @ train_x.T, axis=1)]


def linear(train_x, train_y, x) -> np.ndarray:
    """Ridge regression on labels -1 and 1: a model too small to memorize places."""
    mean = train_x.mean(axis=0)
    centered = train_x - mean
    weight = np.linalg.solve(
        centered.T @ centered + np.eye(FEATURES), centered.T @ (2.0 * train_y - 1)
    )
    return ((x - mean) @ weight > 0).astype(np.int64)


MODELS = {"nearest neighbor": nearest_neighbor, "linear": linear}


def score(train, test) -> dict[str, float]:
    """Accuracy of both models, (x, y) pairs."""
    x, y = test
    return {name: float(np.mean(model(*train, x) == y)) for name, model in MODELS.items()}


def one_seed(seed: int) -> tuple[dict, list[float]]:
    """Scores by split and after deployment, and the nearest neighbor's score by gap."""
    rng = np.random.default_rng(seed)
    cue = rng.normal(size=FEATURES)
    cue /= np.linalg.norm(cue)
    city = make_city(rng)
    data = make_drives(city, DRIVES, cue, rng)
    frames = np.arange(len(data["y"]))
    fractions = [0.8, 0.2]
    splits = {
        "random frames": split_by_group(frames, fractions, rng),
        "by drive": split_by_group(data["drive"], fractions, rng),
        "by street": split_by_group(data["street"], fractions, rng),
    }
    scores = {}
    for name, split in splits.items():
        train, test = ((data["x"][split == s], data["y"][split == s]) for s in range(2))
        scores[name] = score(train, test)
    everything = (data["x"], data["y"])
    same = make_drives(city, 2, cue, rng)
    new = make_drives(make_city(rng), 2, cue, rng)
    scores["deployed, same city"] = score(everything, (same["x"], same["y"]))
    scores["deployed, new city"] = score(everything, (new["x"], new["y"]))
    return scores, gap_scores(data)


def gap_scores(data) -> list[float]:
    """Nearest neighbor's accuracy inside the first drive, for each gap.

    Each frame is tested against all frames of its drive except those of the same street that are
    at most the gap away: gap 0 leaves out the frame itself.
    """
    rows = data["drive"] == 0
    x, y, street = data["x"][rows], data["y"][rows], data["street"][rows]
    meters = np.tile(np.arange(STREET_FRAMES) * FRAME_METERS, STREETS_PER_DRIVE)
    squares = np.sum(x**2, axis=1)
    distance = squares[:, None] - 2 * x @ x.T + squares  # (N, N)
    same_street = street[:, None] == street
    apart = np.abs(meters[:, None] - meters)
    accuracy = []
    for gap in GAPS_METERS:
        allowed = np.where(same_street & (apart <= gap), np.inf, distance)
        accuracy.append(float(np.mean(y[np.argmin(allowed, axis=1)] == y)))
    return accuracy


def run(seeds: int = 20) -> dict:
    """All seeds: mean and standard deviation over the seeds."""
    results = [one_seed(seed) for seed in range(seeds)]
    table = {}
    for name in results[0][0]:
        table[name] = {}
        for model in MODELS:
            values = np.array([scores[name][model] for scores, _ in results])
            table[name][model] = {"mean": float(values.mean()), "std": float(values.std(ddof=1))}
    gaps = np.array([by_gap for _, by_gap in results])
    return {
        "scores": table,
        "gaps": {
            "meters": GAPS_METERS,
            "mean": gaps.mean(axis=0).tolist(),
            "std": gaps.std(axis=0, ddof=1).tolist(),
        },
    }


if __name__ == "__main__":
    started = time.perf_counter()
    result = run()
    result["run"] = {
        "seeds": 20,
        "seconds": round(time.perf_counter() - started),
        "cores": 1,
        "python": platform.python_version(),
        "numpy": np.__version__,
    }
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for name, models in result["scores"].items():
        print(name, {model: round(value["mean"], 3) for model, value in models.items()})
