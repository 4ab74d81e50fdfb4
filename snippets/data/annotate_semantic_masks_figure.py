"""Layers drawn back to front, and the bands that a boundary measure compares."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon, Rectangle

from guide.figures import COLORS, diagram, label


def layer(axes: Axes, corners: list[tuple[float, float]], fill: str, line: str) -> None:
    axes.add_patch(Polygon(corners, facecolor=COLORS[fill], edgecolor=COLORS[line], linewidth=1.4))


def number(axes: Axes, x: float, y: float, text: str) -> None:
    axes.add_patch(Circle((x, y), 0.125, facecolor=COLORS["paper"], edgecolor=COLORS["ink"],
                          linewidth=1.2))
    label(axes, x, y - 0.008, text, size=10, weight="bold")


def figure() -> Figure:
    """A corridor in five layers and a void region; two outlines two pixels apart."""
    canvas, axes = diagram(height=3.75)
    x, y = 0.1, 0.72
    label(axes, x, 3.55, "one image, drawn back to front", align="left", weight="bold")
    axes.add_patch(Rectangle((x, y), 3.5, 2.6, facecolor=COLORS["blue_fill"],
                             edgecolor=COLORS["blue"], linewidth=1.4))
    layer(axes, [(x, y), (x, y + 0.75), (x + 1.1, y + 1.35), (x + 2.4, y + 1.35),
                 (x + 3.5, y + 0.75), (x + 3.5, y)], "green_fill", "green")
    layer(axes, [(x + 1.25, y + 1.25), (x + 1.25, y + 2.15), (x + 1.95, y + 2.15),
                 (x + 1.95, y + 1.25)], "grey_fill", "muted")
    layer(axes, [(x + 0.4, y + 0.45), (x + 0.4, y + 1.25), (x + 1.3, y + 1.45), (x + 1.6, y + 1.3),
                 (x + 1.6, y + 0.62), (x + 1.3, y + 0.4)], "orange_fill", "orange")
    layer(axes, [(x + 2.3, y + 0.35), (x + 2.3, y + 2.6), (x + 2.5, y + 2.6), (x + 2.5, y + 0.35)],
          "purple_fill", "purple")
    axes.add_patch(Rectangle((x + 2.72, y + 1.3), 0.62, 0.95, facecolor=COLORS["paper"],
                             edgecolor=COLORS["red"], linewidth=1.6, linestyle="--"))
    number(axes, x + 0.35, y + 2.2, "1")
    number(axes, x + 1.95, y + 0.25, "2")
    number(axes, x + 1.6, y + 1.8, "3")
    number(axes, x + 0.95, y + 0.9, "4")
    number(axes, x + 2.4, y + 1.0, "5")
    label(axes, x + 3.03, y + 1.77, "void", "red", size=11)
    label(axes, x, 0.36, "1 wall   2 floor   3 door   4 box   5 post;\n"
                         "void: glare, nobody can tell", size=10.5, align="left")

    left, base, pixel = 4.15, 0.95, 2.0 / 24  # the larger square has 24 pixels
    label(axes, left - 0.1, 3.55, "same fault, two measures", align="left", weight="bold")
    side = 24 * pixel
    axes.add_patch(Rectangle((left, base), side, side, facecolor=COLORS["orange_fill"],
                             edgecolor=COLORS["orange"], linewidth=1.8, linestyle="--"))
    inner = 20 * pixel
    axes.add_patch(Rectangle((left + 2 * pixel, base + 2 * pixel), inner, inner,
                             facecolor=COLORS["purple_fill"], edgecolor=COLORS["blue"],
                             linewidth=1.8))
    axes.add_patch(Rectangle((left + 5 * pixel, base + 5 * pixel), 14 * pixel, 14 * pixel,
                             facecolor=COLORS["blue_fill"], edgecolor=COLORS["orange"],
                             linewidth=1.2, linestyle=":"))
    axes.add_patch(Rectangle((left + 7 * pixel, base + 7 * pixel), 10 * pixel, 10 * pixel,
                             facecolor=COLORS["paper"], edgecolor=COLORS["blue"], linewidth=1.2,
                             linestyle=":"))
    label(axes, left + side / 2, base + side / 2, "inside:\nnot\ncounted", "muted", size=10)
    label(axes, left, base + side + 0.16, "B: 24 px", "orange", size=10.5, align="left")
    label(axes, left + side, base + side + 0.16, "A: 20 px", "blue", size=10.5, align="right")
    label(axes, left - 0.1, 0.4, "IoU 400/576 = 0.69\nboundary IoU 204/476 = 0.43", size=10.5,
          align="left")
    return canvas
