"""Three figures: one race counted in two ways, the price of a batch size, the full batch."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot

RESULT = json.loads(Path(__file__).with_name("gradient_descent_variants_experiment.json")
                    .read_text(encoding="utf-8"))
STYLES = {1: ("orange", "--", "batch 1"), 32: ("blue", "-", "batch 32"),
          442: ("green", "-.", "batch 442, all")}


def figure():
    """Excess loss against gradient evaluations and against steps, for three batch sizes."""
    drawing, (top, bottom) = plot(height=6.4, rows=2)
    for curve in RESULT["curves"]:
        color, style, name = STYLES[curve["batch"]]
        steps, excess = np.array(curve["steps"]), curve["excess"]
        top.semilogy(steps * curve["batch"], excess, color=COLORS[color], linestyle=style,
                     label=name)
        bottom.semilogy(steps, excess, color=COLORS[color], linestyle=style, label=name)
    top.set(xlabel="gradient evaluations", xlim=(0, 3000))
    bottom.set(xlabel="steps", xlim=(0, 40))
    for axes in (top, bottom):
        axes.set(ylabel="excess training loss", ylim=(1e-3, 0.4))
        axes.axhline(0.01, color=COLORS["muted"], linestyle=":", linewidth=1.2)
    label(bottom, 39.5, 0.0122, "target", "muted", size=10, align="right")
    top.legend(loc="lower left")
    return drawing


def figure_batch():
    """Steps and gradient evaluations to two targets, against the batch size."""
    drawing, (top, bottom) = plot(height=6.2, rows=2, sharex=True)
    for target, color, style, marker in [(0.003, "purple", "--", "s"), (0.01, "blue", "-", "o")]:
        rows = [row for row in RESULT["race"] if row["target"] == target]
        batch = np.array([row["batch"] for row in rows])
        steps = np.array([row["steps"] for row in rows])
        top.loglog(batch, steps, color=COLORS[color], linestyle=style, marker=marker,
                   markersize=5, label=f"excess {target}")
        top.loglog(batch, steps[0] / batch, color=COLORS["muted"], linestyle=":", linewidth=1.2)
        bottom.loglog(batch, steps * batch, color=COLORS[color], linestyle=style, marker=marker,
                      markersize=5, label=f"excess {target}")
    bottom.axhline(442, color=COLORS["muted"], linestyle=":", linewidth=1.2)
    label(bottom, 1, 490, "one epoch", "muted", size=10, align="left")
    top.set(ylabel="steps", ylim=(2, 3000))
    label(top, 1, 3.2, "dotted: twice the batch, half the steps", "muted", size=10, align="left")
    bottom.set(xlabel="batch size", ylabel="gradient evaluations", ylim=(200, 5000))
    bottom.set_xticks([1, 4, 16, 64, 442], ["1", "4", "16", "64", "442"])
    bottom.set_yticks([300, 1000, 3000], ["300", "1,000", "3,000"])
    top.set_yticks([3, 10, 100, 1000], ["3", "10", "100", "1,000"])
    for axes in (top, bottom):
        axes.minorticks_off()
    top.legend(loc="upper right")
    return drawing


def figure_full():
    """Test error of the network for both batch sizes, every seed."""
    drawing, axes = plot(height=3.2)
    order = [(1000, 20), (32, 625), (1000, 625), (32, 2500), (1000, 2500)]
    for place, (batch, steps) in enumerate(order):
        row = next(r for r in RESULT["network"] if (r["batch"], r["steps"]) == (batch, steps))
        color, marker = ("blue", "o") if batch == 32 else ("orange", "s")
        error = 100 * (1 - np.array(row["test"]))
        y = len(order) - 1 - place
        axes.semilogx(error, np.full(len(error), y), marker, color=COLORS[color], markersize=6,
                      fillstyle="none")
        axes.semilogx([error.mean()], [y], "|", color=COLORS["ink"], markersize=18,
                      markeredgewidth=2)
    names = [f"{'full' if b == 1000 else 'batch 32'}, {s:,} steps" for b, s in order]
    axes.set_yticks(range(len(order)), names[::-1])
    axes.set(xlabel="test error in percent, 5 seeds and their mean", ylim=(-0.6, 4.6),
             xlim=(1.2, 45))
    axes.set_xticks([2, 5, 10, 20, 40], ["2", "5", "10", "20", "40"])
    axes.minorticks_off()
    return drawing
