"""Figures: who is connected to whom, and the log-likelihood during training."""

import json
from pathlib import Path

import numpy as np
from matplotlib.patches import Circle

from guide.figures import COLORS, diagram, label, plot
from snippets.generative.boltzmann_machine_experiment import EVERY

MEASURED = json.loads(Path(__file__).with_name("boltzmann_machine_experiment.json").read_text())


def figure():
    """Left: every pair of units is connected. Right: only pairs across the two layers."""
    drawing, axes = diagram(6.4, 2.5)
    for left, title, full in ((0.25, "Boltzmann machine", True), (3.6, "restricted", False)):
        hidden = [(left + 0.45 + 0.8 * i, 1.75) for i in range(3)]
        visible = [(left + 0.05 + 0.8 * i, 0.7) for i in range(4)]
        pairs = [(a, b, "muted") for a in visible for b in hidden]
        if full:
            for layer, lift in ((visible, -0.28), (hidden, 0.28)):
                for i in range(len(layer)):
                    for j in range(i + 1, len(layer)):
                        x = np.linspace(layer[i][0], layer[j][0], 30)
                        y = layer[0][1] + lift * (j - i) ** 0.5 * np.sin(np.pi * np.linspace(0, 1, 30))
                        axes.plot(x, y, color=COLORS["orange"], linewidth=1.4, linestyle="--", zorder=1)
        for a, b, color in pairs:
            axes.plot(*zip(a, b, strict=True), color=COLORS[color], linewidth=1.1, linestyle="-", zorder=1)
        for layer, color, name in ((hidden, "green", "h"), (visible, "blue", "v")):
            for x, y in layer:
                axes.add_patch(Circle((x, y), 0.19, facecolor=COLORS[f"{color}_fill"],
                                      edgecolor=COLORS[color], linewidth=1.5, zorder=2))
                label(axes, x, y, name, size=12, zorder=3)
        label(axes, left + 1.25, 2.36, title, size=12)
    return drawing


def figure_likelihood():
    """Mean log-likelihood on bars and stripes against the step, the first seed of each method."""
    drawing, axes = plot(height=3.9)
    axes.axhline(MEASURED["ceiling"], color=COLORS["muted"], linewidth=1.2, linestyle="-")
    styles = {"exact": ("ink", "-"), "CD-10": ("green", "-."), "CD-1": ("orange", "--"),
              "PCD-1": ("purple", ":"), "PCD-1, falling rate": ("blue", "-")}
    for method, (color, style) in styles.items():
        values = MEASURED["curves"][method][0]["log_likelihood"]
        axes.plot(np.arange(len(values)) * EVERY, values, color=COLORS[color], linestyle=style, label=method)
    axes.set(xlabel="step", ylabel="log-likelihood, nats per image", ylim=(-5.4, -2.5), xlim=(0, 12000))
    label(axes, 150, -2.57, "perfect model", "muted", size=10, align="left")
    axes.legend(loc="lower center", ncols=2)
    return drawing
