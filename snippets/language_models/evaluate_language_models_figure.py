"""How wide the error bar is, by the number of questions."""

import numpy as np

from guide.figures import COLORS, label, plot


def figure():
    """Half-widths of 95 % intervals for one model, two models apart, and two as pairs."""
    n = np.logspace(np.log10(50), 4, 60)
    lines = (
        ("difference, unpaired", 0.81 * 0.19 + 0.78 * 0.22, "red", "--", 1.25),
        ("one model at 80 %", 0.8 * 0.2, "blue", "-", 0.92),
        ("difference, paired", 0.06 + 0.03 - 0.03**2, "green", "-.", 0.8),
    )
    drawing, axes = plot(6.4, 3.7)
    for name, variance, color, style, up in lines:
        half = 196 * np.sqrt(variance / n)
        axes.plot(n, half, color=COLORS[color], linestyle=style)
        label(axes, 10_500, half[-1] * up, name, color, size=10, align="left")
    for questions, name in ((164, "164"), (1000, "1,000")):
        axes.axvline(questions, color=COLORS["muted"], linestyle=":", linewidth=1.2)
        label(axes, questions * 1.06, 0.36, name, "muted", size=10, align="left")
    axes.set(xscale="log", yscale="log", xlim=(50, 10_000), ylim=(0.3, 20), xlabel="questions",
             ylabel="half-width of the 95 %\ninterval, points")
    axes.set_yticks([0.5, 1, 2, 5, 10, 20], ["0.5", "1", "2", "5", "10", "20"])
    axes.set_xticks([100, 1000, 10_000], ["100", "1,000", "10,000"])
    axes.minorticks_off()
    return drawing
