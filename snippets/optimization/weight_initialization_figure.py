"""Rank of the first weight matrix over training, and test accuracy, for different starts."""

import json
from pathlib import Path

from guide.figures import COLORS, label, plot

# name in the run, color, line style, text, row of the right panel
SHOWN = [
    ("random", "blue", "-", "Xavier"),
    ("constant, dropout", "green", "--", "constant, dropout"),
    ("constant, random first", "purple", "", "constant, layer 1 Xavier"),
    ("constant, random last", "purple", "", "constant, layer 3 Xavier"),
    ("constant", "orange", "-.", "constant"),
    ("zero, sigmoid", "muted", "", "zero, sigmoid"),
    ("zero", "red", ":", "zero"),
]


def figure():
    """Left: singular values above 1 % of the largest, five seeds. Right: accuracy of each seed."""
    path = Path(__file__).with_name("weight_initialization_experiment.json")
    runs = json.loads(path.read_text(encoding="utf-8"))["runs"]
    drawing, (left, right) = plot(height=3.7, columns=2, width_ratios=[1, 1.05])
    for name, color, line, _ in SHOWN:
        if line:
            for run in runs[name]:
                left.plot(run["step"], [ranks[0] for ranks in run["rank"]],
                          color=COLORS[color], linestyle=line, linewidth=1.5)
    for y, text, color in ((29.5, "Xavier", "blue"), (16.5, "constant, dropout", "green"),
                           (3.4, "constant: 1", "orange"), (-2.4, "zero: 0", "red")):
        label(left, 590, y, text, color, size=10, align="right")
    left.set(xlabel="step", ylabel="singular values above 1 %", ylim=(-4.5, 34),
             title="rank of the first matrix")
    for y, (name, color, *_) in enumerate(reversed(SHOWN)):
        scores = [100 * run["accuracy"] for run in runs[name]]
        right.plot(scores, [y] * len(scores), "o", color=COLORS[color], markersize=5)
    right.set(xlabel="test accuracy, %", xlim=(0, 105), title="five splits each")
    right.set_yticks(range(len(SHOWN)), [text for *_, text in reversed(SHOWN)], fontsize=10)
    return drawing
