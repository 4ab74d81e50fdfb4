"""One figure: what a rising logit does to the others, and what the temperature does."""

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.activations_and_losses.softmax import softmax

STYLES = [("blue", "-"), ("orange", "--"), ("green", "-.")]


def figure():
    """Left: one logit rises. Right: the same three logits at every temperature."""
    drawing, (left, right) = plot(height=3.7, columns=2, sharey=True)
    third = np.linspace(-4, 8, 121)
    logits = np.stack([np.full_like(third, 2.0), np.full_like(third, 1.0), third], axis=1)
    probs = softmax(logits)
    for column, (color, style) in zip(probs.T, STYLES, strict=True):
        left.plot(third, column, color=COLORS[color], linestyle=style)
    for value in (2.0, 1.0):
        left.axhline(1 / (1 + np.exp(-value)), color=COLORS["muted"], linestyle=":", linewidth=1.5)
    left.set(xlabel="third logit; the others stay at 2 and 1", ylabel="probability",
             title="one logit rises", xticks=[-4, 0, 4, 8])
    left.set_ylim(0, 1.09)
    label(left, -3.9, 0.925, "sigmoid of 2: stays", "muted", size=10, align="left")
    label(left, -3.9, 0.655, "first", "blue", size=10, align="left")
    label(left, -3.9, 0.33, "second", "orange", size=10, align="left")
    label(left, 5.6, 0.62, "third", "green", size=10, align="left")
    label(left, -3.9, 0.775, "sigmoid of 1: stays", "muted", size=10, align="left")

    temperatures = np.logspace(-1, 2, 121)
    at = np.stack([softmax(np.array([2.0, 1.0, 0.0]), t) for t in temperatures])
    for column, (color, style) in zip(at.T, STYLES, strict=True):
        right.semilogx(temperatures, column, color=COLORS[color], linestyle=style)
    right.axhline(1 / 3, color=COLORS["muted"], linestyle=":", linewidth=1.5)
    right.set(xlabel="temperature", title="logits 2, 1, 0")
    right.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    right.tick_params(which="minor", bottom=False)
    label(right, 0.11, 1.045, "one-hot", "muted", size=10, align="left")
    label(right, 100, 0.43, "uniform: 1/3", "muted", size=10, align="right")
    label(right, 0.9, 0.8, "logit 2", "blue", size=10, align="left")
    label(right, 0.12, 0.18, "logit 1", "orange", size=10, align="left")
    label(right, 1.2, 0.05, "logit 0", "green", size=10, align="left")
    return drawing
