"""Draws the two networks with their shapes, and what each head reached."""

import json
from pathlib import Path

from matplotlib.figure import Figure

from guide.figures import COLORS, arrow, box, diagram, label, plot

RESULT = Path(__file__).with_name("detect_single_instances_experiment.json")


def figure() -> Figure:
    """From the image to two boxes: flattened slots above, a heat map below."""
    drawing, axes = diagram(6.4, 3.7)
    for y, title, boxes in (
        (2.75, "Slots", [("map\n32 × 6 × 6", "blue"), ("flatten\n1152", "ink"),
                         ("linear\n128", "purple"), ("2 × 4", "green")]),
        (0.95, "Heat maps", [("map\n32 × 12 × 12", "blue"), ("per class\n12 × 12", "orange"),
                             ("soft-argmax", "purple"), ("2 × 4", "green")]),
    ):
        label(axes, 0.1, y + 0.62, title, size=12, align="left", weight="bold")
        box(axes, 0.62, y, 1.0, 0.62, "image\n48 × 48", color="ink", size=10)
        left = 1.12
        for x, (text, color), width in zip((2.0, 3.42, 4.75, 5.92), boxes, (1.2, 1.02, 1.14, 0.74),
                                           strict=True):
            arrow(axes, (left, y), (x - width / 2, y))
            box(axes, x, y, width, 0.62, text, color=color, size=10)
            left = x + width / 2
    label(axes, 3.2, 2.12, "slot 1 is the rectangle, slot 2 the ellipse, in every image",
          color="muted", size=10)
    label(axes, 3.2, 0.3, "center: mean position under the map; size: averaged under the same map",
          color="muted", size=10)
    return drawing


def figure_measured() -> Figure:
    """Share of test images with both boxes right, one dot per seed."""
    runs = json.loads(RESULT.read_text(encoding="utf-8"))["runs"]
    names = ["pooled", "slots", "slots, 3 x steps", "heatmap", "heatmap, random order"]
    titles = ["slots after\nglobal average", "slots", "slots,\n3 × steps", "heat map",
              "heat map,\nrandom order"]
    drawing, axes = plot(6.4, 3.4)
    for shift, key, color, marker, text in ((-0.1, "both_50", "blue", "o", "IoU at least 0.5"),
                                            (0.1, "both_75", "orange", "s", "IoU at least 0.75")):
        for place, name in enumerate(names):
            values = [100 * run[key] for run in runs if run["case"] == name]
            axes.plot([place + shift] * len(values), values, marker, linestyle="none",
                      color=COLORS[color], markersize=6, label=text if place == 0 else None)
    axes.set(xticks=range(len(names)), ylim=(-4, 104), ylabel="images with both boxes right (%)")
    axes.set_xticklabels(titles, fontsize=10)
    axes.legend(loc="center left", bbox_to_anchor=(0.0, 0.75), fontsize=10.5)
    return drawing
