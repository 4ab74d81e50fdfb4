"""The cell of an LSTM, and what four recurrent networks make of two copy tasks."""

import json
from pathlib import Path

from guide.figures import COLORS, arrow, box, diagram, label, plot
from snippets.sequences.lstm_experiment import KINDS

TASKS = {"fixed": "three symbols, 15 blanks, copy", "selective": "three symbols anywhere among 12 blanks"}


def figure():
    """The cell state on top, multiplied by f and added to; gates below."""
    drawing, axes = diagram(6.4, 3.9)
    top, gate, low = 3.1, 1.6, 0.55
    label(axes, 0.4, top, "$c_{t-1}$", "blue", size=12)
    arrow(axes, (0.7, top), (1.38, top), "blue")
    box(axes, 1.6, top, 0.44, 0.44, "×", "blue", size=13)
    arrow(axes, (1.82, top), (2.88, top), "blue")
    box(axes, 3.1, top, 0.44, 0.44, "+", "blue", size=13)
    arrow(axes, (3.32, top), (5.75, top), "blue")
    label(axes, 6.05, top, "$c_t$", "blue", size=12)
    label(axes, 2.35, top + 0.45, r"direct path: $\partial c_t/\partial c_{t-1} = f_t$", "blue", size=10)

    for at, name in ((1.6, "forget\n$f_t$, σ"), (2.6, "input\n$i_t$, σ"), (3.6, "candidate\n$g_t$, tanh"),
                     (4.75, "output\n$o_t$, σ")):
        box(axes, at, gate, 0.9, 0.62, name, "orange" if "σ" in name else "green", size=10)
        arrow(axes, (at, low + 0.24), (at, gate - 0.31), "muted")
    arrow(axes, (1.6, gate + 0.31), (1.6, top - 0.22), "orange")
    box(axes, 3.1, 2.4, 0.4, 0.4, "×", "green", size=12)
    arrow(axes, (2.6, gate + 0.31), (2.94, 2.25), "orange")
    arrow(axes, (3.6, gate + 0.31), (3.26, 2.25), "green")
    arrow(axes, (3.1, 2.6), (3.1, top - 0.22), "green")
    box(axes, 5.45, 2.4, 0.4, 0.4, "×", "purple", size=12)
    arrow(axes, (5.45, top), (5.45, 2.6), "purple")
    label(axes, 5.05, 2.78, "tanh", "purple", size=10)
    arrow(axes, (4.75, gate + 0.31), (5.27, 2.28), "orange")
    arrow(axes, (5.65, 2.4), (5.95, 2.4), "purple")
    label(axes, 6.15, 2.4, "$h_t$", "purple", size=12)
    box(axes, 3.2, low, 4.4, 0.48, "$x_t$ and $h_{t-1}$, one matrix product for all four", "muted", size=10)
    return drawing


def figure_copy():
    """One row per network, one marker per start, a panel for each task."""
    path = Path(__file__).with_name("lstm_experiment.json")
    runs = json.loads(path.read_text(encoding="utf-8"))["runs"]
    drawing, both = plot(height=4.6, rows=2, sharex=True)
    for axes, (task, title) in zip(both, TASKS.items(), strict=True):
        for row, kind in enumerate(KINDS):
            accuracy = [100 * value for value in runs[f"{task}, {kind}"]["accuracy"]]
            shift = [0.1 * (i - 2.5) for i in range(len(accuracy))]
            axes.plot(accuracy, [row + one for one in shift], linestyle="", markersize=6,
                      marker="o" if "LSTM" in kind else "s",
                      color=COLORS["blue" if "LSTM" in kind else "orange"])
        axes.set(yticks=range(len(KINDS)), yticklabels=list(KINDS), ylim=(len(KINDS) - 0.4, -0.6),
                 xlim=(20, 102), title=title)
        axes.axvline(25, color=COLORS["muted"], linewidth=1.2, linestyle=":")
    both[1].set(xlabel="symbols copied correctly (%); dotted: chance")
    return drawing
