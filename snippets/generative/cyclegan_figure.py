"""Figures: the two cycles of CycleGAN, what 24 runs per setting learned, and what G(x) hides."""

import json
from pathlib import Path

from guide.figures import COLORS, arrow, box, diagram, label, plot

EXPERIMENT = Path(__file__).with_name("cyclegan_experiment.json")
STYLES = {
    "adversarial only": ("orange", "--", "^"),
    "cycle": ("blue", "-", "o"),
    "cycle, identity": ("green", "-.", "s"),
    "five times heavier": ("purple", ":", "x"),
}


def figure():
    """Forward cycle above, backward cycle below; the same two generators in both."""
    figure, axes = diagram(6.4, 4.55)
    rows = [
        (3.6, "x", "G", "G(x)", "F", "F(G(x))", "blue", "orange", r"$D_Y$", "y", "forward cycle"),
        (1.27, "y", "F", "F(y)", "G", "G(F(y))", "orange", "blue", r"$D_X$", "x", "backward cycle"),
    ]
    for height, start, first, fake, second, end, color, other, judge, real, name in rows:
        # images are boxes in the color of their domain, generators stand on the arrows
        for position, text, paint in ((0.75, start, color), (3.2, fake, other), (5.65, end, color)):
            box(axes, position, height, 1.05, 0.5, text, paint)
        for left, right, text in ((1.275, 2.675, first), (3.725, 5.125, second)):
            arrow(axes, (left, height), (right, height))
            label(axes, (left + right) / 2, height + 0.19, text, size=12)
        axes.plot([0.75, 0.75, 5.65, 5.65], [height + 0.3, height + 0.55, height + 0.55, height + 0.3],
                  color=COLORS["red"], linewidth=1.5, linestyle="--")
        label(axes, 3.2, height + 0.75, f"{name}: cycle loss  |{end} − {start}|", "red")
        box(axes, 3.2, height - 0.85, 0.7, 0.42, judge, "green", size=15)
        arrow(axes, (3.2, height - 0.25), (3.2, height - 0.64))
        label(axes, 1.75, height - 0.85, f"a real {real}", size=11)
        arrow(axes, (2.2, height - 0.85), (2.85, height - 0.85))
        arrow(axes, (3.55, height - 0.85), (3.95, height - 0.85))
        label(axes, 4.0, height - 0.85, "real (1) or fake (0)", "green", align="left")
    return figure


def figure_experiment():
    """Left: the cycle error over the steps. Right: it says nothing about the translation error."""
    settings = json.loads(EXPERIMENT.read_text(encoding="utf-8"))["settings"]
    figure, (left, right) = plot(6.4, 4.0, columns=2)
    for name, (color, line, marker) in STYLES.items():
        result, paint = settings[name], COLORS[color]
        steps, cycle = zip(*result["curve"], strict=True)
        left.plot(steps, cycle, line, color=paint)
        face = paint if marker == "x" else "none"
        right.scatter(result["cycle"], result["error"], s=34, marker=marker, linewidths=1.4,
                      facecolors=face, edgecolors=None if marker == "x" else paint,
                      color=paint if marker == "x" else None)
        right.plot([], [], line, marker=marker, color=paint, markerfacecolor="none", label=name)
    left.set(yscale="log", xlabel="step", ylabel="cycle error, median run")
    left.set_xticks([0, 1000, 2000])
    right.set(xscale="log", xlabel="cycle error after training", ylabel="distance to intended output")
    right.set_ylim(0, 2.35)
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=2,
                  labelcolor=COLORS["ink"], frameon=False)
    return figure


def figure_hidden():
    """Left: the cycle error on the squares. Right: how much of the gray level F can tell from G(x)."""
    runs = json.loads(EXPERIMENT.read_text(encoding="utf-8"))["images"]["runs"]
    figure, (left, right) = plot(6.4, 3.5, columns=2)
    asked = ["untouched", "noise 0.1", "noise 0.3", "cleaned"]
    for weight, name, color, line, marker in (("0.0", "without", "orange", "--", "^"),
                                              ("5.0", "with cycle loss", "blue", "-", "o")):
        for i, run in enumerate(runs[weight]):
            steps, error = zip(*run["curve"], strict=True)
            left.plot(steps, error, line, color=COLORS[color], linewidth=1.4)
            right.plot(range(4), [100 * run["recovered"][key] for key in asked], line, marker=marker,
                       color=COLORS[color], linewidth=1.4, label=name if i == 0 else None)
    left.set(xlabel="step", ylabel="cycle error", ylim=(0, None), title="Round trip")
    right.set(ylabel="level's variance found (%)", ylim=(-3, 103), title="What F reads in G(x)")
    right.set_xticks(range(4), ["as is", "noise\n0.1", "noise\n0.3", "two\ntones"])
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=2,
                  labelcolor=COLORS["ink"], frameon=False)
    return figure
