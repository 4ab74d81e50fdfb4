"""Two figures: the measured runs, and the factors of early stopping and L2."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.regularization.early_stopping import l2_factor, stopped_factor

RESULT = json.loads(
    Path(__file__).with_name("early_stopping_experiment.json").read_text(encoding="utf-8"))


def figure():
    """Left: mean curves with the best epochs. Right: test minus validation error by validation size."""
    drawing, (left, right) = plot(height=3.8, columns=2)
    train, test = (np.array(RESULT["mean"][name]) for name in ("train", "test"))
    epochs = np.arange(1, len(test) + 1)
    left.plot(epochs, train[:, 0], color=COLORS["blue"], linestyle="--")
    left.plot(epochs, test[:, 0], color=COLORS["orange"], linestyle="-")
    left.plot(epochs, 5 * test[:, 1], color=COLORS["purple"], linestyle="-.")
    for column, color, factor in ((0, "orange", 1), (1, "purple", 5)):
        best = int(test[:, column].argmin())
        left.plot(best + 1, factor * test[best, column], "o", color=COLORS[color], markersize=7)
    left.set(xlabel="epoch", title="mean of 30 splits", ylim=(0, 1.6), xlim=(0, 150))
    label(left, 148, 0.12, "training loss", "blue", size=11, align="right")
    label(left, 148, 0.53, "test loss", "orange", size=11, align="right")
    label(left, 148, 1.16, "5 × test error", "purple", size=11, align="right")
    sizes = [50, 100, 200, 400]
    for shift, which, color, marker in ((0.94, "chosen", "red", "s"), (1.06, "average", "green", "o")):
        values = np.array([RESULT["optimism"][f"{size} error"][which] for size in sizes]) * 100
        right.errorbar(np.array(sizes) * shift, values.mean(axis=1),
                       values.std(axis=1, ddof=1) / np.sqrt(values.shape[1]), fmt=marker,
                       color=COLORS[color], markersize=7, capsize=4, linewidth=1.6)
    right.set_xscale("log")
    right.set_xticks(sizes, [str(size) for size in sizes])
    right.set_xticks([], minor=True)
    right.axhline(0, color=COLORS["muted"], linewidth=1, linestyle="-")
    right.set(xlabel="validation images", title="test − validation error", ylabel="points", ylim=(-2, 6),
              xlim=(40, 560))
    label(right, 540, 5.4, "at the best epoch", "red", size=11, align="right")
    label(right, 540, -1.5, "mean of all epochs", "green", size=11, align="right")
    return drawing


def figure_filters():
    """Share of the way to the minimum against eigenvalue times training time."""
    u = np.geomspace(0.01, 100, 400)
    drawing, axes = plot(height=3.3)
    axes.semilogx(u, stopped_factor(u, 1e-4, 10_000), color=COLORS["orange"])
    axes.semilogx(u, l2_factor(u, 1.0), color=COLORS["blue"], linestyle="--")
    label(axes, 1.25, 0.88, "stopped at time t", "orange", size=11, align="right")
    label(axes, 4.5, 0.7, "L2 with alpha = 1/t", "blue", size=11, align="left")
    axes.set(xlabel="eigenvalue × t, where t = learning rate × steps", ylabel="share of the way",
             ylim=(0, 1.05))
    axes.set_xticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
    return drawing
