"""Maps of two networks on the same tagged 3, and how the patch's size changes a map."""

import json
from pathlib import Path

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from guide.figures import COLORS, diagram, label, plot

RESULT = json.loads(Path(__file__).with_name("occlusion_experiment.json").read_text(encoding="utf-8"))


def figure():
    """The image, and the drops of the network that reads the tag and of the one that does not."""
    canvas, axes = diagram(height=2.55)
    trap, clean = (RESULT[name][0]["example"] for name in ("shortcut", "no shortcut"))
    largest = max(np.max(trap["map"]), np.max(clean["map"]))
    size, xs = 0.135, (0.1, 2.25, 4.4)
    draw(axes, np.array(trap["image"]), xs[0], 2.2, size, "ink")
    draw(axes, np.array(trap["map"]) / largest, xs[1], 2.2, size, "blue")
    draw(axes, np.array(clean["map"]) / largest, xs[2], 2.2, size, "blue")
    for x, text in zip(xs, ("a 3 with the tag", "tag on every 3", "tag at random"), strict=True):
        label(axes, x + 7 * size, 2.38, text, size=11)
    label(axes, xs[1], 0.12, "filled: drop, hollow: rise; one scale for both", "muted", size=10, align="left")
    return canvas


def figure_sizes():
    """One image and its maps with patches of 1, 2, 4 and 6 pixels, each on its own scale."""
    canvas, axes = diagram(height=2.0)
    example = RESULT["no shortcut"][0]["sizes"]
    size, step = 0.085, 1.27
    draw(axes, np.array(example["image"]), 0.05, 1.55, size, "ink")
    label(axes, 0.05 + 7 * size, 1.75, "image", size=11)
    for place, (side, values) in enumerate(example["maps"].items(), 1):
        values = np.array(values)
        left = 0.05 + step * place
        draw(axes, values / np.abs(values).max(), left, 1.55, size, "blue")
        label(axes, left + 7 * size, 1.75, f"{side} × {side}", size=11)
        label(axes, left + 7 * size, 0.15, f"max {values.max():.1f}", "muted", size=10.5)
    return canvas


def figure_deletion():
    """Probability of the class while pixels are removed, most important first."""
    drawing, axes = plot(height=3.4)
    curves = {name: np.mean([run["deletion"][name] for run in RESULT["no shortcut"]], axis=0)
              for name in RESULT["no shortcut"][0]["deletion"]}
    steps = np.arange(15) / 14 * 100
    looks = {"occlusion 2": ("occlusion, 2 × 2", "blue", "-o"),
             "occlusion 4": ("occlusion, 4 × 4", "purple", "-.^"),
             "gradient x input": ("gradient × input", "red", ":"),
             "gradient": ("|gradient|", "orange", "--s"),
             "ink": ("darkest pixels", "green", ":v"), "random": ("random", "muted", "-")}
    for name, (text, color, style) in looks.items():
        axes.plot(steps, curves[name], style, color=COLORS[color], markersize=5, label=text)
    axes.set(xlabel="pixels removed, %", ylabel="probability of the class", ylim=(0, 1.02), xlim=(0, 100))
    axes.legend(loc="upper right")
    return drawing


def draw(axes, values: np.ndarray, left: float, top: float, size: float, color: str) -> None:
    """A frame, and one square per pixel whose area is the value: filled above 0, hollow below."""
    for sign in (1, -1):
        y, x = np.nonzero(sign * values > 0.04)
        if not len(x):
            continue
        half = 0.46 * size * np.sqrt(np.abs(values[y, x]))
        center = np.stack([left + size * (x + 0.5), top - size * (y + 0.5)], axis=1)
        ring = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
        corners = (center[:, None] + half[:, None, None] * ring).round(3)  # (squares, 5, 2)
        codes = [Outline.MOVETO, Outline.LINETO, Outline.LINETO, Outline.LINETO, Outline.CLOSEPOLY]
        paint = {"facecolor": COLORS[color], "edgecolor": "none"} if sign > 0 else {
            "facecolor": "none", "edgecolor": COLORS["orange"], "linewidth": 1}
        axes.add_patch(PathPatch(Outline(corners.reshape(-1, 2), codes * len(x)), **paint))
    height, width = values.shape
    right, bottom = left + size * width, top - size * height
    axes.plot([left, right, right, left, left], [top, top, bottom, bottom, top], "-",
              color=COLORS["grid"], linewidth=1)
