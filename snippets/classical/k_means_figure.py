"""Figures of Lloyd's iteration, of what seeding changes, and of shapes that k-means cuts."""

import json
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from guide.figures import COLORS, plot
from snippets.classical.k_means import best_of, k_means, squared_distances
from snippets.classical.k_means_experiment import moons, unequal

MEASURED = json.loads(Path(__file__).with_name("k_means_experiment.json").read_text())
MARKS = [("blue", "o"), ("orange", "s"), ("green", "^")]


def clusters(axes, x, labels, centers) -> None:
    """Points with a color and a marker per cluster, and the centers as crosses."""
    for k, (color, marker) in enumerate(MARKS[: len(centers)]):
        members = x[labels == k]
        axes.plot(*members.T, color=COLORS[color], marker=marker, markersize=3.2, linestyle="none")
    axes.plot(*centers.T, color=COLORS["ink"], marker="X", markersize=10, linestyle="none",
              markeredgecolor=COLORS["paper"], markeredgewidth=0.8)


def borders(axes, centers, low, high) -> None:
    """The straight borders between the cells of the centers."""
    grid = [np.linspace(low[i], high[i], 300) for i in range(2)]
    points = np.stack(np.meshgrid(*grid), axis=-1).reshape(-1, 2)
    distances = squared_distances(points, centers)
    for k in range(len(centers)):
        margin = distances[:, k] - np.delete(distances, k, axis=1).min(axis=1)  # 0 on the border
        axes.contour(*grid, margin.reshape(300, 300), levels=[0.0], colors=[COLORS["muted"]],
                     linewidths=1)


def figure() -> Figure:
    """Three stages of one run: first assignment, after one update, settled."""
    rng = np.random.default_rng(4)
    means = np.array([[0.0, 0.0], [4.0, 0.5], [1.6, 3.6]])
    x = means.repeat(30, axis=0) + rng.normal(size=(90, 2)) * 0.8
    start = np.array([[-0.8, 2.2], [0.4, 0.6], [1.6, -1.2]])
    low, high = x.min(axis=0) - 0.5, x.max(axis=0) + 0.5
    canvas, axes = plot(height=3.0, columns=3)
    settled = k_means(x, start)[2]
    for pane, number in zip(axes, [1, 2, len(settled)], strict=True):
        # The centers that the assignment saw, and the labels that it gave.
        centers = start if number == 1 else k_means(x, start, number - 1)[0]
        distances = squared_distances(x, centers)
        clusters(pane, x, np.argmin(distances, axis=1), centers)
        borders(pane, centers, low, high)
        loss = distances.min(axis=1).sum()
        pane.set(title=f"assignment {number}\nloss {loss:.0f}", xticks=[], yticks=[],
                 xlim=(low[0], high[0]), ylim=(low[1], high[1]))
        pane.grid(visible=False)
    return canvas


def figure_restarts() -> Figure:
    """How often one run finds the optimum of clear blobs, against their number."""
    table = MEASURED["seeding"]
    numbers = [int(k) for k in table]
    canvas, axes = plot(height=3.4)
    lines = [("greedy", "k-means++, greedy", "green", "^", "-."),
             ("k-means++", "k-means++", "blue", "o", "-"),
             ("random", "random points", "orange", "s", "--")]
    for name, text, color, marker, style in lines:
        axes.plot(numbers, [table[str(k)]["found"][name] for k in numbers], label=text,
                  color=COLORS[color], marker=marker, linestyle=style)
    axes.set(xlabel="number of blobs = K", ylabel="runs that find the optimum", xticks=numbers,
             ylim=(-0.03, 1.03), yticks=np.arange(5) / 4,
             yticklabels=["0", "25%", "50%", "75%", "100%"])
    axes.legend(loc="center right", bbox_to_anchor=(1.0, 0.68))
    return canvas


def figure_shapes() -> Figure:
    """Two half moons, and a wide blob beside a narrow one, as k-means cuts them."""
    canvas, axes = plot(height=3.2, columns=2)
    titles = ["half moons", "a wide and a narrow blob"]
    for pane, make, title in zip(axes, [moons, unequal], titles, strict=True):
        rng = np.random.default_rng(5)
        x, _ = make(rng)
        centers, labels, _ = best_of(x, 2, 10, rng)
        clusters(pane, x, labels, centers)
        borders(pane, centers, x.min(axis=0) - 0.3, x.max(axis=0) + 0.3)
        pane.set(title=title, xticks=[], yticks=[])
        pane.grid(visible=False)
    return canvas
