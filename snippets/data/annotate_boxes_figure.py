"""Six conventions for boxes, drawn."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from guide.figures import COLORS, diagram, label

WIDTH, HEIGHT = 1.92, 1.3  # of a panel's image


def frame(axes: Axes, x: float, y: float, title: str, rule: str) -> None:
    axes.add_patch(Rectangle((x, y), WIDTH, HEIGHT, facecolor=COLORS["paper"],
                             edgecolor=COLORS["muted"], linewidth=1.2))
    label(axes, x, y + HEIGHT + 0.16, title, size=11, align="left", weight="bold")
    label(axes, x, y - 0.28, rule, "ink", size=10, align="left")


def person(axes: Axes, x: float, foot: float, height: float, color: str = "muted",
           clip: Rectangle | None = None) -> None:
    """A head and a body; ``x`` is the middle."""
    head = Circle((x, foot + 0.87 * height), 0.12 * height, facecolor=COLORS[color], linewidth=0)
    body = FancyBboxPatch((x - 0.13 * height, foot), 0.26 * height, 0.74 * height,
                          boxstyle=f"round,pad=0,rounding_size={0.1 * height}",
                          facecolor=COLORS[color], linewidth=0)
    for part in (head, body):
        axes.add_patch(part)
        if clip is not None:
            part.set_clip_path(clip)


def outline(axes: Axes, x1: float, y1: float, x2: float, y2: float, color: str = "blue",
            style: str = "-") -> None:
    axes.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, fill=False, edgecolor=COLORS[color],
                             linewidth=2, linestyle=style))


def figure() -> Figure:
    """Occlusion, truncation, protrusion, crowd, reflection, ambiguity."""
    canvas, axes = diagram(height=4.55)
    left = [0.1, 2.24, 4.38]
    top, bottom = 2.85, 0.62

    x, y = left[0], top
    frame(axes, x, y, "occluded", "draw the visible part;\nflag it, give the share")
    person(axes, x + 0.8, y + 0.12, 1.05)
    axes.add_patch(Rectangle((x + 0.3, y + 0.1), 1.3, 0.5, facecolor=COLORS["grid"], linewidth=0))
    outline(axes, x + 0.65, y + 0.61, x + 0.95, y + 1.2)
    outline(axes, x + 0.62, y + 0.09, x + 0.98, y + 1.23, "orange", "--")
    label(axes, x + 1.02, y + 1.06, "visible", "blue", size=10, align="left")
    label(axes, x + 1.02, y + 0.28, "amodal", "orange", size=10, align="left")

    x, y = left[1], top
    frame(axes, x, y, "truncated", "stop at the image's edge;\nflag it")
    image = Rectangle((x, y), WIDTH, HEIGHT, transform=axes.transData)
    person(axes, x + 1.86, y + 0.1, 1.1, clip=image)
    outline(axes, x + 1.7, y + 0.08, x + WIDTH, y + 1.22)
    person(axes, x + 0.55, y + 0.25, 0.75)
    outline(axes, x + 0.44, y + 0.23, x + 0.66, y + 1.02)

    x, y = left[2], top
    frame(axes, x, y, "thin parts", "leave out what would\nblow up the box")
    axes.add_patch(Rectangle((x + 0.45, y + 0.15), 0.95, 0.48, facecolor=COLORS["muted"],
                             linewidth=0))
    axes.plot([x + 1.25, x + 1.42], [y + 0.63, y + 1.2], color=COLORS["muted"], linewidth=2)
    outline(axes, x + 0.43, y + 0.13, x + 1.42, y + 0.66)
    label(axes, x + 1.3, y + 1.08, "antenna", "muted", size=10, align="right")

    x, y = left[0], bottom
    frame(axes, x, y, "crowd", "box whom you can tell\napart; region for the rest")
    for k in range(7):
        person(axes, x + 0.82 + 0.14 * k, y + 0.35 + 0.03 * (k % 2), 0.62, "grid" if k % 2 else "muted")
    outline(axes, x + 0.7, y + 0.3, x + 1.8, y + 1.06, "red", "--")
    label(axes, x + 1.25, y + 0.17, "ignored", "red", size=10)
    person(axes, x + 0.35, y + 0.12, 0.95)
    outline(axes, x + 0.2, y + 0.1, x + 0.5, y + 1.1)

    x, y = left[1], bottom
    frame(axes, x, y, "mirror, poster", "decide once, write it down:\ndatasets differ")
    axes.add_patch(Rectangle((x + 1.05, y + 0.2), 0.6, 0.95, facecolor=COLORS["blue_fill"],
                             edgecolor=COLORS["muted"], linewidth=1.5))
    person(axes, x + 1.35, y + 0.28, 0.7, "grid")
    person(axes, x + 0.5, y + 0.12, 1.0)
    outline(axes, x + 0.34, y + 0.1, x + 0.66, y + 1.15)
    label(axes, x + 1.35, y + 0.66, "?", "red", size=15, weight="bold")

    x, y = left[2], bottom
    frame(axes, x, y, "cannot tell", "mark as ignored;\nnever guess a class")
    axes.add_patch(FancyBboxPatch((x + 0.78, y + 0.35), 0.3, 0.5, facecolor=COLORS["grid"],
                                  boxstyle="round,pad=0,rounding_size=0.1", linewidth=0))
    outline(axes, x + 0.7, y + 0.28, x + 1.16, y + 0.93, "red", "--")
    label(axes, x + 0.93, y + 0.6, "?", "ink", size=13)
    label(axes, x + 0.93, y + 1.08, "ignored", "red", size=10)
    return canvas
