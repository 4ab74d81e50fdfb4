"""Max, average and stride as detectors, and a peak that moves inside and out of its window."""

from matplotlib.figure import Figure

from guide.figures import COLORS, plot
from snippets.convolution.max_pooling import auc

LOOKS = {"max": ("maximum", "orange", "-", "o"), "average": ("average", "blue", "--", "s"),
         "stride": ("stride: one fixed cell", "purple", ":", "D")}


def figure() -> Figure:
    """Probability of the right order against the number of cells that carry the signal."""
    drawing, axes = plot(6.4, 3.5)
    counts = range(1, 17)
    for how, (name, color, line, marker) in LOOKS.items():
        values = [round(auc(how, 16, count, 2.0), 6) for count in counts]
        axes.plot(counts, values, line, marker=marker, color=COLORS[color], label=name, markersize=5)
    axes.axvline(4.5, color=COLORS["muted"], linewidth=1, linestyle="-")
    axes.text(4.7, 0.75, "average ahead", color=COLORS["ink"], fontsize=10)
    axes.text(4.3, 0.69, "maximum\nahead", color=COLORS["ink"], fontsize=10, ha="right")
    axes.set(xlabel="cells of 16 that carry the signal", ylabel="P(window with signal wins)",
             xticks=[1, 4, 8, 12, 16], ylim=(0.5, 1.02))
    axes.legend(loc="lower right")
    return drawing
