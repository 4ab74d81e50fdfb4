"""Steps and best rate against the batch size, for SGD and Adam."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot

RESULT = json.loads(Path(__file__).with_name("batch_size_experiment.json").read_text(encoding="utf-8"))
LOOK = {"SGD": ("blue", "o", "-"), "Adam": ("orange", "s", "--")}


def ticks(axes):
    """Powers of two that people read off."""
    shown = [1, 4, 16, 64, 256, 1000]
    axes.set_xticks(shown, [f"{value:,}" for value in shown])
    axes.minorticks_off()


def figure():
    """Steps fall as 1 / batch up to about 32, then level off near 5."""
    drawing, axes = plot(height=3.6)
    for kind, (color, marker, style) in LOOK.items():
        rows = RESULT["runs"][kind]
        axes.loglog([r["batch"] for r in rows], [r["steps"] for r in rows], color=COLORS[color],
                    marker=marker, linestyle="none", markersize=7, label=f"{kind}, measured")
        fine = np.geomspace(1, 1000, 100)
        least, critical = RESULT["fit"][kind]
        axes.loglog(fine, least * (1 + critical / fine), color=COLORS[color], linestyle=style,
                    linewidth=1.3, label=f"{kind}, {least:.1f} (1 + {critical:.0f} / batch)")
    axes.set(xlabel="batch size", ylabel="steps to training loss 0.2")
    ticks(axes)
    axes.set_yticks([4, 10, 30, 100, 300], ["4", "10", "30", "100", "300"])
    axes.legend(loc="upper right")
    return drawing


def figure_rate():
    """SGD's best rate grows in proportion, then bends; Adam's grows with the square root."""
    drawing, axes = plot(height=3.8)
    for kind, (color, marker, style) in LOOK.items():
        rows = RESULT["runs"][kind]
        axes.loglog([r["batch"] for r in rows], [r["lr"] for r in rows], color=COLORS[color],
                    marker=marker, linestyle=style, markersize=7)
    guide = np.array([1, 40])
    axes.loglog(guide, 2.2 * guide, color=COLORS["muted"], linestyle=":", linewidth=1.5)
    label(axes, 3, 22, "slope 1", "muted", size=11)
    guide = np.array([1, 1000])
    axes.loglog(guide, 0.021 * guide**0.5, color=COLORS["muted"], linestyle=":", linewidth=1.5)
    label(axes, 60, 0.075, "slope 1/2", "muted", size=11)
    label(axes, 500, 30, "SGD", "blue", size=12)
    label(axes, 500, 0.75, "Adam", "orange", size=12)
    axes.set(xlabel="batch size", ylabel="best learning rate", ylim=(0.012, 150))
    ticks(axes)
    axes.set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    return drawing
