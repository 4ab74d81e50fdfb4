"""Test accuracy of a 20-layer network by remedy, for three vanishing starts and an exploding one."""

import json
from pathlib import Path

from guide.figures import COLORS, plot
from snippets.backpropagation.vanishing_gradients_remedies_experiment import best

ROWS = ["plain", "clip", "adam", "matched", "layer norm", "batch norm", "residual",
        "pre-norm residual"]
NAMES = ["no remedy", "clipping", "Adam", "matched start", "layer norm", "batch norm", "residual",
         "residual + layer norm"]
STYLES = {"sigmoid": ("blue", "o", "sigmoid"), "tanh": ("orange", "s", "tanh"),
          "relu": ("green", "^", "ReLU"), "explode": ("red", "D", "ReLU, exploding")}


def figure():
    """One row per remedy, one marker per start; a line spans lowest and highest of three seeds."""
    path = Path(__file__).with_name("vanishing_gradients_remedies_experiment.json")
    runs = json.loads(path.read_text(encoding="utf-8"))["runs"]
    drawing, axes = plot(height=4.8)
    for offset, (name, (color, marker, text)) in enumerate(STYLES.items()):
        rows = [(i, best(runs[f"{name}, {row}"])) for i, row in enumerate(ROWS)
                if f"{name}, {row}" in runs]
        height = [i + 0.17 * (offset - 1.5) for i, _ in rows]
        mean = [100 * one[1] for _, one in rows]
        axes.hlines(height, [100 * one[2] for _, one in rows], [100 * one[3] for _, one in rows],
                    color=COLORS[color], linewidth=1.5)
        axes.plot(mean, height, color=COLORS[color], marker=marker, markersize=6, linestyle="",
                  label=text)
    axes.set(yticks=range(len(ROWS)), yticklabels=NAMES, ylim=(len(ROWS) - 0.5, -0.5),
             xlim=(0, 100), xlabel="test accuracy (%)")
    axes.axvline(10, color=COLORS["muted"], linewidth=1.2, linestyle=":")
    drawing.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=4,
                   fontsize=10, columnspacing=1.0, handletextpad=0.2)
    return drawing
