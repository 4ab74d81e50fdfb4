"""One scene with instance masks: a person behind a person, a cart behind a post, a crowd."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from guide.figures import COLORS, arrow, diagram, label


def person(axes: Axes, x: float, foot: float, height: float, color: str) -> None:
    for part in (
        FancyBboxPatch((x - 0.15 * height, foot), 0.3 * height, 0.76 * height,
                       boxstyle=f"round,pad=0,rounding_size={0.1 * height}",
                       facecolor=COLORS[f"{color}_fill"], edgecolor=COLORS[color], linewidth=1.6),
        Circle((x, foot + 0.87 * height), 0.13 * height, facecolor=COLORS[f"{color}_fill"],
               edgecolor=COLORS[color], linewidth=1.6),
    ):
        axes.add_patch(part)


def figure() -> Figure:
    """What gets a number, what gets the same number, what gets none."""
    canvas, axes = diagram(height=3.55)
    axes.add_patch(Rectangle((0.1, 0.85), 6.2, 2.15, facecolor=COLORS["paper"],
                             edgecolor=COLORS["muted"], linewidth=1.2))
    person(axes, 0.98, 1.05, 1.6, "orange")
    person(axes, 0.62, 1.0, 1.7, "blue")
    label(axes, 0.62, 1.6, "1", "blue", size=13, weight="bold")
    label(axes, 1.07, 1.6, "2", "orange", size=13, weight="bold")
    label(axes, 0.2, 0.48, "two people:\ntwo masks that\ndo not overlap", size=10, align="left")

    for x, width in [(1.75, 0.62), (2.61, 0.74)]:
        axes.add_patch(Rectangle((x, 1.25), width, 0.75, facecolor=COLORS["green_fill"],
                                 edgecolor=COLORS["green"], linewidth=1.6))
        label(axes, x + width / 2, 1.62, "3", "green", size=13, weight="bold")
    axes.add_patch(Rectangle((2.39, 1.0), 0.2, 1.95, facecolor=COLORS["grey_fill"],
                             edgecolor=COLORS["muted"], linewidth=1.4))
    for x in (2.06, 2.98):
        axes.add_patch(Circle((x, 1.12), 0.13, facecolor=COLORS["green_fill"],
                              edgecolor=COLORS["green"], linewidth=1.6))
    arrow(axes, (2.1, 2.25), (2.95, 2.25), "green", style="<|-|>", bend=0.35)
    label(axes, 1.75, 0.48, "a cart behind a post:\none number for\nboth parts", size=10,
          align="left")

    person(axes, 3.82, 1.05, 1.35, "purple")
    label(axes, 3.82, 1.5, "4", "purple", size=13, weight="bold")
    for k in range(6):
        person(axes, 4.35 + 0.2 * k, 1.45 + 0.04 * (k % 2), 0.95, "red")
    axes.add_patch(Rectangle((4.15, 1.33), 1.42, 1.25, fill=False, edgecolor=COLORS["red"],
                             linewidth=1.8, linestyle="--"))
    label(axes, 4.86, 2.76, "crowd", "red", size=11)
    label(axes, 3.6, 0.48, "single people as long\nas you can count; the\nrest is one crowd",
          size=10, align="left")

    axes.add_patch(Rectangle((5.78, 1.2), 0.52, 0.85, facecolor=COLORS["blue_fill"],
                             edgecolor=COLORS["blue"], linewidth=1.6))
    label(axes, 6.03, 1.62, "5", "blue", size=13, weight="bold")
    label(axes, 5.3, 0.48, "cut by the\nedge: mask\nends there", size=10, align="left")
    label(axes, 0.1, 3.28, "same number: one object", size=11, align="left",
          weight="bold")
    return canvas
