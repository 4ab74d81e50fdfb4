"""One token through a router and two of four experts, and what balancing did in a small layer."""

import json
from pathlib import Path

from guide.figures import COLORS, arrow, box, diagram, label, plot
from snippets.transformers.mixture_of_experts_experiment import KINDS


def figure():
    """Token below, router left, four experts of which two are chosen, a shared one, the sum on top."""
    drawing, axes = diagram(6.4, 3.9)
    box(axes, 3.2, 0.35, 1.3, 0.42, "token $x$", "muted", size=11)
    box(axes, 0.95, 1.25, 1.5, 0.56, "router\n.5  .3  .1  .1", "orange", size=10)
    arrow(axes, (2.55, 0.35), (0.95, 0.97), "muted")
    places = [2.35, 3.3, 4.25, 5.2]
    for number, x in enumerate(places):
        chosen = number < 2
        box(axes, x, 2.05, 0.82, 0.5, f"expert {number + 1}", "blue" if chosen else "muted", size=10)
        if chosen:
            arrow(axes, (3.2, 0.56), (x, 1.8), "blue")
            arrow(axes, (x, 2.3), (3.4, 3.2), "blue")
    label(axes, 2.3, 2.75, r"$\times\frac{5}{8}$", "orange", size=13)
    label(axes, 3.68, 2.62, r"$\times\frac{3}{8}$", "orange", size=13)
    arrow(axes, (1.2, 1.53), (2.05, 2.7), "orange", dashed=True)
    label(axes, 4.72, 1.55, "not computed", "muted", size=10)
    box(axes, 5.55, 1.0, 1.3, 0.5, "shared expert", "green", size=10)
    arrow(axes, (3.85, 0.35), (5.55, 0.75), "green")
    arrow(axes, (5.9, 1.25), (3.85, 3.4), "green", bend=-0.35)
    box(axes, 3.5, 3.45, 0.7, 0.42, "+", "muted", size=13)
    label(axes, 1.55, 3.45, "added to the residual", "muted", size=10)
    return drawing


def figure_balance():
    """Dead experts, largest share and error, one marker per start."""
    path = Path(__file__).with_name("mixture_of_experts_experiment.json")
    runs = json.loads(path.read_text(encoding="utf-8"))["runs"]
    kinds = [kind for kind in KINDS if "dense" not in kind]
    drawing, both = plot(height=4.0, columns=2, sharey=True)
    for axes, key, title in zip(both, ("largest", "error"), ("largest share (%)", "error (%)"), strict=True):
        for row, kind in enumerate(kinds):
            values = [100 * value for value in runs[kind][key]]
            axes.plot(values, [row + 0.12 * (i - 1.5) for i in range(len(values))], linestyle="",
                      markersize=6, marker="o" if "top 1" in kind else "s",
                      color=COLORS["orange" if "top 1" in kind else "blue"])
        axes.set(yticks=range(len(kinds)), yticklabels=kinds, ylim=(len(kinds) - 0.4, -0.6), xlabel=title)
    both[0].set(xlim=(8, 48))
    both[1].set(xlim=(5, 18))
    both[0].axvline(12.5, color=COLORS["muted"], linewidth=1.2, linestyle=":")
    return drawing
