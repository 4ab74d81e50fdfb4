"""Draws which cells answer for an object, and what each assignment reached with and without NMS."""

import json
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from guide.figures import COLORS, plot
from snippets.detection_and_segmentation.detect_many_instances import assign

RESULT = Path(__file__).with_name("detect_many_instances_experiment.json")
BOXES = np.array([[5.0, 8, 27, 30], [33, 6, 57, 16], [30, 32, 42, 56], [40, 38, 60, 50]])


def figure() -> Figure:
    """The 16 x 16 cells, four objects, and the positive cells of both assignments."""
    drawing, axes = plot(6.4, 3.7, columns=2)
    labels = np.zeros(len(BOXES), dtype=np.int32)
    for panel, shrink, title in zip(axes, (0.0, 0.5), ("one cell per object", "middle half"),
                                    strict=True):
        _, owner = assign(BOXES, labels, 1, 16, 16, 4, shrink)
        panel.grid(False)
        for edge in range(0, 65, 4):
            panel.plot([edge, edge], [0, 64], "-", color=COLORS["grid"], linewidth=0.7)
            panel.plot([0, 64], [edge, edge], "-", color=COLORS["grid"], linewidth=0.7)
        for index, (color, style) in enumerate(
            (("blue", "-"), ("orange", "--"), ("green", "-."), ("purple", ":"))
        ):
            for row, column in np.argwhere(owner == index):
                panel.add_patch(Rectangle((4 * column, 4 * row), 4, 4, edgecolor=COLORS[color],
                                          facecolor=COLORS[f"{color}_fill"], linewidth=1.2))
            x1, y1, x2, y2 = BOXES[index]
            panel.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, edgecolor=COLORS[color],
                                      facecolor="none", linewidth=2.2, linestyle=style))
        panel.set(xlim=(0, 64), ylim=(64, 0), aspect="equal", title=title,
                  xticks=(0, 32, 64), yticks=(0, 32, 64))
    return drawing


def figure_measured() -> Figure:
    """Mean average precision of both assignments, as it comes and after suppression."""
    runs = json.loads(RESULT.read_text(encoding="utf-8"))["runs"]
    drawing, axes = plot(6.4, 3.4, columns=2, sharey=True)
    for panel, measure, title in zip(axes, ("50", "coco"), ("mAP at 0.5", "mAP at 0.50 to 0.95"),
                                     strict=True):
        for case, color, marker, style, shift in (("one cell", "blue", "o", "-", -0.04),
                                                  ("middle half", "orange", "s", "--", 0.04)):
            chosen = [run for run in runs if run["case"] == case]
            for run in chosen:
                panel.plot([shift, 1 + shift], [run[f"raw_{measure}"], run[f"nms_{measure}"]],
                           marker=marker, linestyle=style, linewidth=1.2, color=COLORS[color],
                           markersize=6, label=case if run is chosen[0] else None)
        panel.set(xticks=(0, 1), xlim=(-0.4, 1.4), ylim=(0, 1), title=title)
        panel.set_xticklabels(["without NMS", "with NMS"], fontsize=10.5)
    axes[0].set_ylabel("mAP on 300 test images")
    axes[1].legend(loc="lower right", title="positive cells", fontsize=10.5)
    return drawing
