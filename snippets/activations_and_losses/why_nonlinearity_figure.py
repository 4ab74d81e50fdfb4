"""Two figures: XOR before and after a ReLU layer, and fit errors by activation and width."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.activations_and_losses.why_nonlinearity import relu

BITS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = np.array([0, 1, 1, 0])


def figure():
    """Left the four inputs, right the same four in the plane of the two hidden units."""
    drawing, (left, right) = plot(height=3.1, columns=2)
    total = BITS.sum(axis=1)
    hidden = np.column_stack([relu(total), relu(total - 1)])
    for ax, points in ((left, BITS), (right, hidden)):
        ax.plot(*points[TARGETS == 0].T, "o", color=COLORS["blue"], markersize=12)
        ax.plot(*points[TARGETS == 1].T, "s", color=COLORS["orange"], markersize=11)
        ax.set_xticks([0, 1, 2])
        ax.set_yticks([0, 1])
        ax.grid(visible=False)
    left.set(xlim=(-0.5, 1.6), ylim=(-0.4, 1.5), title="input", xlabel="x1", ylabel="x2")
    for x, y in BITS:
        label(left, x + 0.12, y + 0.17, f"{int(x)}{int(y)}", size=10, align="left")
    label(left, 0.5, 0.5, "no line", "muted")

    right.set(xlim=(-0.4, 2.5), ylim=(-0.4, 1.5), title="after two ReLU units",
              xlabel="relu(x1 + x2)", ylabel="relu(x1 + x2 − 1)")
    border = np.array([-0.4, 2.5])
    right.plot(border, border / 2 - 0.25, color=COLORS["ink"], linestyle="--", linewidth=1.4)
    label(right, -0.02, 0.24, "00", size=10)
    label(right, 1.0, -0.24, "01 and 10", size=10)
    label(right, 1.96, 1.22, "11", size=10)
    return drawing


def figure_fit():
    """Error against width, both logarithmic: polynomials stop, ReLU and tanh do not."""
    drawing, ax = plot(height=3.5)
    path = Path(__file__).with_name("why_nonlinearity_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    widths, errors = result["widths"], result["errors"]
    styles = {"identity": ("muted", ":", "s"), "square": ("purple", "--", "^"),
              "cube": ("green", "-.", "v"), "ReLU": ("orange", "-", "o"),
              "tanh": ("blue", "-", "D")}
    for name, (color, line, marker) in styles.items():
        ax.loglog(widths, np.maximum(errors[name], 1e-6), color=COLORS[color], linestyle=line,
                  marker=marker, markersize=5)
    ax.set(xlabel="hidden units", ylabel="RMS error", ylim=(2e-5, 3), xlim=(1.8, 430))
    ax.set_xticks(widths, [str(width) for width in widths])
    ax.minorticks_off()
    for name, y, color in (("identity", 1.5, "muted"), ("square", 0.66, "purple"),
                           ("cube", 0.29, "green"), ("ReLU", 0.006, "orange")):
        label(ax, 145, y, name, color, size=11, align="left")
    label(ax, 18, 1.2e-4, "tanh", "blue", align="left")
    return drawing
