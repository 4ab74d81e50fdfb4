"""A layer with an adapter, and what rank bought on turned digits."""

import json
from pathlib import Path

from guide.figures import COLORS, arrow, box, diagram, label, plot


def figure():
    """The frozen matrix above, A and B below, both added."""
    drawing, axes = diagram(6.4, 2.9)
    label(axes, 0.55, 1.45, "$x$", size=14)
    label(axes, 0.55, 1.12, "4,096", "muted", size=10)
    box(axes, 3.1, 2.2, 2.3, 0.95, "$W$, frozen\n4,096 × 4,096\n16,777,216 numbers", "muted", size=10)
    box(axes, 2.3, 0.7, 1.0, 0.8, "$A$\n8 × 4,096\nrandom", "blue", size=10)
    box(axes, 4.0, 0.7, 1.0, 0.8, "$B$\n4,096 × 8\nzero", "orange", size=10)
    arrow(axes, (0.8, 1.5), (1.9, 2.2), "muted")
    arrow(axes, (0.8, 1.4), (1.78, 0.75), "blue")
    arrow(axes, (2.82, 0.7), (3.48, 0.7), "blue")
    label(axes, 3.15, 0.42, "8", "blue", size=10)
    box(axes, 5.3, 1.45, 0.4, 0.4, "+", "ink", size=13)
    arrow(axes, (4.27, 2.2), (5.15, 1.6), "muted")
    arrow(axes, (4.52, 0.75), (5.13, 1.28), "orange")
    label(axes, 5.25, 0.8, r"$\times\,\alpha/r$", "orange", size=11)
    arrow(axes, (5.52, 1.45), (5.95, 1.45), "ink")
    label(axes, 6.15, 1.45, "$y$", size=14)
    label(axes, 3.15, 0.12, "trained: 65,536 numbers", size=10)
    return drawing


def figure_rank():
    """Accuracy on turned digits against rank, one marker per start, and full fine-tuning."""
    path = Path(__file__).with_name("lora_experiment.json")
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    drawing, axes = plot(height=3.2)
    names = [*list(rows)[1:], "0"]
    for at, name in enumerate(names):
        values = [100 * value for value in rows[name]["new"]]
        axes.plot([at + 0.07 * (i - 2) for i in range(len(values))], values, linestyle="",
                  marker="s" if name == "0" else "o", markersize=6,
                  color=COLORS["orange" if name == "0" else "blue"])
    axes.set(xticks=range(len(names)), xticklabels=[*names[:-1], "all weights"],
             xlabel="rank of the adapters", ylabel="turned digits right (%)", ylim=(70, 100))
    return drawing
