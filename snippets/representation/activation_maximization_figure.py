"""Images that maximize a class's logit, with more and more regularization, beside real digits."""

import json
from pathlib import Path

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from sklearn.datasets import load_digits

from guide.figures import COLORS, diagram, label

RESULT = Path(__file__).with_name("activation_maximization_experiment.json")
DIGITS = (0, 2, 3, 4, 7)
ROWS = (("box", "box"), ("box, L2", "+ L2"), ("box, L2, smooth", "+ smooth"),
        ("box, L2, smooth, jitter", "+ jitter"))


def figure():
    """Columns are classes; rows are real digits and four ways to make one."""
    result = json.loads(RESULT.read_text(encoding="utf-8"))["judged"]
    data = load_digits()
    canvas, axes = diagram(height=5.75)
    size, left, top = 0.115, 1.3, 5.3
    rows = [("real", [data.images[data.target == digit][0] / 16 for digit in DIGITS], "ink")]
    rows += [(name, [np.array(result[kind][0]["images"][digit]) for digit in DIGITS], "blue")
             for kind, name in ROWS]
    for column, digit in enumerate(DIGITS):
        label(axes, left + 1.02 * column + 4 * size, top + 0.2, str(digit), size=12)
    for row, (name, images, color) in enumerate(rows):
        y = top - 1.08 * row
        label(axes, left - 0.15, y - 4 * size, name, color, size=11, align="right")
        for column, image in enumerate(images):
            draw(axes, image, left + 1.02 * column, y, size, color)
    return canvas


def draw(axes, values: np.ndarray, left: float, top: float, size: float, color: str) -> None:
    """A frame, and one square per pixel whose area is the value."""
    height, width = values.shape
    y, x = np.nonzero(values > 0.03)
    half = 0.48 * size * np.sqrt(values[y, x])
    center = np.stack([left + size * (x + 0.5), top - size * (y + 0.5)], axis=1)
    ring = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    corners = (center[:, None] + half[:, None, None] * ring).round(3)  # (squares, 5, 2)
    codes = [Outline.MOVETO, Outline.LINETO, Outline.LINETO, Outline.LINETO, Outline.CLOSEPOLY]
    axes.add_patch(PathPatch(Outline(corners.reshape(-1, 2), codes * len(x)),
                             facecolor=COLORS[color], edgecolor="none"))
    right, bottom = left + size * width, top - size * height
    axes.plot([left, right, right, left, left], [top, top, bottom, bottom, top], "-",
              color=COLORS["grid"], linewidth=1)
