"""Figures: a grid beside random points, one step of Bayesian search, and the four searches."""

import json
from pathlib import Path

import numpy as np

from guide import figures
from snippets.optimization.hyperparameter_search import expected_improvement, posterior

MEASURED = json.loads(Path(__file__).with_name("hyperparameter_search_experiment.json").read_text())
COLORS = figures.COLORS


def figure():
    """Best validation error so far against the budget, mean of the repetitions."""
    drawing, axes = figures.plot(height=3.8)
    styles = {
        "grid": ("grid", "orange", "--"),
        "random": ("random", "blue", "-"),
        "bayesian": ("Bayesian", "green", "-."),
        "halving": ("successive halving", "purple", ":"),
    }
    for name, (text, color, style) in styles.items():
        curve = MEASURED["curves"][name]
        budget = MEASURED["halving_spent"] if name == "halving" else np.arange(1, len(curve) + 1)
        axes.plot(budget, curve, color=COLORS[color], linestyle=style, label=text)
    default = MEASURED["chosen"]["defaults"]["validation"][0]
    axes.axhline(default, color=COLORS["red"], linewidth=1.5, linestyle=(0, (1, 1)),
                 label="defaults, 1 training")
    axes.set(xlabel="budget spent, in full trainings", xscale="log", ylim=(4.8, 9), xlim=(5.5, 90),
             ylabel="best validation error so far (%)")
    axes.set_xticks([6, 10, 20, 40, 81], ["6", "10", "20", "40", "81"])
    axes.minorticks_off()
    axes.legend()
    return drawing


def figure_grid():
    """Nine grid points test three learning rates, nine random points test nine."""
    drawing, both = figures.plot(height=3.0, columns=2, sharey=True)
    axis = (np.arange(3) + 0.5) / 3
    points = {
        "grid: 3 learning rates tested": np.array([(a, b) for a in axis for b in axis]),
        "random: 9 learning rates tested": np.random.default_rng(3).uniform(size=(9, 2)),
    }
    line = np.linspace(0, 1, 200)
    for axes, (title, x) in zip(both, points.items(), strict=True):
        axes.fill_between(line, 1.05, 1.05 + 0.45 * curve(line), color=COLORS["grey_fill"],
                          linewidth=0)
        axes.plot(line, 1.05 + 0.45 * curve(line), color=COLORS["muted"], linewidth=1.5)
        axes.vlines(x[:, 0], x[:, 1], 1.05 + 0.45 * curve(x[:, 0]), color=COLORS["blue"],
                    linewidth=1, linestyles=":")
        axes.plot(x[:, 0], 1.05 + 0.45 * curve(x[:, 0]), "|", color=COLORS["blue"], markersize=9,
                  markeredgewidth=2)
        axes.plot(x[:, 0], x[:, 1], "o", color=COLORS["orange"], markersize=7)
        axes.set_title(title, fontsize=11)
        axes.set(xlim=(0, 1), ylim=(0, 1.55), xticks=[], yticks=[], xlabel="learning rate (matters)")
        axes.grid(False)
    both[0].set_ylabel("weight decay (hardly)")
    return drawing


def curve(u: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * ((u - 0.68) / 0.07) ** 2)


def figure_step():
    """A Gaussian process after five trials, and the expected improvement it proposes by."""
    drawing, (upper, lower) = figures.plot(height=4.6, rows=2, sharex=True,
                                           gridspec_kw={"height_ratios": [2.2, 1]})
    tried = np.array([0.05, 0.3, 0.45, 0.85, 0.97])[:, None]
    score = np.array([0.9, 0.1, -0.6, 0.5, 1.3])
    line = np.linspace(0, 1, 401)[:, None]
    lengths, noise = np.array([0.25]), 0.01
    mean, std = posterior(tried, score, line, lengths, noise)
    best = posterior(tried, score, tried, lengths, noise)[0].min()
    gain = expected_improvement(mean, std, best)
    log_lr = -4 + 4 * line[:, 0]
    upper.fill_between(log_lr, mean - 2 * std, mean + 2 * std, color=COLORS["blue_fill"],
                       linewidth=0, label="mean ± 2 standard deviations")
    upper.plot(log_lr, mean, color=COLORS["blue"], label="posterior mean")
    upper.plot(-4 + 4 * tried[:, 0], score, "o", color=COLORS["ink"], label="tried", markersize=7)
    upper.axhline(best, color=COLORS["muted"], linestyle=":", linewidth=1.5)
    figures.label(upper, -3.95, best - 0.18, "best so far", color="muted", align="left", size=10)
    upper.set(ylabel="standardized error", ylim=(-2.1, 2.4))
    upper.legend(loc="upper center", fontsize=10, ncols=3, columnspacing=1, handlelength=1.4,
                 bbox_to_anchor=(0.5, 1.22))
    lower.plot(log_lr, gain, color=COLORS["green"])
    lower.set(xlabel="logarithm (base 10) of the learning rate", ylabel="expected\nimprovement",
              ylim=(0, round(1.25 * gain.max(), 3)))  # whose last digits depend on the processor
    next_one = log_lr[np.argmax(gain)]
    for axes in (upper, lower):
        axes.axvline(next_one, color=COLORS["orange"], linestyle="--", linewidth=1.5)
    figures.label(lower, next_one + 0.08, 1.12 * gain.max(), "try next", color="orange",
                  align="left", size=10)
    return drawing
