"""Figures of the answer on localization: ways from a map to a place, and by how much they miss."""

import json
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from guide.figures import COLORS, arrow, box, diagram, label, plot

RESULT = Path(__file__).with_name("localization_experiment.json")
NAMES = {
    "wrapped": "pool, no border", "pooled": "pool", "coordinates_first": "coordinates at the input",
    "coordinates": "coordinates late", "dense": "flatten, dense", "cam": "CAM, labels only",
    "cell": "score map, argmax", "soft_argmax": "score map, soft-argmax", "pyramid": "pyramid, argmax",
}


def _map(axes, left: float, bottom: float, cells: int, side: float, color: str, hit=None):
    """A square feature map with one marked cell (column, row from below)."""
    cell = side / cells
    for i in range(cells):
        for j in range(cells):
            fill = COLORS[color] if (i, j) == hit else COLORS[f"{color}_fill"]
            axes.add_patch(Rectangle((left + i * cell, bottom + j * cell), cell, cell, facecolor=fill,
                                     edgecolor=COLORS[color], linewidth=0.8))


def figure() -> Figure:
    """One trunk and four ways on: pooled, flattened, scored per cell, scored on a pyramid."""
    drawing, axes = diagram(6.4, 4.5)
    label(axes, 0.65, 4.3, "32 × 32", size=10)
    _map(axes, 0.1, 3.05, 12, 1.1, "blue", (8, 4))
    arrow(axes, (0.65, 3.0), (0.65, 2.45))
    label(axes, 0.55, 2.73, "trunk,\nstride 4", align="right", size=10)
    _map(axes, 0.25, 1.6, 4, 0.8, "blue", (2, 1))
    label(axes, 0.65, 1.42, "16 × 8 × 8", size=10)
    rows = (
        (3.85, "pool", "purple", "16 numbers", "dense", "no place left\nin the numbers"),
        (2.85, "flatten", "orange", "1,024 numbers", "dense", "own weights for\nevery place"),
        (1.85, "1×1 conv", "green", "8 × 8 scores", "soft-argmax", "same weights\neverywhere"),
    )
    for y, step, color, shape, read, note in rows:
        arrow(axes, (1.15, 2.05), (1.85, y))
        box(axes, 2.3, y, 0.9, 0.42, step, color=color, size=10)
        arrow(axes, (2.75, y), (3.2, y))
        if color == "green":
            _map(axes, 3.3, y - 0.3, 4, 0.6, "green", (2, 1))
            label(axes, 3.6, y - 0.43, shape, size=10)
            arrow(axes, (3.95, y), (4.1, y))
        else:
            label(axes, 3.62, y, shape.replace(" ", "\n"), size=10)
            arrow(axes, (4.02, y), (4.1, y))
        box(axes, 4.6, y, 0.98, 0.42, read, color=color, size=10)
        label(axes, 5.15, y, note, color, size=10, align="left")
    arrow(axes, (0.65, 1.3), (0.65, 0.75))
    label(axes, 0.1, 0.55, "enlarge, add the\nstride-1 map", align="left", size=10)
    arrow(axes, (1.45, 0.6), (1.85, 0.6))
    box(axes, 2.3, 0.6, 0.9, 0.42, "1×1 conv", color="blue", size=10)
    arrow(axes, (2.75, 0.6), (3.2, 0.6))
    _map(axes, 3.25, 0.25, 12, 0.72, "blue", (8, 4))
    label(axes, 3.6, 0.1, "32 × 32 scores", size=10)
    arrow(axes, (4.0, 0.6), (4.1, 0.6))
    box(axes, 4.6, 0.6, 0.98, 0.42, "argmax", color="blue", size=10)
    label(axes, 5.15, 0.6, "pyramid: cells\nof one pixel", "blue", size=10, align="left")
    return drawing


def figure_measured() -> Figure:
    """Misses in pixels of every head and seed, in seen and unseen regions."""
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    drawing, axes = plot(6.4, 4.6)
    for row, head in enumerate(reversed(NAMES)):
        runs = [run for run in result["runs"] if run["head"] == head]
        for key, color, marker, shift in (("seen", "blue", "o", 0.13), ("unseen", "orange", "s", -0.13)):
            axes.plot([run[key] for run in runs], [row + shift] * len(runs), marker, linestyle="none",
                      color=COLORS[color], markersize=6, fillstyle="none" if key == "unseen" else "full",
                      label=f"{key} quadrants" if row == 0 and key == "seen" else
                            "unseen quadrant" if row == 0 else None)
    axes.axvline(result["floors"]["mean"], color=COLORS["muted"], linewidth=1.2, linestyle="--")
    axes.text(result["floors"]["mean"] * 0.95, -0.45, "always the mean", ha="right", va="center",
              color=COLORS["muted"], fontsize=10)
    axes.set(xscale="log", xlabel="mean miss (pixels)", xticks=[0.5, 1, 2, 4, 8, 16],
             xticklabels=["0.5", "1", "2", "4", "8", "16"], yticks=range(len(NAMES)),
             yticklabels=list(reversed(NAMES.values())), ylim=(-0.8, len(NAMES) - 0.4), xlim=(0.42, 18))
    axes.minorticks_off()
    axes.legend(loc="upper left")
    return drawing
