"""Test accuracy against sharpness, and the same networks rescaled."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, plot

RESULT = json.loads(Path(__file__).with_name("sharpness_experiment.json").read_text(encoding="utf-8"))
STYLES = {"rate 0.2": ("blue", "o"), "rate 0.4": ("blue", "s"), "rate 0.6": ("blue", "^"),
          "rate 0.4, SAM 0.05": ("orange", "D"), "rate 0.4, SAM 0.2": ("orange", "v"),
          "rate 0.4, decay 0.003": ("green", "P")}


def figure():
    """Filled: as trained; open: the same function with the first layer times five."""
    drawing, axes = plot(height=4.0)
    for run, (color, marker) in STYLES.items():
        each = RESULT["runs"][run]
        accuracy = 100 * np.mean([one["accuracy"] for one in each])
        for key, fill, name in (("sharpness", "full", run), ("rescaled", "none", None)):
            axes.semilogx([np.mean([one[key] for one in each])], [accuracy], marker, color=COLORS[color],
                          markersize=9, fillstyle=fill, label=name)
    axes.set(xlabel="largest Hessian eigenvalue (open marks: same function, rescaled)",
             ylabel="test accuracy (%)", xlim=(0.5, 30), ylim=(90.9, 93.9))
    axes.set_xticks([0.5, 1, 2, 5, 10, 20], ["0.5", "1", "2", "5", "10", "20"])
    axes.minorticks_off()
    axes.legend(loc="upper center", fontsize=10, ncols=2)
    return drawing
