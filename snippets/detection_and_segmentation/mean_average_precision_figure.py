"""Draws one precision-recall curve, its envelope, and where VOC 2007 samples it."""

import numpy as np

from guide.figures import COLORS, plot
from snippets.detection_and_segmentation.mean_average_precision import (
    SCORES,
    VERDICT,
    precision_recall,
)


def figure():
    precision, recall = precision_recall(SCORES, VERDICT, 4)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    canvas, axes = plot(6.4, 3.7)
    steps_x = np.repeat(np.concatenate([[0.0], recall]), 2)[1:-1]
    steps_y = np.repeat(envelope, 2)
    axes.fill_between(np.append(steps_x, [0.75, 1]), np.append(steps_y, [0, 0]),
                      color=COLORS["blue_fill"], linewidth=0)
    axes.plot(np.append(steps_x, [0.75, 1]), np.append(steps_y, [0, 0]), color=COLORS["blue"],
              label="largest precision at this recall or more")
    axes.plot(recall, precision, color=COLORS["orange"], linestyle="--", marker="o", markersize=6,
              label="after each detection")
    levels = np.linspace(0, 1, 11)
    at = np.append(envelope, 0.0)[np.searchsorted(recall, levels)]
    axes.plot(levels, at, linestyle="none", marker="x", markersize=8, markeredgewidth=2,
              color=COLORS["green"], label="the 11 levels of VOC 2007")
    for x, y, rank, side in zip(recall, precision, "12345", (6, 6, -16, 6, 6), strict=True):
        axes.annotate(rank, (x, y), (side, -14), textcoords="offset points", color=COLORS["ink"],
                      fontsize=11)
    axes.set(xlabel="recall", ylabel="precision", xlim=(-0.02, 1.02), ylim=(-0.03, 1.09))
    canvas.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=1, fontsize=10.5)
    return canvas
