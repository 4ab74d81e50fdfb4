"""Draws the curve of one normalized entry beside a tanh, and both layers under a change of scale."""

import numpy as np

from guide.figures import COLORS, plot
from snippets.interviews.explain_a_paper import dyt, normalized_entry, rms_norm


def figure():
    """Left: the S-curve of the norm and the tanh. Right: size of the output against size of the input."""
    drawing, (left, right) = plot(6.4, 3.3, columns=2)
    u = np.linspace(-4, 4, 401)
    left.plot(u, normalized_entry(u, 1.0, 4) / 2, color=COLORS["blue"])
    left.plot(u, np.tanh(u), "--", color=COLORS["orange"])
    left.text(1.0, 0.45, "norm,\nothers fixed", color=COLORS["blue"], fontsize=10, ha="left", va="center")
    left.text(-0.35, 0.95, "tanh", color=COLORS["orange"], fontsize=10, ha="center", va="center")
    left.set(xlabel="entry (others' size = 1)", ylabel="output, ceiling = 1", ylim=(-1.1, 1.15),
             title="Nearly the same S")

    rows = np.random.default_rng(0).normal(size=(200, 64))
    scale = np.logspace(-2, 2, 41)
    one, zero = np.ones(64), np.zeros(64)
    for layer, color, style in [
        (rms_norm, "blue", "-"), (lambda x: dyt(x, 0.5, one, zero), "orange", "--")
    ]:
        size = [np.sqrt(np.mean(layer(c * rows) ** 2)) for c in scale]
        right.plot(scale, size, style, color=COLORS[color])
    right.text(0.1, 1.12, "norm: always 1", color=COLORS["blue"], fontsize=10, ha="center", va="center")
    right.text(4.5, 0.35, "DyT,\nalpha = 0.5", color=COLORS["orange"], fontsize=10, ha="left", va="center")
    right.set(xscale="log", xlabel="size of the input", ylabel="size of the output", ylim=(0, 1.25),
              title="Not the same repair")
    return drawing
