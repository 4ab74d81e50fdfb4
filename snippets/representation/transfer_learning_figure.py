"""Accuracy on the target digits by frozen layers and by number of labels."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot

RESULT = json.loads(Path(__file__).with_name("transfer_learning_experiment.json")
                    .read_text(encoding="utf-8"))["runs"]


def figure():
    """Left: by frozen layers, for 5 and 100 labels per class. Right: by labels."""
    drawing, (left, right) = plot(height=4.1, columns=2)
    frozen, labels = range(5), (2, 5, 20, 100)
    for start, color, style in (("source", "blue", "-o"), ("random", "orange", "--s")):
        for count, width in ((5, 1.2), (100, 2.4)):
            runs = np.array([RESULT[f"moved {start} {k} {count}"] for k in frozen])
            left.plot(frozen, runs.mean(axis=1), style, color=COLORS[color], linewidth=width)
            left.plot(frozen, runs, ".", color=COLORS[color], markersize=4)
    left.set(xlabel="frozen layers of 4", ylabel="accuracy, %", xticks=frozen, ylim=(15, 90),
             title="5 (thin), 100 labels")
    looks = (("source", 4, "head only", "green", "-.^"), ("source", 0, "all layers", "blue", "-o"),
             ("random", 0, "from scratch", "orange", "--s"))
    for start, k, name, color, style in looks:
        runs = np.array([RESULT[f"moved {start} {k} {count}"] for count in labels])
        right.plot(range(4), runs.mean(axis=1), style, color=COLORS[color], label=name)
        right.plot(range(4), runs, ".", color=COLORS[color], markersize=4)
    right.set_xticks(range(4), [str(count) for count in labels])
    right.set(xlabel="labels per class", ylim=(15, 90), title="6 splits, mean as line")
    right.legend(loc="upper left")
    label(left, 4.1, 88, "source layers", "blue", size=10.5, align="right")
    label(left, 4.1, 18, "random layers", "orange", size=10.5, align="right")
    return drawing
