"""Figures: the boxes that a query opens, and where the tree stops helping."""

import json
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from guide.figures import COLORS, plot
from snippets.classical.k_nearest_neighbors import box_distance, brute_force, build_tree

MEASURED = json.loads(Path(__file__).with_name("k_nearest_neighbors_experiment.json").read_text())


def leaves(tree: tuple) -> list[tuple]:
    """All leaves, from left to right."""
    return [tree] if len(tree) == 3 else leaves(tree[2]) + leaves(tree[3])


def figure() -> Figure:
    """The leaves of a tree in the plane, and those that a query for three neighbors opens."""
    rng = np.random.default_rng(5)
    x = np.concatenate([rng.normal(size=(50, 2)) * 0.9, rng.normal(size=(40, 2)) * 0.5 + [3.0, 1.2]])
    query = np.array([1.55, 0.35])
    near, distances = brute_force(x, query[None], 3)
    radius = distances[0, -1]
    canvas, axes = plot(height=3.9)
    for low, high, _ in leaves(build_tree(x, np.arange(len(x)), 6)):
        opened = box_distance(query, low, high) < radius**2
        axes.add_patch(Rectangle(low, *(high - low), linewidth=1.8 if opened else 0.9,
                                 facecolor=COLORS["orange_fill"] if opened else "none",
                                 edgecolor=COLORS["orange"] if opened else COLORS["muted"]))
    angle = np.linspace(0, 2 * np.pi, 100)
    axes.plot(query[0] + radius * np.cos(angle), query[1] + radius * np.sin(angle),
              color=COLORS["ink"], linestyle="--", linewidth=1.2)
    axes.plot(*x.T, color=COLORS["blue"], marker="o", markersize=3.2, linestyle="none")
    axes.plot(*x[near[0]].T, color=COLORS["blue"], marker="s", markersize=6.5, linestyle="none")
    axes.plot(*query, color=COLORS["ink"], marker="X", markersize=9, linestyle="none")
    axes.set(xticks=[], yticks=[], aspect="equal")
    axes.grid(visible=False)
    return canvas


def figure_dimension() -> Figure:
    """Share of distances computed against the dimension, for one and for ten neighbors."""
    table = MEASURED["dimension"]
    dimensions = [int(d) for d in table]
    canvas, axes = plot(height=3.4)
    for key, text, color, marker, style in [("share_10", "10 neighbors", "orange", "s", "--"),
                                            ("share_1", "1 neighbor", "blue", "o", "-")]:
        axes.plot(dimensions, [100 * row[key] for row in table.values()], label=text,
                  color=COLORS[color], marker=marker, linestyle=style)
    hidden = 100 * MEASURED["hidden"]["three_in_30"]
    axes.plot(30, hidden, color=COLORS["green"], marker="^", markersize=9, linestyle="none",
              label="1 neighbor, 3 numbers in 30 features")
    axes.set(yscale="log", xlabel="dimension D", ylabel="distances computed",
             yticks=[0.1, 1, 10, 100], yticklabels=["0.1%", "1%", "10%", "100%"])
    axes.minorticks_off()
    axes.legend(loc="lower center", bbox_to_anchor=(0.58, 0.06))
    return canvas
