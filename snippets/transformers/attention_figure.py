"""The path from queries, keys and values to the output, and what the division does."""

import json
from pathlib import Path

from guide.figures import COLORS, arrow, box, diagram, label, plot
from snippets.transformers.attention_experiment import WIDTHS


def figure():
    """Scores, scale, mask, softmax, average: each box with its shape."""
    drawing, axes = diagram(6.4, 3.3)
    low, mid, top = 0.55, 1.75, 2.85
    for y, name, shape, color in ((top, "query", "(T, D)", "blue"), (mid, "key", "(S, D)", "blue"),
                                  (low, "value", "(S, M)", "green")):
        box(axes, 0.7, y, 1.1, 0.66, f"{name}\n{shape}", color, size=10)
    box(axes, 2.35, 2.3, 1.35, 0.72, "scores\n" + r"$QK^{\top}/\sqrt{D}$", "blue", size=10)
    arrow(axes, (1.25, top), (1.67, 2.45), "blue")
    arrow(axes, (1.25, mid), (1.67, 2.15), "blue")
    label(axes, 2.35, 1.68, "(T, S)", "muted", size=10)
    box(axes, 3.92, 2.3, 1.05, 0.72, "mask\nto −∞", "orange", size=10)
    arrow(axes, (3.03, 2.3), (3.39, 2.3))
    box(axes, 5.45, 2.3, 1.3, 0.72, "softmax over\nthe S keys", "purple", size=10)
    arrow(axes, (4.45, 2.3), (4.79, 2.3))
    box(axes, 5.45, low, 1.3, 0.66, "output\n(T, M)", "green", size=10)
    arrow(axes, (5.45, 1.94), (5.45, 0.89), "purple")
    label(axes, 5.38, 1.42, "weights (T, S), rows sum to 1", "purple", size=10, align="right")
    arrow(axes, (1.25, low), (4.79, low), "green")
    label(axes, 3.05, 0.75, "averaged with the weights", "green", size=10)
    return drawing


def figure_saturation():
    """Largest weight, and the query's gradient, with and without the division."""
    path = Path(__file__).with_name("attention_experiment.json")
    runs = json.loads(path.read_text(encoding="utf-8"))["runs"]
    drawing, (left, right) = plot(height=3.5, columns=2)

    def curve(kind, what):
        return [runs[f"{kind}, {width}"][what] for width in WIDTHS]

    left.semilogx(WIDTHS, curve("plain", "largest"), "s--", color=COLORS["orange"])
    left.semilogx(WIDTHS, curve("divided", "largest"), "o-", color=COLORS["blue"])
    left.set(title="largest of 64 weights", ylim=(0, 1.02))
    label(left, 20, 0.85, "plain", "orange", size=10, align="right")
    label(left, 1000, 0.18, r"divided by $\sqrt{D}$", "blue", size=10, align="right")
    right.loglog(WIDTHS, curve("plain", "root_mean_square"), "s--", color=COLORS["orange"])
    right.loglog(WIDTHS, curve("plain", "median"), "s:", color=COLORS["orange"])
    right.loglog(WIDTHS, curve("divided", "root_mean_square"), "o-", color=COLORS["blue"])
    right.set(title="gradient of the query", ylim=(0.002, 12))
    label(right, 60, 8.5, "plain, root mean square", "orange", size=10)
    label(right, 150, 0.03, "plain, median", "orange", size=10, align="right")
    label(right, 5, 0.105, "divided", "blue", size=10, align="left")
    for axes in (left, right):
        axes.set_xticks(WIDTHS, [f"{width:,}" for width in WIDTHS])
        axes.tick_params(which="minor", bottom=False)
        axes.set(xlabel="width $D$ of query and key")
    return drawing
