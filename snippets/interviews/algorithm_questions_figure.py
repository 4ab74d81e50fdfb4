"""The four corners of an integral image."""

import numpy as np
from matplotlib.patches import Rectangle

from guide.figures import COLORS, diagram, label
from snippets.interviews.algorithm_questions import integral_image

IMAGE = np.array([[2, 1, 0, 3, 1], [1, 4, 2, 2, 0], [0, 3, 5, 1, 2], [1, 0, 2, 1, 1]])
BOX = (1, 1, 4, 3)  # x1, y1, x2, y2
CELL = 0.44


def numbers(axes, values, left, top, marked, paint, skip=()):
    """A grid of numbers; ``marked`` cells get the fill and line of ``paint``."""
    for (row, column), value in np.ndenumerate(values):
        x, y = left + column * CELL, top - row * CELL
        chosen = (row, column) in marked
        fill = COLORS[f"{paint}_fill"] if chosen else "none"
        axes.add_patch(Rectangle((x, y - CELL), CELL, CELL, facecolor=fill,
                                 edgecolor=COLORS["grid"], linewidth=0.8))
        if (row, column) not in skip:
            label(axes, x + CELL / 2, y - CELL / 2, f"{value:g}",
                  "ink" if chosen else "muted", size=11)


def figure():
    """The image with its box, and the table with the four entries that give its sum."""
    drawing, axes = diagram(height=3.5)
    x1, y1, x2, y2 = BOX
    inside = {(row, column) for row in range(y1, y2) for column in range(x1, x2)}
    left, top = 0.3, 2.83
    numbers(axes, IMAGE, left, top, inside, "blue")
    axes.add_patch(Rectangle((left + x1 * CELL, top - y2 * CELL), (x2 - x1) * CELL,
                             (y2 - y1) * CELL, fill=False, edgecolor=COLORS["blue"], linewidth=2))
    label(axes, left + 2.5 * CELL, 3.28, "image and box")
    table = integral_image(IMAGE)
    left, top = 3.46, 3.05
    signs = {(y2, x2): "+", (y1, x2): "−", (y2, x1): "−", (y1, x1): "+"}
    numbers(axes, table, left, top, set(), "blue", skip=signs)
    for (row, column), sign in signs.items():
        color = "green" if sign == "+" else "orange"
        x, y = left + column * CELL, top - (row + 1) * CELL
        axes.add_patch(Rectangle((x, y), CELL, CELL, facecolor=COLORS[f"{color}_fill"],
                                 edgecolor=COLORS[color], linewidth=2))
        label(axes, x + CELL / 2, y + CELL / 2, f"{sign}{table[row, column]:g}", color,
              weight="bold")
    label(axes, left + 3 * CELL, 3.28, "sums above and left")
    label(axes, 3.2, 0.4, "box sum = 24 − 6 − 3 + 2 = 17", size=12)
    return drawing
