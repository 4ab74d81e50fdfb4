"""Draws how anchors are labeled, and the nine anchors of one cell."""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from guide.figures import COLORS, label, plot
from snippets.detection_and_segmentation.region_proposal_network import label_anchors, make_anchors

HEIGHT, WIDTH = 600, 1000
OBJECT = np.array([[340.0, 180, 660, 420]])


def draw_box(axes, box, color, style="-", width=2.0, fill=None):
    x1, y1, x2, y2 = box
    axes.add_patch(Rectangle((x1, y1), x2 - x1, y2 - y1, edgecolor=COLORS[color], linestyle=style,
                             linewidth=width, facecolor=COLORS[fill] if fill else "none"))


def figure():
    """One marker per cell: the label of its 256 x 256 anchor against one object."""
    anchors = make_anchors(38, 63)
    labels, _ = label_anchors(anchors, OBJECT, HEIGHT, WIDTH)
    inside, _ = label_anchors(anchors, np.zeros((0, 4)), HEIGHT, WIDTH)
    shape = 4  # scale 256, ratio 1
    centers = ((anchors[:, :2] + anchors[:, 2:]) / 2)[shape::9]
    labels, inside = labels[shape::9], inside[shape::9] == 0

    canvas, axes = plot(6.4, 4.8)
    axes.grid(False)
    draw_box(axes, (0, 0, WIDTH, HEIGHT), "ink", width=1.6, fill="grey_fill")
    low, high = centers[inside].min(axis=0) - 8, centers[inside].max(axis=0) + 8
    axes.add_patch(Rectangle(low, *(high - low), facecolor=COLORS["paper"], edgecolor="none"))
    label(axes, WIDTH / 2, 62, "anchors centered here cross the border: ignored", size=10.5)
    kinds = [
        ("IoU below 0.3: negative", inside & (labels == 0), "x", "blue", 3.4),
        ("between: ignored", inside & (labels == -1), "o", "muted", 3.9),
        ("IoU 0.7 or more: positive", labels == 1, "s", "orange", 4.7),
    ]
    for _, chosen, marker, color, size in kinds:
        axes.plot(*centers[chosen].T, linestyle="none", marker=marker, color=COLORS[color],
                  markersize=size, markerfacecolor=COLORS[color] if marker == "s" else "none")
    draw_box(axes, OBJECT[0], "green", width=2.6)
    positives = anchors[shape::9][labels == 1]
    draw_box(axes, positives[len(positives) // 2], "orange", style="--")
    axes.set(xlim=(-8, WIDTH + 8), ylim=(HEIGHT + 8, -8), aspect="equal",
             xlabel="x in pixels", ylabel="y in pixels")
    handles = [Line2D([], [], linestyle="none", marker=marker, color=COLORS[color], markersize=7,
                      markerfacecolor=COLORS[color] if marker == "s" else "none", label=name)
               for name, _, marker, color, _ in kinds]
    handles += [Line2D([], [], color=COLORS["green"], linewidth=2.6, label="object, 320 × 240"),
                Line2D([], [], color=COLORS["orange"], linestyle="--", label="a positive anchor")]
    canvas.legend(handles=handles, loc="outside upper center", ncols=2, fontsize=10.5,
                  handletextpad=0.5, columnspacing=1.2)
    return canvas


def figure_anchors():
    """The nine anchors of one cell of a 1000 x 600 image."""
    anchors = make_anchors(38, 63).reshape(38, 63, 9, 4)[18, 31]
    canvas, axes = plot(6.4, 4.6)
    axes.grid(False)
    draw_box(axes, (0, 0, WIDTH, HEIGHT), "ink", width=1.6, fill="grey_fill")
    for anchor, (color, style) in zip(
        anchors, np.repeat([("blue", "-"), ("orange", "--"), ("green", "-.")], 3, axis=0), strict=True
    ):
        draw_box(axes, anchor, color, style)
    x, y = (anchors[0, :2] + anchors[0, 2:]) / 2
    axes.plot(x, y, "o", color=COLORS["ink"], markersize=5)
    axes.set(xlim=(-8, WIDTH + 8), ylim=(690, -90), aspect="equal",
             xlabel="x in pixels", ylabel="y in pixels")
    label(axes, 985, 572, "the image", align="right", size=10.5)
    handles = [Line2D([], [], color=COLORS[c], linestyle=s, label=f"{n} × {n} area")
               for n, c, s in [(128, "blue", "-"), (256, "orange", "--"), (512, "green", "-.")]]
    canvas.legend(handles=handles, loc="outside upper center", ncols=3, fontsize=10.5)
    return canvas
