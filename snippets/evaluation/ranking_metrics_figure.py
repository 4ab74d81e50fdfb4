"""Hit rate at 10 of two recommenders as more items are ranked beside the relevant one."""

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.evaluation.ranking_metrics import sampled_expectation


def figure():
    """A: rank 5 for 30 % of the users, 5,000 for the rest. B: rank 60 for all, of 10,000."""
    drawing, axes = plot(height=3.2)
    negatives = np.unique(np.logspace(1, np.log10(9999), 60).astype(int))
    a = [0.3 * sampled_expectation(5, 10_000, m, 10) + 0.7 * sampled_expectation(5000, 10_000, m, 10)
         for m in negatives.tolist()]
    b = [sampled_expectation(60, 10_000, m, 10) for m in negatives.tolist()]
    axes.semilogx(negatives, a, color=COLORS["blue"], linestyle="-")
    axes.semilogx(negatives, b, color=COLORS["orange"], linestyle="--")
    axes.axvline(100, color=COLORS["muted"], linestyle=":", linewidth=1.5)
    axes.set(xlabel="sampled negatives", title="hit rate at 10", ylim=(0, 1.05))
    axes.set_xticks([10, 100, 1000, 10_000], ["10", "100", "1,000", "all"])
    axes.minorticks_off()
    label(axes, 40, 0.2, "A: some users\nserved well", "blue", size=10)
    label(axes, 150, 0.82, "B: nobody in\nthe top 10", "orange", size=10, align="left")
    return drawing
