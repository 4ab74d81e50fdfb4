"""Draws what each layer reads from the map, and how that follows a box that moves."""

import numpy as np
from matplotlib.patches import Rectangle

from guide.figures import COLORS, plot
from snippets.detection_and_segmentation.roi_align import ramp, roi_align, roi_pool

BOX = np.array([100.0, 42, 228, 138])  # 6.25, 2.625, 14.25, 8.625 cells


def figure():
    """2 x 2 bins on a map of stride 16: rounded to whole cells, and not."""
    canvas, panels = plot(6.4, 3.8, columns=2, sharey=True)
    x1, y1, x2, y2 = BOX / 16
    start_x, start_y, end_x, end_y = (round(v) for v in BOX / 16)
    for axes, title in zip(panels, ("RoI pooling", "RoIAlign"), strict=True):
        axes.grid(False)
        for k in range(17):
            axes.axvline(k, color=COLORS["grid"], linewidth=0.8)
            axes.axhline(k, color=COLORS["grid"], linewidth=0.8)
        axes.set(xlim=(5, 16), ylim=(13, 1), aspect="equal", title=title, xlabel="cell", xticks=[6, 10, 14])
        axes.set_yticks([2, 6, 10])
    panels[0].set_ylabel("cell")
    width, height = end_x - start_x + 1, end_y - start_y + 1
    panels[0].add_patch(Rectangle((start_x, start_y), width, height, linewidth=2.2, linestyle="--",
                                  edgecolor=COLORS["orange"], facecolor=COLORS["orange_fill"]))
    # Nine columns in two bins: the middle one belongs to both.
    for a, b, y in [(0, -(-width // 2), 0.1), (width // 2, width, 0.45)]:
        panels[0].plot([start_x + a + 0.1, start_x + b - 0.1], [end_y + 1.4 + 2 * y] * 2,
                       color=COLORS["orange"], linewidth=3, linestyle="-")
    panels[0].text(10.5, 12.2, "the two bins in x", color=COLORS["ink"], fontsize=10,
                   ha="center", va="center")
    panels[1].add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, edgecolor="none",
                                  facecolor=COLORS["blue_fill"]))
    panels[1].plot([x1, x2], [(y1 + y2) / 2] * 2, color=COLORS["blue"], linewidth=1.2, linestyle="-")
    panels[1].plot([(x1 + x2) / 2] * 2, [y1, y2], color=COLORS["blue"], linewidth=1.2, linestyle="-")
    x, y = np.meshgrid(x1 + (np.arange(4) + 0.5) * (x2 - x1) / 4, y1 + (np.arange(4) + 0.5) * (y2 - y1) / 4)
    panels[1].plot(x.ravel(), y.ravel(), "o", color=COLORS["blue"], markersize=5)
    for axes in panels:
        axes.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, linewidth=2.2, edgecolor=COLORS["blue"],
                                 facecolor="none"))
    return canvas


def figure_moves():
    """The x that the middle one of seven bins reads, as the box moves to the right."""
    features, shifts = ramp(40), np.linspace(0, 40, 401)
    pooled, aligned = [], []
    for shift in shifts:
        box = BOX + np.array([shift, 0, shift, 0])
        both = roi_pool(features, box, 1 / 16) - roi_pool(-features, box, 1 / 16)
        pooled.append(both[0, 0, 3] / 2)
        aligned.append(roi_align(features, box, 1 / 16)[0, 0, 3])
    canvas, axes = plot(6.4, 3.3)
    axes.plot(shifts, aligned, color=COLORS["blue"], label="RoIAlign: where the bin's center is")
    axes.plot(shifts, pooled, color=COLORS["orange"], linestyle="--",
              label="RoI pooling: middle of its cells")
    axes.set(xlabel="box moved to the right by, pixels", ylabel="x read, pixels", xlim=(0, 40))
    axes.legend(loc="upper left")
    return canvas
