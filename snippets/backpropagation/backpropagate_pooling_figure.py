"""The worked example: where the gradient of four overlapping windows goes, max against average."""

import numpy as np
from matplotlib.patches import Rectangle

from guide.figures import COLORS, arrow, diagram, label
from snippets.backpropagation.backpropagate_pooling import (
    avg_pool2d,
    avg_pool2d_backward,
    max_pool2d,
    max_pool2d_backward,
)


def _grid(axes, left: float, middle: float, values: np.ndarray, color: str, seen=(), cell=0.44):
    """A grid of numbers centered vertically on ``middle``; ``seen`` cells are filled."""
    rows, columns = values.shape
    top = middle + rows * cell / 2
    for r, c in np.ndindex(rows, columns):
        fill = COLORS[f"{color}_fill"] if (r, c) in seen else "none"
        axes.add_patch(Rectangle((left + c * cell, top - (r + 1) * cell), cell, cell,
                                 facecolor=fill, edgecolor=COLORS[color], linewidth=1.2))
        label(axes, left + (c + 0.5) * cell, top - (r + 0.5) * cell, f"{values[r, c]:g}",
              "muted" if values[r, c] == 0 else "ink", size=10)


def figure():
    x = np.array([[[[1.0, 3.0, 2.0], [4.0, 5.0, 0.0], [9.0, 7.0, 8.0]]]])
    grad_out = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    out, winner = max_pool2d(x, (2, 2), 1)
    grad_max = max_pool2d_backward(grad_out, winner, x.shape, (2, 2), 1)[0, 0]
    average = avg_pool2d(x, (2, 2), 1)[0, 0]
    grad_average = avg_pool2d_backward(grad_out, x.shape, (2, 2), 1)[0, 0]
    everything = set(np.ndindex(3, 3))
    winners = {(1, 1), (2, 0), (2, 2)}

    _, axes = diagram(6.4, 4.3)
    columns = [0.75, 2.65, 4.75]
    for left, name in zip(columns, ("input", "output", "gradient of the input"), strict=True):
        center = left + (0.44 if name == "output" else 0.66)
        label(axes, center, 4.1, name, size=11)
    for middle, name, values, grads, seen in (
        (3.05, "max", out[0, 0], grad_max, winners),
        (1.2, "average", average, grad_average, everything),
    ):
        label(axes, 0.08, middle + 0.82, name, "purple", align="left")
        _grid(axes, columns[0], middle, x[0, 0], "blue", seen)
        arrow(axes, (2.17, middle), (2.55, middle), "blue")
        _grid(axes, columns[1], middle, values, "purple")
        _grid(axes, columns[2], middle, grads, "orange", seen)
        arrow(axes, (3.62, middle), (4.65, middle), "orange")
        label(axes, 4.12, middle + 0.35, "1   2\n3   4", "orange", size=10)
    label(axes, 4.12, 2.62, "gradient of\nthe output", "orange", size=10)
    label(axes, 6.3, 2.2, "1 + 2 = 3 in the middle: it won twice", "orange", size=10,
          align="right")
    label(axes, 6.3, 0.3, "each window hands a quarter to each pixel:\n(1 + 2 + 3 + 4) / 4 in the middle",
          "orange", size=10, align="right")
    return axes.figure
