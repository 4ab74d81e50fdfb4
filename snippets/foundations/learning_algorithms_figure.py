"""One figure: test accuracy against compute for six ways to train one network."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot

LINES = (("backpropagation, Adam", "blue", "-", "o"), ("feedback alignment, SGD", "green", "--", "s"),
         ("last layer only, SGD", "muted", (0, (1, 1)), "x"),
         ("16 random directions, SGD", "orange", "-.", "^"), ("random direction, SGD", "red", ":", "v"))


def figure():
    """Accuracy on test digits by forward passes spent, logarithmic."""
    path = Path(__file__).with_name("learning_algorithms_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, axes = plot(height=3.9)
    for name, color, style, marker in LINES:
        cost, accuracy = np.mean(result["methods"][name]["curves"], axis=0).T
        axes.semilogx(cost, accuracy, color=COLORS[color], linestyle=style, marker=marker, markersize=5)
    axes.set(xlabel="forward passes of a batch (a backward pass counts as two)",
             ylabel="test accuracy", ylim=(0, 1.03), xlim=(25, 30000))
    axes.set_xticks([30, 100, 1000, 10000], ["30", "100", "1,000", "10,000"])
    axes.tick_params(which="minor", bottom=False)
    label(axes, 170, 0.985, "backpropagation", "blue", size=10, align="right")
    label(axes, 75, 0.66, "feedback\nalignment", "green", size=10, align="left")
    label(axes, 31, 0.87, "last layer only", "muted", size=10, align="left")
    label(axes, 1250, 0.62, "16 random directions", "orange", size=10, align="left")
    label(axes, 420, 0.4, "one random direction", "red", size=10, align="left")
    return drawing
