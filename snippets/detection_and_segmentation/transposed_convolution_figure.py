"""Figures of the answer on transposed convolution: scattering, and the checkerboard with its cures."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from guide.figures import COLORS, arrow, diagram, label
from snippets.detection_and_segmentation.transposed_convolution import (
    conv2d,
    conv_transpose2d,
    resize_nearest,
)


def _row(axes, left: float, middle: float, values, color: str, cell=0.56):
    for i, value in enumerate(values):
        fill = COLORS[f"{color}_fill"] if value != "" else "none"
        axes.add_patch(Rectangle((left + i * cell, middle - 0.2), cell, 0.4, facecolor=fill,
                                 edgecolor=COLORS[color], linewidth=1.1))
        label(axes, left + (i + 0.5) * cell, middle, f"{value}", size=10)


def figure() -> Figure:
    """Two inputs scatter two copies of the kernel; where the copies overlap, they add up."""
    drawing, axes = diagram(6.4, 3.5)
    left, cell = 2.2, 0.56
    label(axes, 0.1, 3.1, "input, 1 and 10", align="left", size=11)
    _row(axes, left + cell, 3.1, [1], "blue")
    _row(axes, left + 3 * cell, 3.1, [10], "purple")
    arrow(axes, (left + 1.5 * cell, 2.88), (left + 1.5 * cell, 2.36), "blue")
    arrow(axes, (left + 3.5 * cell, 2.88), (left + 3.5 * cell, 1.66), "purple")
    label(axes, 0.1, 2.1, "1 × kernel", "blue", align="left", size=11)
    _row(axes, left, 2.1, [1, 2, 3], "blue")
    label(axes, 0.1, 1.4, "10 × kernel,\n2 further right", "purple", align="left", size=11)
    _row(axes, left + 2 * cell, 1.4, [10, 20, 30], "purple")
    axes.plot([left - 0.1, left + 5 * cell + 0.1], [1.0, 1.0], color=COLORS["ink"], linewidth=1.2,
              linestyle="-")
    label(axes, 0.1, 0.6, "output: the sum", align="left", size=11)
    _row(axes, left, 0.6, [1, 2, 13, 20, 30], "green")
    label(axes, left + 2.5 * cell, 0.15, "3 + 10: both copies reach it", "green", size=10)
    return drawing


def _image(axes, left: float, bottom: float, values: np.ndarray, side: float) -> None:
    """One square per pixel, its area in proportion to the value; the largest fills its cell."""
    cell = side / values.shape[0]
    top = values.max()
    for r, c in np.ndindex(*values.shape):
        size = cell * np.sqrt(max(values[r, c], 0) / top)
        x, y = left + (c + 0.5) * cell, bottom + side - (r + 0.5) * cell
        axes.add_patch(Rectangle((x - size / 2, y - size / 2), size, size, linewidth=0,
                                 facecolor=COLORS["blue"]))
    axes.add_patch(Rectangle((left, bottom), side, side, fill=False, linewidth=1.1,
                             edgecolor=COLORS["muted"]))


def figure_checkerboard() -> Figure:
    """A flat input through four up-samplings; the area of a square is the output's value."""
    ones, rng = np.ones((1, 1, 7, 7)), np.random.default_rng(0)
    random3, random4 = rng.uniform(size=(1, 1, 3, 3)), rng.uniform(size=(1, 1, 4, 4))
    rough = conv_transpose2d(ones, np.ones((1, 1, 3, 3)), 2)[0, 0][3:11, 3:11]
    even = conv_transpose2d(ones, np.ones((1, 1, 4, 4)), 2)[0, 0][4:12, 4:12]
    uneven = conv_transpose2d(ones, random4, 2)[0, 0][4:12, 4:12]
    resized = conv2d(resize_nearest(ones, 2), random3, 1)[0, 0][2:10, 2:10]
    drawing, axes = diagram(6.4, 2.7)
    for left, title, note, values in (
        (0.08, "3×3, stride 2,\nall weights 1", "4, 2, 1", rough),
        (1.68, "4×4, stride 2,\nall weights 1", "4 everywhere", even),
        (3.28, "4×4, stride 2,\nrandom weights", "4 sums repeat", uneven),
        (4.88, "resize, then 3×3,\nrandom weights", "equal again", resized),
    ):
        label(axes, left + 0.72, 2.4, title, size=10)
        _image(axes, left, 0.65, values, 1.44)
        label(axes, left + 0.72, 0.47, note, size=10)
    label(axes, 3.2, 0.14, "input: 1 everywhere; area of a square: the output, relative to the largest",
          "muted", size=10)
    return drawing
