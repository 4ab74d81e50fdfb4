"""Left: measured differences over seeds and splits. Right: coverage of nominal 95 % intervals."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot


def figure():
    """Thirty seeds, thirty splits, and the coverage by statistic and method."""
    path = Path(__file__).with_name("confidence_intervals_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, (left, right) = plot(height=3.8, columns=2)
    both, only_a, only_b, neither = result["example"]
    n = both + only_a + only_b + neither
    center = (only_b - only_a) / n
    half = 1.96 * np.sqrt(((only_a + only_b) / n - center**2) / n)
    left.plot([0, 0], [100 * (center - half), 100 * (center + half)], color=COLORS["blue"], linewidth=3)
    left.plot(0, 100 * center, "o", color=COLORS["blue"], markersize=7)
    for place, name, color, marker in ((1, "seeds", "orange", "^"), (2, "splits", "green", "s")):
        counts = np.array(result[name])
        left.plot(place + np.linspace(-0.25, 0.25, 30), 100 * (counts[:, 2] - counts[:, 1]) / n, marker,
                  color=COLORS[color], markersize=4, linestyle="none")
    left.axhline(0, color=COLORS["muted"], linestyle=":", linewidth=1.5)
    left.set_xticks([0, 1, 2], ["one test\nset, 95%", "30\nseeds", "30\nsplits"])
    left.set(title="B − A in points", xlim=(-0.6, 2.6))
    left.grid(axis="x", visible=False)

    rows = [("Wald", "accuracy", "wald"), ("Wilson", "accuracy", "wilson"),
            ("percentile", "accuracy", "percentile"), ("BCa", "accuracy", "bca"),
            ("percentile", "f1", "percentile"), ("BCa", "f1", "bca"),
            ("t", "mean", "t"), ("percentile", "mean", "percentile"), ("BCa", "mean", "bca")]
    places = [0, 1, 2, 3, 4.6, 5.6, 7.2, 8.2, 9.2]
    colors = {"accuracy": ("blue", "o"), "f1": ("orange", "^"), "mean": ("green", "s")}
    for place, (_, statistic, method) in zip(places, rows, strict=True):
        color, marker = colors[statistic]
        coverage = 100 * result["coverage"][statistic][method]
        right.plot(coverage, -place, marker, color=COLORS[color], markersize=7)
    right.axvline(95, color=COLORS["muted"], linestyle=":", linewidth=1.5)
    right.set_yticks([-place for place in places], [name for name, _, _ in rows])
    right.set(title="coverage in %", xlim=(85, 100), ylim=(-9.8, 0.6))
    label(right, 91, -1.5, "accuracy", "blue", size=10)
    label(right, 90.5, -5.1, "F1", "orange", size=10)
    label(right, 92, -7.7, "lognormal\nmean", "green", size=10)
    return drawing
