"""One figure: the pull of a residual, and a line with one outlier."""

import numpy as np

from guide.figures import COLORS, label, plot


def figure():
    """Left: gradient against the residual. Right: points on y = x, one of them wrong."""
    drawing, (left, right) = plot(height=3.7, columns=2)
    r = np.linspace(-3, 3, 121)
    left.plot(r, np.clip(r, -1, 1), color=COLORS["green"], linestyle="-", linewidth=6)
    left.plot(r, np.clip(r, -1, 1), color=COLORS["green_fill"], linestyle="-", linewidth=4)
    left.plot(r, r, color=COLORS["orange"], linestyle="--")
    left.plot(r[r < 0], np.sign(r[r < 0]), color=COLORS["blue"], linestyle="-")
    left.plot(r[r > 0], np.sign(r[r > 0]), color=COLORS["blue"], linestyle="-")
    left.set(xlabel="residual", title="gradient of one term", xlim=(-3, 3), ylim=(-3, 3))
    label(left, 0.75, 2.3, "½ r²", "orange")
    label(left, -2.9, -0.6, "|r|", "blue", align="left")
    label(left, 2.95, 0.6, "Huber, δ = 1", "green", align="right")

    x = np.arange(1, 11)
    right.plot(x, x, "o", color=COLORS["ink"], markersize=4)
    right.plot([10], [40], "X", color=COLORS["red"], markersize=9)
    ends = np.array([0, 11])
    right.plot(ends, 785 / 485 * ends, color=COLORS["orange"], linestyle="--")
    right.plot(ends, ends, color=COLORS["blue"], linestyle="-")
    right.set(xlabel="x", title="line through the origin", xlim=(0, 11), ylim=(0, 44),
              xticks=[0, 5, 10])
    label(right, 9.6, 40, "outlier", "red", align="right")
    label(right, 7.6, 19.5, "L2: slope 1.62", "orange", align="right")
    label(right, 10.9, 3, "L1: slope 1", "blue", align="right")
    return drawing
