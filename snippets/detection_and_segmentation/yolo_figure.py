"""Draws the grid over an image, the responsible cell, and the 30 numbers of that cell."""

from matplotlib.patches import Rectangle

from guide.figures import COLORS, arrow, box, diagram, label

SIDE, LEFT, BOTTOM = 3.0, 0.12, 0.75  # the image in inches
SCALE = SIDE / 448


def figure():
    """The example of the page: an object of 160 x 240 whose center is in row 3, column 2."""
    canvas, axes = diagram(6.4, 4.3)
    label(axes, LEFT + SIDE / 2, 4.05, "image 448 × 448, 7 × 7 cells", "muted", 10.5)
    axes.add_patch(Rectangle((LEFT, BOTTOM), SIDE, SIDE, facecolor=COLORS["grey_fill"], edgecolor="none"))
    x, y = LEFT + 2 * SIDE / 7, BOTTOM + SIDE - 4 * SIDE / 7
    axes.add_patch(Rectangle((x, y), SIDE / 7, SIDE / 7, facecolor=COLORS["orange_fill"],
                             edgecolor=COLORS["orange"], linewidth=2.4, zorder=2))
    for k in range(8):
        offset = k * SIDE / 7
        axes.plot([LEFT + offset] * 2, [BOTTOM, BOTTOM + SIDE], color=COLORS["muted"],
                  linestyle="-", linewidth=0.8)
        axes.plot([LEFT, LEFT + SIDE], [BOTTOM + offset] * 2, color=COLORS["muted"],
                  linestyle="-", linewidth=0.8)
    x1, top = LEFT + 100 * SCALE, BOTTOM + SIDE - 120 * SCALE
    axes.add_patch(Rectangle((x1, top - 240 * SCALE), 160 * SCALE, 240 * SCALE, facecolor="none",
                             edgecolor=COLORS["green"], linewidth=2.6, zorder=3))
    axes.plot(LEFT + 180 * SCALE, BOTTOM + SIDE - 240 * SCALE, "o", color=COLORS["green"],
              markersize=7, zorder=4)
    label(axes, LEFT, 0.5, "green: object and its center", "green", 10.5, align="left")
    label(axes, LEFT, 0.24, "orange: the cell that answers for it", "orange", 10.5, align="left")

    label(axes, 5.0, 4.05, "what this cell predicts: 30 numbers", "muted", 10.5)
    for center, name, text, color in [
        (3.42, "box 1", "x  y  √w  √h  confidence", "orange"),
        (2.62, "box 2", "x  y  √w  √h  confidence", "blue"),
        (1.82, "classes", "20 scores, shared by both", "purple"),
    ]:
        box(axes, 4.95, center, 2.6, 0.62, f"{name}\n{text}", color, 10.5)
    arrow(axes, (x + SIDE / 7 + 0.03, y + SIDE / 14), (3.6, 2.62), "orange", bend=0.15)
    label(axes, 4.95, 1.27, "the box with the higher IoU", "ink", 10.5)
    label(axes, 4.95, 1.02, "is responsible and learns it;", "ink", 10.5)
    label(axes, 4.95, 0.77, "the other 97 boxes of the image", "ink", 10.5)
    label(axes, 4.95, 0.52, "learn a confidence of 0", "ink", 10.5)
    return canvas
