"""One figure: scores promised by over-sampling before the split, and how many negatives are enough."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot


def figure():
    """Left: area under the ROC curve by protocol. Right: average precision by negatives kept."""
    path = Path(__file__).with_name("resampling_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, (left, right) = plot(height=3.9, columns=2)
    models = ["logistic", "nearest neighbor", "random forest"]
    for row, (data, color, marker) in enumerate((("noise", "red", "s"), ("digits", "blue", "o"))):
        for column, model in enumerate(models):
            before, after = (np.mean([seed[f"{data}, {protocol}, {model}"] for seed in result["leak"]])
                             for protocol in ("before", "after"))
            place = column + 0.24 * row - 0.12
            left.plot([place, place], [after, before], color=COLORS[color], linewidth=1.5, linestyle="-")
            left.plot(place, after, marker, color=COLORS[color], markersize=7)
            left.plot(place, before, marker, color=COLORS[color], markersize=7, markerfacecolor="none")
    left.set_xticks(range(3), ["logistic", "nearest\nneighbor", "random\nforest"])
    left.set(title="area under ROC", ylim=(0.4, 1.2), xlim=(-0.5, 2.5))
    left.set_yticks([0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    left.grid(axis="x", visible=False)
    label(left, -0.4, 1.15, "hollow: copied before split", size=10, align="left")
    label(left, -0.4, 1.08, "filled: copied after split", size=10, align="left")
    label(left, 1.5, 0.62, "pure\nnoise", "red", size=10)
    label(left, 0.55, 0.78, "digits", "blue", size=10)

    ratios = ["1", "2", "5", "10", "20", "0"]
    values = np.array([[seed[ratio]["ap"] for ratio in ratios] for seed in result["enough"]])
    for seed in values:
        right.plot(range(6), seed, "o", color=COLORS["blue"], markersize=3)
    right.plot(range(6), values.mean(axis=0), "-", color=COLORS["blue"])
    right.set_xticks(range(6), ["1", "2", "5", "10", "20", "all"])
    right.set(xlabel="negatives per positive", title="average precision", ylim=(0, 0.33))
    return drawing
