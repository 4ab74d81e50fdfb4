"""Figures: the smallest GAN circling its solution, and modes covered on the ring."""

import json
import math
from pathlib import Path

from guide.figures import COLORS, plot
from snippets.generative.gan import dirac_gan

EXPERIMENT = Path(__file__).with_name("gan_experiment.json")
STYLES = {
    "minimax": ("purple", ":"),
    "non-saturating": ("orange", "-"),
    "packing": ("red", "-."),
    "R1": ("green", "--"),
    "minibatch statistic": ("blue", (0, (5, 1, 1, 1))),
}


def figure():
    """Worst of eight runs as points, and the mean number of modes over the steps."""
    settings = json.loads(EXPERIMENT.read_text(encoding="utf-8"))["settings"]
    with_points = ("non-saturating", "minibatch statistic", "R1")
    drawing, axes = plot(6.4, 5.4, columns=3, rows=2, height_ratios=(2.0, 3.0))
    for ax, name in zip(axes[0], with_points, strict=True):
        for i in range(8):
            angle = i * math.pi / 4
            ax.plot([2 * math.cos(angle)], [2 * math.sin(angle)], "o", color=COLORS["muted"],
                    markersize=13, markerfacecolor="none", linewidth=0)
        x, y = zip(*settings[name]["worst"], strict=True)
        ax.plot(x, y, ".", color=COLORS[STYLES[name][0]], markersize=3)
        ax.set(title=name, xlim=(-2.7, 2.7), ylim=(-2.7, 2.7), aspect="equal", xticks=[], yticks=[])
    grid = axes[1, 0].get_gridspec()
    for ax in axes[1]:
        ax.remove()
    below = drawing.add_subplot(grid[1, :])
    for spine in ("top", "right"):
        below.spines[spine].set_visible(False)
    for name, (color, line) in STYLES.items():
        steps, covered, _ = zip(*settings[name]["curve"], strict=True)
        mean = [sum(values) / len(values) for values in covered]
        below.plot(steps, mean, linestyle=line, color=COLORS[color], label=name)
    below.axhline(8, color=COLORS["muted"], linewidth=0.8, linestyle="-")
    below.set(xlabel="step", ylabel="modes covered, mean of 8 runs", ylim=(0, 8.4), yticks=range(0, 9, 2))
    below.legend(loc="lower right")
    return drawing


def figure_dirac():
    """Paths of the generated point and the discriminator's slope, with and without R1."""
    drawing, axes = plot(6.4, 3.1, columns=3, sharex=True, sharey=True)
    shown = [("minimax", 0.0, True, "purple"), ("non-saturating", 0.0, False, "orange"),
             ("minimax, R1", 0.3, True, "green")]
    for ax, (name, penalty, saturating, color) in zip(axes, shown, strict=True):
        theta, psi = dirac_gan(0.1, penalty, 500, saturating).T
        ax.plot(theta, psi, "-", color=COLORS[color], linewidth=1.3)
        ax.plot([1], [1], "o", color=COLORS[color], markersize=6)
        ax.plot([0], [0], "+", color=COLORS["ink"], markersize=11, markeredgewidth=2)
        ax.set(title=name, xlabel="point θ", aspect="equal", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    axes[0].set_ylabel("slope ψ")
    return drawing
