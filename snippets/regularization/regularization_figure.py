"""Two figures: error and its parts against the penalty, and the fits behind three points of it."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot

RESULT = json.loads(
    Path(__file__).with_name("regularization_experiment.json").read_text(encoding="utf-8"))


def figure():
    """Training error, test error, squared bias and variance by alpha."""
    rows = RESULT["rows"]
    alpha = [row["alpha"] for row in rows]
    drawing, axes = plot(height=3.7)
    for name, color, style, text, place in (
            ("test", "orange", "-", "test error", (3e-6, 0.68)),
            ("train", "blue", "--", "training error", (3e-6, 0.024)),
            ("variance", "purple", "-.", "variance", (13, 0.0065)),
            ("bias2", "green", ":", "squared bias", (0.14, 0.0024))):
        axes.loglog(alpha, [row[name] for row in rows], color=COLORS[color], linestyle=style)
        label(axes, *place, text, color, size=11, align="right" if name == "bias2" else "left")
    axes.axhline(RESULT["noise"] ** 2, color=COLORS["muted"], linewidth=1.2, linestyle=(0, (1, 3)))
    label(axes, 3e-6, 0.115, "noise, 0.09", "muted", size=10, align="left")
    axes.set(xlabel="strength of the penalty, alpha", ylabel="mean squared error", ylim=(1e-3, 1.2),
             xlim=(1e-6, 1e4))
    return drawing


def figure_fits():
    """Twelve fits for a weak, a good and a strong penalty."""
    grid = np.array(RESULT["grid"])
    drawing, panels = plot(height=2.6, columns=3, sharey=True)
    for axes, (alpha, title) in zip(panels, (("1e-06", "alpha 0.000001"), ("1.0", "alpha 1"),
                                            ("10000.0", "alpha 10,000")), strict=True):
        for fit in RESULT["fits"][alpha]:
            axes.plot(grid, fit, color=COLORS["blue"], linewidth=0.8, linestyle="-")
        axes.plot(grid, np.sin(np.pi * grid), color=COLORS["orange"], linestyle="--", linewidth=2.2)
        axes.set(title=title, ylim=(-2, 2), xlim=(-1, 1))
        axes.set_xticks([-1, 0, 1])
    return drawing
