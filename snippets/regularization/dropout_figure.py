"""Two figures: the scale at 50 and 75 percent, and what dropout did to the digits."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot


def figure():
    """Eight units of value 1 under inverted dropout: the bars always add up to 8."""
    drawing, axes = plot(height=2.9, columns=3, sharey=True)
    panels = [
        ("training, drop 50 %", [0, 2, 3, 6], 2, "4 kept, ×2", "blue"),
        ("training, drop 75 %", [1, 5], 4, "2 kept, ×4", "orange"),
        ("inference, both", list(range(8)), 1, "8 kept, ×1", "green"),
    ]
    for ax, (title, kept, height, text, color) in zip(axes, panels, strict=True):
        dropped = [i for i in range(8) if i not in kept]
        ax.bar(kept, height, width=0.7, linewidth=1.4,
               color=COLORS[f"{color}_fill"], edgecolor=COLORS[color])
        ax.plot(dropped, [0.18] * len(dropped), "x", color=COLORS["muted"], markersize=6)
        ax.axhline(1, color=COLORS["ink"], linestyle="--", linewidth=1.2)
        ax.set_title(title, fontsize=11)
        ax.set(xticks=[], ylim=(0, 5), xlim=(-0.8, 7.8), yticks=range(6))
        ax.grid(visible=False, axis="x")
        label(ax, 3.5, 4.6, text, color)
    axes[0].set_ylabel("output of 8 units")
    label(axes[2], 3.5, 1.35, "mean 1", "ink", size=10)
    return drawing


def figure_digits():
    """Left: test loss by drop rate. Right: Monte Carlo averages against the whole network."""
    path = Path(__file__).with_name("dropout_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, (left, right) = plot(height=3.5, columns=2, sharey=True)

    rates = [float(p) for p in result["rates"]]
    losses = np.array([[seed["test"]["loss"] for seed in scores]
                       for scores in result["rates"].values()])  # (rates, splits)
    for column in losses.T:
        left.plot(rates, column, color=COLORS["muted"], linestyle="-", linewidth=0.6)
    left.plot(rates, losses.mean(axis=1), "o-", color=COLORS["blue"])
    left.set(xlabel="drop probability p", ylabel="test loss", title="whole network", xticks=rates)
    left.set_xticks(rates, ["0", ".25", ".5", ".75", ".9"])
    left.set_ylim(0.08, 0.36)
    label(left, 0.9, 0.345, "blue: mean of 10 splits", "blue", size=10, align="right")

    samples = [entry["samples"] for entry in result["monte_carlo"][0]]
    averages = np.array([[entry["loss"] for entry in scores] for scores in result["monte_carlo"]])
    right.semilogx(samples, averages.mean(axis=0), "o-", color=COLORS["orange"])
    whole = losses[rates.index(0.5)].mean()
    right.axhline(whole, color=COLORS["blue"], linestyle="--")
    right.set(xlabel="sub-networks averaged", title="p = 0.5")
    right.set_xticks([1, 5, 20, 100], ["1", "5", "20", "100"])
    right.tick_params(which="minor", bottom=False)
    label(right, 200, whole + 0.012, "whole network", "blue", size=10, align="right")
    label(right, 6, 0.135, "average of sub-networks", "orange", size=10)
    return drawing
