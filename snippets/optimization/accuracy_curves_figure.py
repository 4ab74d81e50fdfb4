"""Ten figures, one for each run: what the reader sees before any diagnosis."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, plot

RESULT = json.loads(
    Path(__file__).with_name("accuracy_curves_experiment.json").read_text(encoding="utf-8"))
STYLES = {"train": ("blue", "-"), "validation": ("orange", "--"), "test": ("green", "-.")}
NAMES = {"train": "training", "validation": "validation", "test": "test"}


def draw(letter: str):
    """Accuracy after each epoch, in percent, seed 0."""
    curves = RESULT["curves"][letter]["accuracy"][0]
    drawing, axes = plot(width=5.2, height=2.7)
    for name, curve in curves.items():
        color, style = STYLES[name]
        axes.plot(np.arange(1, len(curve) + 1), 100 * np.array(curve), color=COLORS[color],
                  linestyle=style, label=NAMES[name])
    axes.set_title(f"Curve {letter}", loc="left")
    axes.set(xlabel="epoch", ylabel="accuracy in %", ylim=(-2, 104),
             yticks=[0, 25, 50, 75, 100], xlim=(0, len(curves["train"]) + 1))
    axes.legend(loc="lower left", bbox_to_anchor=(0.2, 0.96), ncols=3)
    return drawing


def figure_a():
    return draw("A")


def figure_b():
    return draw("B")


def figure_c():
    return draw("C")


def figure_d():
    return draw("D")


def figure_e():
    return draw("E")


def figure_f():
    return draw("F")


def figure_g():
    return draw("G")


def figure_h():
    return draw("H")


def figure_i():
    return draw("I")


def figure_j():
    return draw("J")
