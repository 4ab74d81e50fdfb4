"""Draws the test accuracy of each seed for each variant, from the committed measurements."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, plot
from snippets.interviews.implement_a_paper_experiment import VARIANTS, chosen

RESULT = json.loads(Path(__file__).with_name("implement_a_paper_experiment.json").read_text(encoding="utf-8"))


def figure():
    """One line per seed through the variants, the mean of each variant as a bar."""
    drawing, axes = plot(6.4, 3.6)
    test = np.array([[r["test"] for r in chosen(RESULT, variant)[1]] for variant in VARIANTS])
    for seed in range(test.shape[1]):
        axes.plot(test[:, seed], "-o", color=COLORS["muted"], linewidth=0.8, markersize=4)
    for place, mean in enumerate(test.mean(axis=1)):
        axes.plot([place - 0.25, place + 0.25], [mean, mean], "-", color=COLORS["blue"], linewidth=3)
    names = [name if ", " in name else name + ", " for name in VARIANTS]
    means = zip(names, test.mean(axis=1), strict=True)
    axes.set_xticks(range(len(VARIANTS)),
                    [f"{name}, mean {mean:.1f}".replace(", ", "\n") for name, mean in means])
    axes.set(ylabel="test accuracy, %", xlim=(-0.5, len(VARIANTS) - 0.5))
    return drawing
