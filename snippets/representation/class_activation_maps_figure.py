"""The maps of one canvas with two digits, and what is left of them in a random network."""

import json
from pathlib import Path

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from guide.figures import COLORS, diagram, label, plot

RESULT = Path(__file__).with_name("class_activation_maps_experiment.json")
SIZE = 0.086  # inches per pixel of a map


def figure():
    """Three methods as rows; the left digit, the right digit and a random network as columns."""
    example = json.loads(RESULT.read_text(encoding="utf-8"))["runs"][0]["example"]
    left, right = example["classes"]
    canvas, axes = diagram(height=5.55)
    xs = (0.2, 2.27, 4.34)
    draw(axes, example["image"], xs[0], 5.4, "ink")
    label(axes, xs[1], 5.05, "the image: no label says where", size=11, align="left")
    label(axes, xs[1], 4.75, f"a {left} and a {right} are", size=11, align="left")
    for x, text in zip(xs, (f"asked for the {left}", f"asked for the {right}",
                            f"{left}, all layers random"), strict=True):
        label(axes, x + 11 * SIZE, 4.15, text, size=10.5)
    rows = (("saliency", "blue"), ("guided backpropagation", "purple"), ("CAM", "orange"))
    for row, (name, color) in enumerate(rows):
        top = 3.76 - 1.31 * row
        label(axes, xs[0], top + 0.12, name, color, size=10.5, align="left")
        for x, maps in zip(xs, example["maps"], strict=True):
            draw(axes, maps[name], x, top, color)
    return canvas


def draw(axes, values, left: float, top: float, color: str) -> None:
    """A frame, and one square per pixel whose area shows the value."""
    values = np.asarray(values)
    height, width = values.shape
    y, x = np.nonzero(values > 0.08)
    half = 0.5 * SIZE * np.sqrt(values[y, x])
    center = np.stack([left + SIZE * (x + 0.5), top - SIZE * (y + 0.5)], axis=1)
    ring = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    corners = (center[:, None] + half[:, None, None] * ring).round(3)  # (squares, 5, 2)
    codes = [Outline.MOVETO, Outline.LINETO, Outline.LINETO, Outline.LINETO, Outline.CLOSEPOLY]
    axes.add_patch(PathPatch(Outline(corners.reshape(-1, 2), codes * len(x)),
                             facecolor=COLORS[color], edgecolor="none"))
    right, bottom = left + SIZE * width, top - SIZE * height
    axes.plot([left, right, right, left, left], [top, top, bottom, bottom, top], "-",
              color=COLORS["grid"], linewidth=1)


def figure_checks():
    """Left: does the peak lie on the digit asked for? Right: likeness of the map after randomizing."""
    runs = json.loads(RESULT.read_text(encoding="utf-8"))["runs"]
    drawing, (left, right) = plot(height=3.9, columns=2)
    shown = (("CAM", "CAM", "orange", "o-"), ("saliency", "saliency", "blue", "s--"),
             ("gradient x input", "gradient × input", "green", "^-."),
             ("guided backpropagation", "guided backprop.", "purple", "v:"))
    bars = (*shown[:1], ("Grad-CAM layer 2", "Grad-CAM, layer 2", "orange", ""),
            ("Grad-CAM layer 1", "Grad-CAM, layer 1", "orange", ""), *shown[1:])
    for place, (key, name, color, _) in enumerate(reversed(bars)):
        values = [run["hit"][key] for run in runs]
        left.plot(values, [place] * len(values), "o", color=COLORS[color], markersize=5)
        left.text(2, place + 0.2, name, color=COLORS[color], fontsize=10)
    # a random pixel, and a map that shows the ink whichever digit was asked for
    for chance, style in ((100 * 64 / 264, "--"), (50, ":")):
        left.axvline(chance, color=COLORS["muted"], linewidth=1.4, linestyle=style)
    left.set(xlim=(0, 100), yticks=[], ylim=(-0.5, 5.8), xlabel="% of 400 maps",
             title="Peak on the digit")
    for key, _, color, style in shown:
        values = np.mean([run["randomized"][key] for run in runs], axis=0)
        right.plot(range(1, 5), values, style, color=COLORS[color], markersize=6)
    right.set(ylim=(-0.05, 1), xticks=range(1, 5), xlabel="layers randomized from the top",
              title="Rank correlation")
    return drawing
