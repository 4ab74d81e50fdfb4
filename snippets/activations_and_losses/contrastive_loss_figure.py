"""One figure: how much information InfoNCE can show, against the batch size."""

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.activations_and_losses.contrastive_loss import gaussian_scores, information_bound


def figure():
    """Estimates with the best critic for pairs of 2, 5 and 10 nats, and the ceiling ln N."""
    rng = np.random.default_rng(0)
    sizes = np.array([4, 16, 64, 256, 1024])
    drawing, axes = plot(height=3.5)
    axes.plot(sizes, np.log(sizes), color=COLORS["muted"], linestyle=":")
    for information, color, style in ((2.0, "green", "^-."), (5.0, "orange", "s--"), (10.0, "blue", "o-")):
        found = [round(float(np.mean([information_bound(gaussian_scores(n, information, rng))
                                      for _ in range(max(4, 2048 // n))])), 2) for n in sizes]
        axes.plot(sizes, found, style, color=COLORS[color])
    axes.set(xscale="log", xlabel="batch size N", ylabel="ln N − loss, nats", ylim=(0, 8))
    axes.set_xticks(sizes, [str(n) for n in sizes])
    axes.minorticks_off()
    label(axes, 230, 6.3, "ceiling ln N", "muted", align="right")
    label(axes, 1000, 5.5, "10 nats", "blue", align="right")
    label(axes, 1000, 4.1, "5 nats", "orange", align="right")
    label(axes, 1000, 1.5, "2 nats", "green", align="right")
    return drawing
