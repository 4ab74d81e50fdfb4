"""One figure: accuracy on inputs never seen, by number of examples, for two tasks."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, plot

LINES = {"unit": ("blue", "-", "o"), "network": ("green", "--", "s"), "nearest": ("orange", "-.", "^"),
         "table": ("red", ":", "v"), "parity solver": ("purple", (0, (5, 1, 1, 1)), "D")}


def figure():
    """Left: majority of eleven bits. Right: their parity."""
    path = Path(__file__).with_name("what_is_learning_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, panels = plot(height=4.0, columns=2, sharey=True)
    for axes, task in zip(panels, ("majority", "parity"), strict=True):
        for name, (color, style, marker) in LINES.items():
            seen_not = np.mean(result["accuracy"][task][name], axis=0)[:, 1]
            axes.semilogx(result["sizes"], seen_not, color=COLORS[color], linestyle=style,
                          marker=marker, markersize=5, label=name)
        axes.set(xlabel="examples trained on", title=task, ylim=(-0.03, 1.05))
        axes.set_xticks([10, 100, 1000], ["10", "100", "1,000"])
        axes.tick_params(which="minor", bottom=False)
    panels[0].set_ylabel("accuracy on inputs never seen")
    handles, names = panels[0].get_legend_handles_labels()
    drawing.legend(handles, names, loc="outside lower center", ncols=3, fontsize=10)
    return drawing
