"""Figure: accuracy of a cascade of forests by level, beside three other models."""

import json
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from guide.figures import COLORS, plot

MEASURED = json.loads(
    Path(__file__).with_name("deep_learning_without_networks_experiment.json").read_text())


def figure() -> Figure:
    """Test accuracy on the digits after each level, mean and standard deviation of 5 splits."""
    canvas, axes = plot(height=3.7)
    levels = 100 * np.array(MEASURED["cascade"])
    axes.errorbar(np.arange(1, 5), levels.mean(axis=0), yerr=levels.std(axis=0, ddof=1),
                  color=COLORS["green"], linestyle="-", marker="o", markersize=7, capsize=4,
                  label="cascade of forests, by level")
    others = {"kernel SVM": ("purple", "-."), "network": ("blue", "--"),
              "logistic regression": ("orange", ":")}
    for name, (color, line) in others.items():
        mean = 100 * np.mean(MEASURED[name])
        text = "network, 2 hidden layers" if name == "network" else name
        axes.axhline(mean, color=COLORS[color], linestyle=line, label=text)
    axes.set(xlabel="levels of the cascade", ylabel="test accuracy (%)", xticks=[1, 2, 3, 4],
             xlim=(0.8, 4.2), ylim=(94.3, 99.2))
    axes.legend(loc="lower right", ncols=2, fontsize=10)
    return canvas
