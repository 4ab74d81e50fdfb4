"""How related are entries a given distance apart: rows of digits, shuffled digits, columns of a table."""

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_digits, load_wine

from guide.figures import COLORS, plot
from snippets.convolution.convolution_beyond_images import correlation_by_distance


def figure() -> Figure:
    digits = load_digits().images
    shuffled = digits.reshape(-1, 64)[:, np.random.default_rng(0).permutation(64)]
    wine = load_wine().data[:, None]
    drawing, axes = plot(6.4, 3.4)
    distances = list(range(1, 8))
    for name, x, color, line, marker in [
        ("wine: columns of a table", wine, "orange", "--", "s"),
        ("digits, pixels shuffled", shuffled.reshape(-1, 8, 8), "purple", ":", "D"),
        ("digits: pixels of a row", digits, "blue", "-", "o"),
    ]:
        values = np.round(correlation_by_distance(x, distances), 6)
        axes.plot(distances, values, line, marker=marker, color=COLORS[color], label=name)
    axes.set(xlabel="distance along the axis", ylabel="mean absolute correlation",
             xticks=distances, ylim=(0, 0.6))
    axes.legend(loc="upper right")
    return drawing
