"""One figure: accuracy by number of labels, for labels alone and with unlabeled digits."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, plot


def figure():
    """Test accuracy with 10, 20, 50 and 100 labels."""
    path = Path(__file__).with_name("supervised_and_unsupervised_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    labels, numbers = (10, 20, 50, 100), ("1", "2", "5", "10")
    table = result["accuracy"]
    series = [("clusters, nearest digit of each labeled", "green", "-", "D",
               [np.mean(result["clusters"]["central, cluster"][str(n)]) for n in labels])]
    for name, color, style, marker in (("masked prediction", "blue", "--", "s"),
                                       ("principal components", "purple", "-.", "^"),
                                       ("pixels", "orange", ":", "o"),
                                       ("untrained layer", "muted", (0, (5, 1, 1, 1)), "v")):
        series.append((f"{name}, random labels", color, style, marker,
                       [np.mean(table[name][n]["test"]) for n in numbers]))
    drawing, axes = plot(height=4.4)
    for name, color, style, marker, values in series:
        axes.semilogx(labels, values, color=COLORS[color], linestyle=style, marker=marker,
                      markersize=6, label=name)
    axes.set(xlabel="labeled digits", ylabel="test accuracy", ylim=(0.6, 1.0))
    axes.set_xticks(labels, [str(n) for n in labels])
    axes.tick_params(which="minor", bottom=False)
    axes.legend(loc="lower right", fontsize=10)
    return drawing
