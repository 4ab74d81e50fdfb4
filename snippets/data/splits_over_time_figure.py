"""Figures of the splits, and of what they predict."""

import json
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from guide.figures import COLORS, diagram, label, plot

MEASURED = json.loads(Path(__file__).with_name("splits_over_time_experiment.json").read_text())


def figure() -> Figure:
    """Accuracy of both models under each split, and after deployment."""
    scores = MEASURED["scores"]
    rows = [
        ("random frames", "split: random frames"),
        ("by drive", "split: by drive"),
        ("deployed, same city", "truth: same city,\nnew drives"),
        ("by street", "split: by street"),
        ("deployed, new city", "truth: new city"),
    ]
    heights = [4.6, 3.3, 2.5, 1.2, 0.4]
    canvas, axes = plot(height=3.9)
    axes.axhspan(1.9, 3.9, color=COLORS["grey_fill"], linewidth=0)
    axes.axhspan(-0.2, 1.8, color=COLORS["grey_fill"], linewidth=0)
    markers = {"nearest neighbor": ("blue", "o"), "linear": ("orange", "s")}
    for model, (color, marker) in markers.items():
        means = [scores[name][model]["mean"] for name, _ in rows]
        spread = [scores[name][model]["std"] for name, _ in rows]
        axes.errorbar(means, heights, xerr=spread, color=COLORS[color], marker=marker, markersize=8,
                      linestyle="none", linewidth=1.6, capsize=3, label=model)
    axes.set(yticks=heights, yticklabels=[text for _, text in rows], ylim=(-0.3, 5.1),
             xlim=(0.55, 1.0), xlabel="accuracy (mean and standard deviation of 20 cities)")
    axes.grid(axis="y", visible=False)
    axes.legend(loc="upper left", bbox_to_anchor=(0.0, 1.0))
    return canvas


def figure_gap() -> Figure:
    """Accuracy within one drive against the distance to the nearest allowed training frame."""
    gaps = MEASURED["gaps"]
    meters, mean, std = (np.array(gaps[key]) for key in ("meters", "mean", "std"))
    canvas, axes = plot(height=3.2)
    axes.fill_between(meters, mean - std, mean + std, color=COLORS["blue_fill"], linewidth=0)
    axes.plot(meters, mean, color=COLORS["blue"], marker="o", markersize=5)
    axes.axvline(10, color=COLORS["orange"], linestyle="--")
    text = "from about 10 m on,\na larger gap changes\nlittle: use that one"
    label(axes, 10.8, 0.93, text, "orange", align="left")
    axes.set(xlabel="gap around the tested frame (m)", ylabel="nearest neighbor accuracy",
             xlim=(-0.6, 40.6), ylim=(0.55, 1.02))
    return canvas


def figure_layouts() -> Figure:
    """Which frames of four drives along one road go where, for four ways to split."""
    canvas, axes = diagram(height=3.9)
    rng = np.random.default_rng(3)
    frames, drives = 20, 4
    layouts = {
        "random frames": rng.permuted(np.tile([0] * 3 + [1, 2], (drives, frames // 5)), axis=1),
        "by drive": np.repeat([[0], [0], [1], [2]], frames, axis=1),
        "by time, with gaps": np.tile([0] * 11 + [-1] + [1] * 3 + [-1] + [2] * 4, (1, 1)),
        "by place, with gaps": np.tile([0] * 11 + [-1] + [1] * 3 + [-1] + [2] * 4, (drives, 1)),
    }
    titles = ["new frames of known drives", "new drives, known places",
              "the rest of one drive", "known drives, new places"]
    colors = {0: "blue", 1: "orange", 2: "green", -1: "grid"}
    letters = {0: "", 1: "v", 2: "t", -1: ""}
    for number, (name, layout) in enumerate(layouts.items()):
        left = 0.25 + 3.1 * (number % 2)
        top = 3.35 - 1.62 * (number // 2)
        label(axes, left, top + 0.3, name, align="left", weight="bold")
        for row, cells in enumerate(layout):
            for column, split in enumerate(cells):
                x, y = left + column * 0.14, top - row * 0.21
                axes.add_patch(Rectangle((x, y - 0.09), 0.125, 0.17, linewidth=0,
                                         facecolor=COLORS[colors[int(split)]]))
                if letters[int(split)]:
                    label(axes, x + 0.0625, y - 0.005, letters[int(split)], "paper", size=10)
        label(axes, left, top - len(layout) * 0.21 - 0.04, "tests " + titles[number], "muted",
              size=10.5, align="left")
    for x, color, text in [(0.25, "blue", "training"), (1.6, "orange", "v  validation"),
                           (3.15, "green", "t  test"), (4.3, "grid", "dropped")]:
        axes.add_patch(Rectangle((x, 0.13), 0.18, 0.18, linewidth=0, facecolor=COLORS[color]))
        label(axes, x + 0.26, 0.22, text, size=10.5, align="left")
    return canvas
