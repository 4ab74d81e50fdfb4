"""Figure of mining in rounds, measured."""

import json
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from guide.figures import COLORS, plot

MEASURED = json.loads(Path(__file__).with_name("hard_negatives_experiment.json").read_text())


def figure() -> Figure:
    """False positives after each round, for the arms that keep their labels."""
    arms = MEASURED["arms"]
    canvas, axes = plot(height=4.0)
    styles = {
        "with duplicates": ("purple", ":", "^", "mined, near duplicates allowed"),
        "random": ("blue", "-", "o", "random frames"),
        "no review": ("red", "--", "s", "mined, all called negative"),
        "mined": ("green", "-", "D", "mined, reviewed, one per scene"),
    }
    for arm, (color, line, marker, text) in styles.items():
        mean = np.array(arms[arm]["mean"])
        axes.plot(mean, color=COLORS[color], linestyle=line, marker=marker, markersize=6,
                  label=text)
    axes.set(xlabel="rounds of 200 labels", ylim=(0, 80), xlim=(-0.15, 6.15),
             ylabel="false positives per 10,000\nnegatives at 90 % recall")
    axes.legend(loc="upper right")
    return canvas
