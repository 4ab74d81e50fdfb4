"""The pre-norm block, and how alike positions become when parts are left out."""

import json
from pathlib import Path

from guide.figures import COLORS, arrow, box, diagram, label, plot


def figure():
    """The stream on top; attention and MLP read its norm and add to it."""
    drawing, axes = diagram(6.4, 2.9)
    top = 2.25
    label(axes, 0.25, top, "$x$", "blue", size=13)
    arrow(axes, (0.45, top), (2.86, top), "blue")
    arrow(axes, (3.14, top), (5.56, top), "blue")
    arrow(axes, (5.84, top), (6.3, top), "blue")
    label(axes, 1.6, top + 0.25, "residual stream (N, T, D)", "blue", size=10)
    for left, name, what, count, color in (
            (0.75, "attention", "moves between\npositions", "$4D^2$", "orange"),
            (3.45, "MLP", "each position\nalone", "$8D^2$", "green")):
        box(axes, left + 2.25, top, 0.28, 0.28, "+", "blue", size=12)
        arrow(axes, (left, top), (left, 1.28), "muted")
        box(axes, left + 0.1, 0.95, 0.8, 0.62, "norm", "purple", size=11)
        box(axes, left + 1.4, 0.95, 1.3, 0.62, f"{name}\n{count}", color, size=11)
        arrow(axes, (left + 0.5, 0.95), (left + 0.75, 0.95), "muted")
        arrow(axes, (left + 2.05, 1.1), (left + 2.25, top - 0.14), color, bend=-0.25)
        label(axes, left + 1.4, 0.33, what, color, size=10)
    return drawing


def figure_parts():
    """Mean cosine between positions against depth, for four kinds of random network."""
    path = Path(__file__).with_name("transformer_block_experiment.json")
    runs = json.loads(path.read_text(encoding="utf-8"))["runs"]
    drawing, axes = plot(height=3.3)
    styles = {"whole block": ("blue", "o-"), "no MLP": ("green", "s-."), "no residual": ("orange", "^--"),
              "attention alone": ("red", "v:")}
    for kind, (color, style) in styles.items():
        axes.plot(range(len(runs[kind])), runs[kind], style, color=COLORS[color], markersize=5, label=kind)
    axes.set(xlabel="blocks", ylabel="cosine between positions", ylim=(-0.03, 1.08), xlim=(0, 12))
    label(axes, 3.7, 0.93, "without the residual", "orange", size=10, align="left")
    label(axes, 6.6, 0.67, "whole block", "blue", size=10, align="right")
    label(axes, 6.3, 0.33, "no MLP", "green", size=10, align="left")
    label(axes, 1.75, 0.68, "attention alone", "red", size=10, align="left")
    return drawing
