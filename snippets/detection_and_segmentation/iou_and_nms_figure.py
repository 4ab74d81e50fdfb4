"""Draws four detections at three thresholds, and IoU beside GIoU over the distance of two boxes."""

import numpy as np
from matplotlib.patches import Rectangle

from guide.figures import COLORS, plot
from snippets.detection_and_segmentation.iou_and_nms import (
    BOXES,
    SCORES,
    box_iou,
    generalized_iou,
    nms,
)


def figure():
    """All four boxes have the same height, so each is drawn as a bar from x1 to x2."""
    canvas, panels = plot(6.4, 2.9, columns=3, sharey=True)
    names = ["A  0.9", "A  0.7", "B  0.8", "B  0.6"]
    titles = {0.3: "0.3: B is lost", 0.5: "0.5: right", 0.85: "0.85: duplicates"}
    for axes, (threshold, title) in zip(panels, titles.items(), strict=True):
        kept = nms(BOXES, SCORES, threshold).tolist()
        axes.grid(False)
        for i, (x1, _, x2, _) in enumerate(BOXES):
            color = "blue" if i < 2 else "orange"
            stays = i in kept
            axes.add_patch(Rectangle((x1, 3.1 - i), x2 - x1, 0.8, linewidth=2,
                                     edgecolor=COLORS[color if stays else "muted"],
                                     linestyle="-" if stays else (0, (2, 2)),
                                     facecolor=COLORS[f"{color}_fill"] if stays else "none"))
        axes.set(xlim=(-0.5, 15.5), ylim=(-0.1, 4.1), title=title, xlabel="x", xticks=[0, 5, 10, 15])
        axes.set_yticks([3.5, 2.5, 1.5, 0.5], names)
        axes.tick_params(left=False)
    return canvas


def figure_giou():
    """A 2 x 2 box slides along x past another one."""
    box = np.array([[0.0, 0, 2, 2]])
    shift = np.linspace(0, 8, 161)
    moved = box + shift[:, None] * np.array([1.0, 0, 1, 0])
    canvas, axes = plot(6.4, 3.2)
    axes.plot(shift, box_iou(moved, box)[:, 0], color=COLORS["blue"], label="IoU")
    axes.plot(shift, generalized_iou(moved, box)[:, 0], color=COLORS["orange"], linestyle="--", label="GIoU")
    axes.axvline(2, color=COLORS["muted"], linewidth=1, linestyle=":")
    axes.text(2.1, 0.75, "from here on\nno overlap", color=COLORS["ink"], fontsize=11)
    axes.set(xlabel="shift of a 2 × 2 box in x", ylabel="overlap", xlim=(0, 8), ylim=(-0.7, 1.02))
    axes.legend()
    return canvas
