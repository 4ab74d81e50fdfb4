"""What more data buys: learning curves with the exponents that Hestness and colleagues measured."""

import numpy as np

from guide.figures import COLORS, plot

EXPONENTS = [  # arXiv 1712.00409: error falls as data ** -exponent
    ("ImageNet, top-1 error", 0.309, "blue", "-"),
    ("speech, character error", 0.299, "orange", "--"),
    ("translation, token error", 0.128, "green", "-."),
    ("words, cross-entropy", 0.066, "purple", ":"),
]


def figure():
    figure, axes = plot(6.4, 3.5)
    data = np.logspace(0, 4, 50)
    for _, exponent, color, style in EXPONENTS:
        axes.loglog(data, data**-exponent, color=COLORS[color], linestyle=style)
    for (name, exponent, color, _), shift in zip(EXPONENTS, (0.89, 1.12, 1.0, 1.06), strict=True):
        axes.text(1.3e4, 1e4**-exponent * shift, name, color=COLORS[color], va="center", fontsize=10)
    axes.axhline(0.5, color=COLORS["muted"], linewidth=1)
    axes.text(1.3e4, 0.47, "half of the error", color=COLORS["muted"], va="top", fontsize=10)
    axes.set(xlabel="training data, as a multiple of what you have",
             ylabel="error, relative to now", xlim=(1, 1e6), ylim=(0.045, 1.15))
    axes.set_xticks([1, 10, 100, 1000, 10000], ["1", "10", "100", "1,000", "10,000"])
    axes.set_yticks([0.05, 0.1, 0.2, 0.5, 1.0], ["0.05", "0.1", "0.2", "0.5", "1"])
    axes.minorticks_off()
    return figure
