"""One figure: test error against compute for six ways to train one network."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, plot

LINES = (("backpropagation, Adam", "blue", "-", "o"), ("feedback alignment, SGD", "green", "--", "s"),
         ("last layer only, SGD", "muted", (0, (1, 1)), "x"),
         ("16 random directions, SGD", "orange", "-.", "^"), ("random direction, SGD", "red", ":", "v"))


def figure():
    """Share of test digits missed by forward passes spent, both logarithmic."""
    path = Path(__file__).with_name("learning_algorithms_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, axes = plot(height=4.2)
    for name, color, style, marker in LINES:
        cost, accuracy = np.mean(result["methods"][name]["curves"], axis=0).T
        axes.loglog(cost, 1 - accuracy, color=COLORS[color], linestyle=style, marker=marker,
                    markersize=5, label=name.removesuffix(", SGD"))
    axes.set(xlabel="forward passes of a batch (a backward pass counts as two)",
             ylabel="test error", ylim=(0.012, 1.2), xlim=(25, 30000))
    axes.set_xticks([30, 100, 1000, 10000], ["30", "100", "1,000", "10,000"])
    axes.set_yticks([0.02, 0.05, 0.1, 0.2, 0.5, 1], ["2 %", "5 %", "10 %", "20 %", "50 %", "100 %"])
    axes.tick_params(which="minor", bottom=False, left=False)
    axes.minorticks_off()
    drawing.legend(loc="outside lower center", ncols=2, fontsize=10)
    return drawing
