"""Figures of the answer on semantic segmentation: the U-Net, and what five decoders paint."""

import json
from itertools import groupby
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from guide.figures import COLORS, arrow, box, diagram, label

RESULT = Path(__file__).with_name("semantic_segmentation_experiment.json")


def figure() -> Figure:
    """The small U-Net: down on the left, up on the right, features carried across."""
    drawing, axes = diagram(6.4, 4.1)
    label(axes, 1.0, 3.95, "image, 1 × 32 × 32", size=10)
    label(axes, 5.4, 3.95, "scores, 3 × 32 × 32", size=10)
    levels = ((3.3, 8, 32), (2.35, 16, 16), (1.4, 32, 8))
    for i, (y, channels, size) in enumerate(levels):
        left, right = 1.0 + 0.35 * i, 5.4 - 0.35 * i
        box(axes, left, y, 1.3, 0.5, f"2 × conv 3×3\n{channels} × {size} × {size}", color="blue", size=10)
        after = (8, 8, 16)[i]
        box(axes, right, y, 1.3, 0.5, f"2 × conv 3×3\n{after} × {size} × {size}", color="green", size=10)
        arrow(axes, (left + 0.65, y), (right - 0.65, y), "orange", dashed=True)
        label(axes, 3.2, y + 0.15, f"copy {channels} channels", "orange", size=10)
        below = levels[i + 1][0] if i < 2 else 0.45
        shift = 0.175 if i < 2 else 0.3
        arrow(axes, (left + shift / 2, y - 0.25), (left + shift, below + 0.25), "blue")
        arrow(axes, (right - shift, below + 0.25), (right - shift / 2, y - 0.25), "green")
    arrow(axes, (1.0, 3.82), (1.0, 3.55))
    arrow(axes, (5.4, 3.55), (5.4, 3.82))
    box(axes, 3.2, 0.45, 3.3, 0.5, "2 × conv 3×3\n32 × 4 × 4", color="purple", size=10)
    label(axes, 0.55, 2.83, "max pool", "blue", size=10)
    label(axes, 5.85, 2.83, "enlarge", "green", size=10)
    return drawing


def _labels(axes, left: float, bottom: float, labels: list, side: float) -> None:
    """A map of classes; neighbors of one class in a row become one rectangle."""
    cell = side / len(labels)
    for row, values in enumerate(labels):
        column = 0
        for value, same in groupby(values):
            width = len(list(same))
            if value:
                axes.add_patch(Rectangle(
                    (left + column * cell, bottom + side - (row + 1) * cell), width * cell, cell,
                    linewidth=0, facecolor=COLORS[("", "blue", "orange")[value]]))
            column += width
    axes.add_patch(Rectangle((left, bottom), side, side, fill=False, linewidth=1.1,
                             edgecolor=COLORS["muted"]))


def figure_painted() -> Figure:
    """One test image: the truth and the answer of each network's first seed."""
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    drawing, axes = diagram(6.4, 5.1)
    panels = [("truth", result["labels"])] + [
        (name, result["shown"][kind]) for kind, name in (
            ("coarse", "stride 8, enlarged"), ("plain", "decoder, no skips"),
            ("unpool", "unpooling"), ("dilated", "dilated, stride 2"), ("skip", "U-Net"))]
    for i, (name, labels) in enumerate(panels):
        left, bottom = 0.15 + 2.12 * (i % 3), 2.85 - 2.5 * (i // 3)
        label(axes, left + 0.93, bottom + 2.05, name, size=11)
        _labels(axes, left, bottom, labels, 1.86)
    label(axes, 2.2, 0.12, "blue: disc", "blue", size=10)
    label(axes, 4.2, 0.12, "orange: line", "orange", size=10)
    return drawing
