"""One maxout unit approximates a parabola; the difference of two makes a hat."""

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.activations_and_losses.maxout import square_by_tangents


def figure():
    """Left the square as the maximum of 3 and of 5 tangents; right a hat from two units."""
    drawing, (left, right) = plot(height=3.4, columns=2)
    x = np.linspace(-1.15, 1.15, 461)
    left.plot(x, x**2, color=COLORS["muted"], linestyle="-", linewidth=4, alpha=0.5)
    left.plot(x, square_by_tangents(x, 3), color=COLORS["orange"], linestyle="--")
    left.plot(x, square_by_tangents(x, 5), color=COLORS["blue"], linestyle="-", linewidth=1.5)
    left.set(xlabel="x", title="one unit", ylim=(-0.35, 1.35))
    left.set_xticks([-1, -0.5, 0, 0.5, 1], ["−1", "−0.5", "0", "0.5", "1"])
    label(left, 0, 0.95, "x², gray", "muted", size=10)
    label(left, 0, 0.75, "5 pieces, solid", "blue", size=10)
    label(left, 0, 0.55, "3 pieces, dashed", "orange", size=10)

    x = np.linspace(-2, 2, 401)
    first, second = np.maximum(np.abs(x), 1), np.abs(x)
    right.plot(x, first, color=COLORS["blue"], linestyle="-")
    right.plot(x, second, color=COLORS["orange"], linestyle="--")
    right.plot(x, first - second, color=COLORS["green"], linestyle="-.")
    right.set(xlabel="x", title="difference of two units", ylim=(-0.15, 2.1))
    right.set_xticks([-2, -1, 0, 1, 2], ["−2", "−1", "0", "1", "2"])
    label(right, 0, 1.14, "max(−x, 1, x)", "blue", size=10)
    label(right, 1.38, 0.62, "max(−x, x)", "orange", size=10)
    label(right, -1.5, 0.12, "the hat", "green", size=10)
    return drawing
