"""One figure: loss and gradient of one sigmoid output, cross-entropy and squared error."""

import numpy as np

from guide.figures import COLORS, label, plot


def figure():
    """Left: loss against the logit. Right: size of the gradient. The target is 1."""
    drawing, (left, right) = plot(height=3.6, columns=2)
    z = np.linspace(-10, 6, 161)
    q = 1 / (1 + np.exp(-z))
    left.plot(z, np.log1p(np.exp(-z)), color=COLORS["blue"], linestyle="-")
    left.plot(z, (1 - q) ** 2 / 2, color=COLORS["orange"], linestyle="--")
    left.set(xlabel="logit; target 1", title="loss", xticks=[-10, -5, 0, 5], ylim=(0, 10.5))
    label(left, -5.4, 7.2, "cross-entropy", "blue", align="left")
    label(left, -9.8, 1.15, "squared error", "orange", align="left")
    right.plot(z, 1 - q, color=COLORS["blue"], linestyle="-")
    right.plot(z, (1 - q) ** 2 * q, color=COLORS["orange"], linestyle="--")
    right.set(xlabel="logit; target 1", title="size of the gradient", xticks=[-10, -5, 0, 5],
              ylim=(0, 1.12))
    label(right, -9.8, 0.92, "1 − q", "blue", align="left")
    label(right, -9.8, 0.1, "q(1 − q)²", "orange", align="left")
    label(right, -9.8, 0.45, "confidently\nwrong", "muted", align="left", size=10)
    label(right, 6, 0.45, "right", "muted", align="right", size=10)
    return drawing
