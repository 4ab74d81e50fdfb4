"""Figures of the answer on max unpooling: the worked example, beside nearest-neighbor up-sampling."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from guide.figures import COLORS, arrow, diagram, label
from snippets.detection_and_segmentation.max_unpooling import max_pool2d, max_unpool2d


def _grid(axes, left: float, middle: float, values: np.ndarray, color: str, seen, cell=0.4):
    """A grid of numbers centered vertically on ``middle``; cells in ``seen`` are filled."""
    rows, columns = values.shape
    top = middle + rows * cell / 2
    for r, c in np.ndindex(rows, columns):
        fill = COLORS[f"{color}_fill"] if (r, c) in seen else "none"
        axes.add_patch(Rectangle((left + c * cell, top - (r + 1) * cell), cell, cell,
                                 facecolor=fill, edgecolor=COLORS[color], linewidth=1.1))
        label(axes, left + (c + 0.5) * cell, top - (r + 0.5) * cell, f"{values[r, c]:g}",
              "muted" if values[r, c] == 0 else "ink", size=10)


def figure() -> Figure:
    x = np.array([[[[1.0, 3, 2, 1], [4, 2, 0, 5], [0, 1, 7, 2], [6, 2, 3, 1]]]])
    out, indices = max_pool2d(x, 2, 2)
    values = np.array([[[[10.0, 20], [30, 40]]]])
    placed = max_unpool2d(values, indices, (4, 4))[0, 0]
    winners = {divmod(int(i), 4) for i in indices.ravel()}
    every = set(np.ndindex(4, 4))

    drawing, axes = diagram(6.4, 4.7)
    _grid(axes, 0.2, 3.4, x[0, 0], "blue", winners)
    label(axes, 1.0, 4.42, "encoder map", size=11)
    arrow(axes, (1.9, 3.4), (2.7, 3.4), "blue")
    label(axes, 2.3, 3.62, "max pool", "blue", size=10)
    _grid(axes, 2.8, 3.4, out[0, 0], "blue", set(np.ndindex(2, 2)))
    label(axes, 3.2, 4.02, "maxima", size=11)
    _grid(axes, 4.6, 3.4, indices[0, 0], "purple", set(np.ndindex(2, 2)))
    label(axes, 5.0, 4.02, "indices", size=11)
    label(axes, 5.0, 2.78, "row × 4 + column", "purple", size=10)

    _grid(axes, 0.6, 1.1, values[0, 0], "green", set(np.ndindex(2, 2)))
    label(axes, 1.0, 1.85, "decoder map:\nother values", size=11)
    arrow(axes, (1.5, 1.1), (2.5, 1.1), "green")
    label(axes, 2.0, 1.3, "unpool", "green", size=10)
    _grid(axes, 2.6, 1.1, placed, "green", winners)
    label(axes, 3.4, 2.1, "where the maxima were", size=11)
    _grid(axes, 4.6, 1.1, values[0, 0].repeat(2, 0).repeat(2, 1), "orange", every)
    label(axes, 5.4, 2.1, "nearest neighbor", size=11)
    label(axes, 3.4, 0.1, "4 of 16 filled, sharp", "green", size=10)
    label(axes, 5.4, 0.1, "all filled, place unknown", "orange", size=10)
    arrow(axes, (4.5, 3.0), (3.6, 2.25), "purple", dashed=True)
    return drawing
