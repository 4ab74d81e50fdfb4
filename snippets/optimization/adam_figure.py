"""Two figures: the step without bias correction, and the walk to the wrong end."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot


def figure():
    """Length of the step on a constant gradient, with and without bias correction."""
    t = np.unique(np.round(np.logspace(0, 4, 200)))
    length = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    drawing, axes = plot(height=3.4)
    axes.semilogx(t, length, color=COLORS["orange"], linestyle="--")
    axes.semilogx(t, np.ones_like(t), color=COLORS["blue"], linestyle="-")
    axes.set(xlabel="step t", ylabel="step length, in units of lr")
    axes.set(ylim=(0, 7.6), xlim=(0.9, 1.1e4))
    axes.plot([1, 12], [length[0], length.max()], "o", color=COLORS["orange"])
    label(axes, 1.25, 2.95, "3.16 at t = 1", "orange", align="left")
    label(axes, 12, 7.1, "6.57 at t = 12", "orange")
    label(axes, 170, 4.4, "m and v without\nbias correction", "orange", align="left")
    label(axes, 1.25, 0.5, "with bias correction: always 1", "blue", align="left")
    return drawing


def figure_counterexample():
    """x against the step, for a large gradient that comes often and one that comes rarely."""
    path = Path(__file__).with_name("adam_experiment.json")
    paths = json.loads(path.read_text(encoding="utf-8"))["paths"]
    drawing, axes = plot(height=3.9, columns=2, sharey=True)
    panels = [
        ("slope 3 every 3rd step", [
            ("often, beta2 = 0.1", "red", "-", "Adam,\nβ₂ = 0.1", 1.2, 0.62),
            ("often, amsgrad", "green", "-.", "AMSGrad", 420, -0.3),
            ("often, defaults", "blue", "--", "Adam,\ndefaults", 1.6, -0.62)]),
        ("slope 30,000 every 20,001st", [
            ("rare, defaults", "red", "-", "Adam, defaults", 6, 0.62),
            ("rare, amsgrad", "green", "-.", "AMSGrad", 300, -0.45)]),
    ]
    for ax, (title, lines) in zip(axes, panels, strict=True):
        for name, color, style, text, x, y in lines:
            ax.semilogx(*zip(*paths[name], strict=True), color=COLORS[color], linestyle=style)
            label(ax, x, y, text, color, align="left")
        ax.set(title=title, xlabel="step t", ylim=(-1.25, 1.25))
        label(ax, 1.2, 1.12, "worst point", "muted", size=10, align="left")
        label(ax, 1.2, -1.12, "best point", "muted", size=10, align="left")
    axes[0].set_ylabel("x")
    return drawing
