"""How much each pair of rotary columns is slowed by three ways of extension."""

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.language_models.long_context import (
    ntk_frequencies,
    position_interpolation,
    rope_frequencies,
    yarn_frequencies,
)

DIM, BASE, FACTOR, ORIGINAL = 128, 10_000.0, 32.0, 4096


def figure():
    """Slowed by, over pairs from fast to slow; right of the line no full turn was ever trained."""
    drawing, axes = plot(height=3.6)
    plain, pairs = rope_frequencies(DIM, BASE), np.arange(DIM // 2)
    ways = ((position_interpolation(DIM, BASE, FACTOR), "purple", ":"),
            (ntk_frequencies(DIM, BASE, FACTOR), "orange", "--"),
            (yarn_frequencies(DIM, BASE, FACTOR, ORIGINAL)[0], "blue", "-"))
    for used, color, style in ways:
        axes.semilogy(pairs, plain / used, color=COLORS[color], linestyle=style)
    edge = int(np.sum(ORIGINAL * plain >= 2 * np.pi))
    axes.axvline(edge - 0.5, color=COLORS["muted"], linewidth=1.2)
    axes.axvspan(edge - 0.5, 63.5, color=COLORS["grey_fill"])
    label(axes, 12, 41, "position interpolation", "purple")
    label(axes, 20, 4.6, "NTK-aware", "orange")
    label(axes, 34, 1.3, "YaRN", "blue")
    label(axes, 54.7, 1.35, "no full turn\nin 4,096 tokens", "muted", size=10)
    axes.set(xlabel="pair of columns, fast to slow", ylabel="slowed by", xlim=(-1, 63.5), ylim=(0.9, 55))
    axes.set_yticks([1, 2, 4, 8, 16, 32], ["1", "2", "4", "8", "16", "32"])
    axes.minorticks_off()
    return drawing
