"""Frames and the anchored corner from above, and a yaw between two keyframes."""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from guide.figures import COLORS, arrow, diagram, label


def corners(x: float, y: float, length: float, width: float, degrees: float) -> np.ndarray:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    local = np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) * [length / 2, width / 2]
    return local @ np.array([[cos, sin], [-sin, cos]]) + [x, y]


def rectangle(axes: Axes, x: float, y: float, length: float, width: float, degrees: float,
              color: str, style: str = "-", fill: bool = True) -> None:
    axes.add_patch(Polygon(corners(x, y, length, width, degrees), edgecolor=COLORS[color],
                           facecolor=COLORS[f"{color}_fill"] if fill else "none", linewidth=1.8,
                           linestyle=style))


def axis_cross(axes: Axes, x: float, y: float, degrees: float, color: str, size: float) -> None:
    for turn, name in [(0, "x"), (90, "y")]:
        angle = math.radians(degrees + turn)
        tip = (x + size * math.cos(angle), y + size * math.sin(angle))
        arrow(axes, (x, y), tip, color)
        label(axes, x + (size + 0.1) * math.cos(angle), y + (size + 0.1) * math.sin(angle), name,
              color, size=10)


def figure() -> Figure:
    """A cart seen from one side: points on two faces, the box grown away from the sensor."""
    canvas, axes = diagram(height=3.9)
    label(axes, 0.1, 3.7, "from above: frames and anchor", align="left", weight="bold")
    axis_cross(axes, 0.3, 0.4, 0, "ink", 0.5)
    label(axes, 0.4, 0.13, "world", size=10.5, align="left")
    rectangle(axes, 1.35, 1.1, 0.8, 0.5, 25, "purple")
    axis_cross(axes, 1.35, 1.1, 25, "purple", 0.62)
    label(axes, 1.5, 0.62, "robot, sensor", "purple", size=10.5, align="left")

    x, y, yaw = 2.55, 2.55, 60
    rectangle(axes, x, y, 1.45, 0.75, yaw, "blue")
    box = corners(x, y, 1.45, 0.75, yaw)
    rear_right, rear_left = box[2], box[3]
    front_left = box[0]
    rng = np.random.default_rng(0)
    share = np.sort(rng.uniform(0.0, 1.0, 11))[:, None]
    near = rear_left + share * (rear_right - rear_left)
    share = np.sort(rng.uniform(0.0, 0.62, 13))[:, None]
    side = rear_left + share * (front_left - rear_left)
    seen = np.concatenate([near, side]) + rng.normal(0, 0.012, size=(24, 2))
    axes.plot(*seen.T, ".", color=COLORS["orange"], markersize=5)
    forward = np.array([math.cos(math.radians(yaw)), math.sin(math.radians(yaw))])
    arrow(axes, (x, y), tuple(np.array([x, y]) + 1.05 * forward), "blue")
    axes.plot([x, x + 0.75], [y, y], color=COLORS["blue"], linewidth=1.2, linestyle=":")
    angles = np.radians(np.linspace(0, yaw, 20))
    axes.plot(x + 0.5 * np.cos(angles), y + 0.5 * np.sin(angles), color=COLORS["blue"],
              linewidth=1.2)
    label(axes, x + 0.62, y + 0.22, "yaw", "blue", size=10.5, align="left")
    axes.plot(*rear_left, "o", color=COLORS["red"], markersize=7)
    label(axes, rear_left[0] - 0.15, rear_left[1] + 0.12, "anchor: the\ncorner seen", "red",
          size=10.5, align="right")
    label(axes, 0.1, 3.25, "points: two\nfaces only", "orange", size=10.5, align="left")
    axes.plot([1.35, rear_left[0]], [1.1, rear_left[1]], color=COLORS["muted"], linewidth=1,
              linestyle="--")

    label(axes, 3.95, 3.7, "between keyframes", align="left", weight="bold")
    for row, (name, turns, color) in enumerate([
        ("shorter arc: right", [170, 175, 180, 185, 190], "green"),
        ("as numbers: wrong", [170, 85, 0, -85, -170], "red"),
    ]):
        base = 2.62 - 1.55 * row
        for k, degrees in enumerate(turns):
            middle = 4.15 + 0.48 * k
            edge = color if 0 < k < 4 else "blue"
            rectangle(axes, middle, base, 0.42, 0.22, degrees, edge, "-" if k in (0, 4) else "--")
            turn = np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))])
            arrow(axes, (middle, base), tuple(np.array([middle, base]) + 0.34 * turn), edge)
        label(axes, 3.95, base + 0.55, name, color, size=11, align="left")
        label(axes, 4.15, base - 0.42, "170°", "blue", size=10)
        label(axes, 5.11, base - 0.42, "180°" if row == 0 else "0°", color, size=10)
        label(axes, 6.05, base - 0.42, "−170°", "blue", size=10)
    label(axes, 3.95, 0.25, "solid: drawn; dashed: computed", "muted", size=10, align="left")
    return canvas
