"""Figures: how one tree and a forest cut the plane, and errors against trees and against noise."""

import json
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from guide.figures import COLORS, plot
from snippets.classical.random_forest import grow_forest, predict_forest

MEASURED = json.loads(Path(__file__).with_name("random_forest_experiment.json").read_text())


def figure() -> Figure:
    """The borders of one tree and of 100 trees on two overlapping classes."""
    rng = np.random.default_rng(2)
    labels = np.arange(120) % 2
    x = rng.normal(size=(120, 2)) + 0.75 * np.where(labels[:, None] == 1, 1, -1) * np.array([0.9, 0.7])
    low, high = x.min(axis=0) - 0.3, x.max(axis=0) + 0.3
    grid = [np.linspace(low[i], high[i], 150) for i in range(2)]
    cells = np.stack(np.meshgrid(*grid), axis=-1).reshape(-1, 2)
    forest = grow_forest(x, labels, 2, 100, 1, rng)
    canvas, axes = plot(height=3.3, columns=2)
    for pane, count in zip(axes, [1, 100], strict=True):
        share = predict_forest(forest[:count], cells, 2)[:, 1].reshape(150, 150)
        pane.contourf(*grid, share, levels=[-1, 0.5, 2], colors=[COLORS["blue_fill"], COLORS["orange_fill"]])
        for side, color, marker in [(0, "blue", "o"), (1, "orange", "s")]:
            pane.plot(*x[labels == side].T, color=COLORS[color], marker=marker, markersize=3,
                      linestyle="none")
        pane.set(title="one tree" if count == 1 else f"{count} trees", xticks=[], yticks=[])
        pane.grid(visible=False)
    return canvas


def figure_errors() -> Figure:
    """Left: error against the number of trees. Right: error against columns of noise."""
    canvas, (left, right) = plot(height=3.4, columns=2)
    table = MEASURED["trees"]
    trees = [int(count) for count in table]
    for key, text, color, marker, style in [("oob", "out of bag", "blue", "o", "-"),
                                            ("test", "new rows", "orange", "s", "--")]:
        left.plot(trees, [row[key] for row in table.values()], label=text, color=COLORS[color],
                  marker=marker, linestyle=style)
    left.set(xscale="log", xlabel="trees", ylabel="error in %", ylim=(0, 9.5))
    left.set_xticks([1, 10, 100], ["1", "10", "100"])
    left.legend(loc="lower left")
    noise = MEASURED["network"]["noise"]
    places = range(len(noise))
    for key, color, marker, style in [("network", "purple", "^", "-."), ("forest", "green", "D", "-")]:
        right.plot(places, [row[key] for row in noise.values()], label=key, color=COLORS[color],
                   marker=marker, linestyle=style)
    right.set(xlabel="columns of noise beside 30", ylim=(0, 21))
    right.set_xticks(list(places), list(noise))
    right.legend(loc="upper left")
    for pane in (left, right):
        pane.minorticks_off()
    return canvas
