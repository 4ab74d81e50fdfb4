"""Two figures: one room with two ways through it, and what a delay costs."""

import json
from pathlib import Path

import numpy as np
from matplotlib.patches import Circle

from guide.figures import COLORS, label, plot
from snippets.reinforcement_learning.motion_planning import SIDE, distance_field

JSON = Path(__file__).with_name("motion_planning_experiment.json")
CENTERS = np.array([[1.6, 1.5], [2.5, 2.3], [1.2, 2.7], [3.2, 1.1]])
RADII = np.array([0.55, 0.5, 0.4, 0.4])


def figure():
    """The distance field of a room, the shortest way in it, and the straight line."""
    goal, start = np.array([3.5, 3.5]), np.array([0.5, 0.5])
    field = distance_field(goal, CENTERS, RADII + 0.05, cells=80)
    size = SIDE / 80
    drawing, axes = plot(width=5.0, height=4.6)
    middle = (np.arange(80) + 0.5) * size
    contours = axes.contour(middle, middle, np.where(np.isinf(field), np.nan, field).T,
                            levels=np.arange(0.5, 5, 0.5), colors=[COLORS["grid"]], linewidths=1)
    del contours
    for center, radius in zip(CENTERS, RADII, strict=True):
        axes.add_patch(Circle(center, radius, facecolor=COLORS["orange_fill"], edgecolor=COLORS["orange"]))
    i, j = (start // size).astype(int)
    way = [start]
    while field[i, j] > 0:
        near = [(i + a, j + b) for a in (-1, 0, 1) for b in (-1, 0, 1)]
        near = [n for n in near if min(n) >= 0 and max(n) < 80]
        i, j = min(near, key=lambda n: field[n] + size * np.hypot(n[0] - i, n[1] - j))
        if (middle[i], middle[j]) == tuple(way[-1]):
            i, j = min(near, key=lambda n: field[n])
        way.append(np.array([middle[i], middle[j]]))
    way.append(goal)
    axes.plot(*np.array(way).T, "-", color=COLORS["blue"])
    axes.plot(*np.stack([start, goal]).T, ":", color=COLORS["red"])
    for point, name in ((start, "start"), (goal, "goal")):
        axes.plot(*point, "o", color=COLORS["ink"])
        label(axes, point[0], point[1] - 0.2, name, size=11)
    axes.set(xlim=(0, SIDE), ylim=(0, SIDE), aspect="equal", xlabel="meters", ylabel="meters")
    axes.grid(False)
    return drawing


def figure_delay():
    """Share of collisions against the delay, mean and range of the seeds."""
    measured = json.loads(JSON.read_text())
    drawing, axes = plot(height=3.6)
    delays = 100 * np.arange(4)
    for name, text, color, style, marker in (
            ("goal frame", "trained without delay", "orange", "--", "s"),
            ("delays", "trained with delays of 0 to 300 ms", "blue", "-", "o")):
        shares = 100 * np.array([[d["collision"] for d in run["delay"]] for run in measured[name]])
        axes.plot(delays, shares.mean(axis=0), style, color=COLORS[color], marker=marker, label=text)
        axes.vlines(delays, shares.min(axis=0), shares.max(axis=0), color=COLORS[color], linewidth=1.2)
    planner = [100 * d["collision"] for d in measured["planner"]["delay"]]
    axes.plot(delays, planner, ":", color=COLORS["green"], marker="^", label="planner with the map")
    axes.set(xlabel="delay between decision and motion, ms", ylabel="collisions, %", xticks=delays,
             ylim=(-3, 103))
    axes.legend(loc="upper left")
    return drawing
