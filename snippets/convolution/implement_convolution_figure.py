"""Figures of the answer on implementing a convolution: im2col, and what dilation and groups read."""

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from guide.figures import COLORS, arrow, diagram, label


def cell(axes, x: float, y: float, text: str, fill: str | None, side: float = 0.36) -> None:
    """One square with its lower left corner at (x, y)."""
    face = "none" if fill is None else COLORS[fill]
    axes.add_patch(Rectangle((x, y), side, side, facecolor=face, edgecolor=COLORS["muted"],
                             linewidth=1))
    label(axes, x + side / 2, y + side / 2, text, size=10)


def figure() -> Figure:
    """A 4 by 4 input, its four 2 by 2 windows at stride 2 as rows, times the filter."""
    drawing, axes = diagram(6.4, 3.5)
    fills = ["blue_fill", "orange_fill", "green_fill", "purple_fill"]
    label(axes, 0.87, 3.3, "input, stride 2", size=11)
    for row in range(4):
        for column in range(4):
            window = row // 2 * 2 + column // 2
            cell(axes, 0.15 + 0.36 * column, 2.7 - 0.36 * row, str(4 * row + column + 1),
                 fills[window])
    label(axes, 0.87, 1.25, "filter", size=11)
    for i, value in enumerate((1, 2, 3, 4)):
        cell(axes, 0.51 + 0.36 * (i % 2), 0.72 - 0.36 * (i // 2), str(value), "grey_fill")
    label(axes, 2.9, 3.3, "patches", size=11)
    patches = [[1, 2, 5, 6], [3, 4, 7, 8], [9, 10, 13, 14], [11, 12, 15, 16]]
    for row, patch in enumerate(patches):
        for column, value in enumerate(patch):
            cell(axes, 2.18 + 0.36 * column, 2.7 - 0.36 * row, str(value), fills[row])
    label(axes, 3.9, 2.34, "×", size=14)
    label(axes, 4.35, 3.3, "filter", size=11)
    for row, value in enumerate((1, 2, 3, 4)):
        cell(axes, 4.17, 2.7 - 0.36 * row, str(value), "grey_fill")
    label(axes, 4.78, 2.34, "=", size=14)
    label(axes, 5.4, 3.3, "output", size=11)
    for row, value in enumerate((44, 64, 124, 144)):
        cell(axes, 5.15, 2.7 - 0.36 * row, str(value), fills[row], side=0.36)
    for row in range(2):
        for column in range(2):
            cell(axes, 4.97 + 0.36 * column, 0.72 - 0.36 * row,
                 str([44, 64, 124, 144][2 * row + column]), fills[2 * row + column])
    arrow(axes, (1.66, 2.34), (2.1, 2.34))
    arrow(axes, (5.33, 1.55), (5.33, 1.14))
    label(axes, 5.95, 1.35, "reshape", size=10, color="muted")
    label(axes, 2.9, 1.2, "one row per output position:\n4 × 4 = H′W′ × C K K", size=10,
          color="muted")
    return drawing


def figure_options() -> Figure:
    """What one output reads with dilation 1 and 2, and which channels with 1, 2, 4 groups."""
    drawing, axes = diagram(6.4, 4.6)
    for x, title, dilation in ((0.7, "dilation 1: reach 3", 1), (3.9, "dilation 2: reach 5", 2)):
        label(axes, x + 0.9, 4.4, title, size=11)
        for row in range(5):
            for column in range(5):
                read = row % dilation == 0 and column % dilation == 0 \
                    and max(row, column) <= 2 * dilation
                cell(axes, x + 0.36 * column, 3.84 - 0.36 * row, "×" if read else "",
                     "blue_fill" if read else None)
    for x, groups in ((0.35, 1), (2.5, 2), (4.65, 4)):
        name = {1: "groups 1", 2: "groups 2", 4: "groups 4: depthwise"}[groups]
        label(axes, x + 0.72, 1.95, name, size=11)
        per = 4 // groups
        for c in range(4):
            cell(axes, x + 0.36 * c, 1.35, "", "green_fill")
            cell(axes, x + 0.36 * c, 0.3, "", "orange_fill")
            for o in range(4):
                if o // per == c // per:
                    axes.plot([x + 0.36 * c + 0.18, x + 0.36 * o + 0.18], [1.35, 0.66],
                              color=COLORS["ink"], linewidth=1.1, linestyle="-")
        label(axes, x + 0.72, 0.12, f"{16 // groups} kernels", size=10, color="muted")
    return drawing
