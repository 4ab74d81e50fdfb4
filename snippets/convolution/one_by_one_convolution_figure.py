"""Figures of the answer on 1x1 convolutions: the layer, and what a reduction costs."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from guide.figures import COLORS, arrow, diagram, label, plot
from snippets.convolution.one_by_one_convolution import break_even, multiply_adds


def maps(axes, x: float, y: float, count: int, color: str) -> None:
    """``count`` maps of 4 x 4 pixels, one behind the other, one pixel marked in all."""
    for c in reversed(range(count)):
        left, bottom = x + 0.14 * c, y + 0.12 * c
        axes.add_patch(Rectangle((left, bottom), 1.12, 1.12, edgecolor=COLORS["muted"],
                                 facecolor=COLORS["paper"], linewidth=1))
        axes.add_patch(Rectangle((left + 0.56, bottom + 0.56), 0.28, 0.28, linewidth=1.2,
                                 edgecolor=COLORS[color], facecolor=COLORS[f"{color}_fill"]))


def figure() -> Figure:
    """The channels of one pixel through a dense layer, the same one at every pixel."""
    drawing, axes = diagram(6.4, 2.9)
    maps(axes, 0.15, 0.5, 6, "blue")
    maps(axes, 4.75, 0.65, 3, "orange")
    label(axes, 1.05, 0.25, "6 channels", size=10)
    label(axes, 5.45, 0.25, "3 channels", size=10)
    inputs = [(2.75, 0.75 + 0.28 * i) for i in range(6)]
    outputs = [(3.95, 1.17 + 0.28 * i) for i in range(3)]
    for x, y in inputs:
        for a, b in outputs:
            axes.plot([x + 0.11, a - 0.11], [y, b], color=COLORS["muted"], linewidth=0.8,
                      linestyle="-")
    for points, color in ((inputs, "blue"), (outputs, "orange")):
        for x, y in points:
            axes.add_patch(Rectangle((x - 0.11, y - 0.11), 0.22, 0.22, linewidth=1.2,
                                     edgecolor=COLORS[color], facecolor=COLORS[f"{color}_fill"]))
    arrow(axes, (2.1, 1.45), (2.55, 1.45))
    arrow(axes, (4.15, 1.45), (4.65, 1.45))
    label(axes, 3.35, 2.68, "W: 3 × 6 weights,", size=10)
    label(axes, 3.35, 2.46, "the same at every pixel", size=10)
    return drawing


def figure_cost() -> Figure:
    """Multiply-adds of 192 to 32 channels by 5x5, with a reduction in front."""
    drawing, axes = plot(6.4, 3.3)
    reduced = np.arange(4, 193)
    cost = [multiply_adds([192, int(r), 32], [1, 5]) * 784 / 1e6 for r in reduced]
    direct = multiply_adds([192, 32], [5]) * 784 / 1e6
    axes.plot(reduced, cost, color=COLORS["blue"], linestyle="-", label="1×1, then 5×5")
    axes.plot([0, 192], [direct, direct], color=COLORS["orange"], linestyle="--",
              label="5×5 directly")
    turn = break_even(192, 32, 5)
    axes.plot([16, turn], [multiply_adds([192, 16, 32], [1, 5]) * 784 / 1e6, direct], "o",
              color=COLORS["ink"])
    axes.annotate("GoogLeNet: 16 channels, 12.4", (16, 12.4), xytext=(28, 8), fontsize=10,
                  color=COLORS["ink"], va="center")
    axes.annotate(f"{turn:.0f}", (turn, direct), xytext=(turn, direct + 9), fontsize=10,
                  color=COLORS["ink"], ha="center")
    axes.set(xlabel="channels between the two", ylabel="multiply-adds (millions)",
             xlim=(0, 192), ylim=(0, 155), title="192 to 32 channels at 28 × 28")
    axes.legend(loc="upper left")
    return drawing
