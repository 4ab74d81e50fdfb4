"""Sigmoid and tanh with their slopes, and the error of a sigmoid and of a cosine output."""

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.activations_and_losses.sigmoid import sigmoid, sigmoid_slope
from snippets.activations_and_losses.sigmoid_mistakes import cosine_output


def figure():
    """Left the two functions and their slopes; right the squared error against the weight."""
    drawing, (left, right) = plot(height=3.4, columns=2)
    z = np.linspace(-5, 5, 401)
    left.plot(z, sigmoid(z), color=COLORS["blue"], linestyle="-")
    left.plot(z, np.tanh(z), color=COLORS["orange"], linestyle="-")
    left.plot(z, sigmoid_slope(z), color=COLORS["blue"], linestyle=":")
    left.plot(z, 1 / np.cosh(z) ** 2, color=COLORS["orange"], linestyle=":")
    left.set(xlabel="z", title="values, slopes dotted", ylim=(-1.15, 1.35))
    left.set_xticks([-4, -2, 0, 2, 4], ["−4", "−2", "0", "2", "4"])
    left.set_yticks([-1, 0, 0.25, 1], ["−1", "0", "0.25", "1"])
    label(left, 3.3, 0.74, "sigmoid", "blue", size=10)
    label(left, 2.6, 1.17, "tanh", "orange", size=10)

    x = np.linspace(-3, 3, 61)
    targets = sigmoid(2 * x)
    weights = np.linspace(-12, 12, 1201)
    cosine = [((cosine_output(w * x - np.pi / 2) - targets) ** 2).mean() for w in weights]
    logistic = [((sigmoid(w * x) - targets) ** 2).mean() for w in weights]
    right.plot(weights, cosine, color=COLORS["red"], linestyle="-", linewidth=1.5)
    right.plot(weights, logistic, color=COLORS["blue"], linestyle="--")
    right.set(xlabel="weight w", title="squared error", ylim=(-0.02, 0.85))
    right.set_xticks([-10, -5, 0, 2, 5, 10], ["−10", "−5", "0", "2", "5", "10"])
    label(right, 7.0, 0.38, "cosine", "red", size=10)
    label(right, 7.0, 0.075, "sigmoid", "blue", size=10)
    return drawing
