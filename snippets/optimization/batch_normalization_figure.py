"""Training loss against the learning rate, and against the number of examples per statistic."""

import json
from pathlib import Path
from statistics import median

from guide.figures import COLORS, label, plot

LINES = [("none", "orange", "--", "s"), ("batch norm", "blue", "-", "o"),
         ("batch norm and noise", "green", ":", "^")]
LOST = 6.0  # where runs are drawn that ended in NaN


def figure():
    """Points are runs, lines their medians; loss after 20 epochs, in evaluation mode."""
    path = Path(__file__).with_name("batch_normalization_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, (left, right) = plot(height=3.9, columns=2, width_ratios=[1.7, 1], sharey=True)
    for kind, color, line, marker in LINES:
        rates = [float(lr) for lr in result["sweep"][kind]]
        ends = [[LOST if run["losses"][-1] is None else run["losses"][-1] for run in runs]
                for runs in result["sweep"][kind].values()]
        left.loglog(rates, [median(row) for row in ends], color=COLORS[color], linestyle=line)
        for lr, row in zip(rates, ends, strict=True):
            left.plot([lr] * len(row), row, marker, color=COLORS[color], markersize=3.5,
                      linestyle="")
    left.set(xlabel="learning rate", ylabel="training loss", title="six hidden layers",
             ylim=(7e-4, 12))
    label(left, 0.9, LOST, "NaN", "orange", size=10, align="right")
    label(left, 0.00105, 0.0018, "- -  without", "orange", size=10, align="left")
    label(left, 0.00105, 0.0036, "—  with", "blue", size=10, align="left")
    label(left, 0.00105, 0.0072, "···  with, and noise", "green", size=10, align="left")
    groups = [int(group) for group in result["groups"]]
    ends = [[run["losses"][-1] for run in runs] for runs in result["groups"].values()]
    right.loglog(groups, [median(row) for row in ends], color=COLORS["blue"])
    for group, row in zip(groups, ends, strict=True):
        right.plot([group] * len(row), row, "o", color=COLORS["blue"], markersize=3.5,
                   linestyle="")
    right.set(xlabel="examples per statistic", title="batch norm, lr 0.1")
    right.set_xticks(groups, [str(group) for group in groups])
    right.minorticks_off()
    return drawing
