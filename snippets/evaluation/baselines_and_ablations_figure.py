"""Expected best validation accuracy against the number of trials, for two optimizers."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.evaluation.baselines_and_ablations import expected_best, winner


def figure():
    """Left: by validation. Right: the chosen trial on the test set, from five trials on."""
    path = Path(__file__).with_name("baselines_and_ablations_experiment.json")
    search = json.loads(path.read_text(encoding="utf-8"))["search"]
    drawing, (left, right) = plot(height=3.4, columns=2)
    budgets = [1, 2, 3, 4, 5, 7, 10, 14, 20, 30, 60]
    for solver, color, style in (("sgd", "blue", "-"), ("adam", "orange", "--")):
        v, t = (np.array(search[solver][key]) for key in ("validation", "test"))
        best = [100 * expected_best(v, n) for n in budgets]
        left.semilogx(budgets, best, color=COLORS[color], linestyle=style)
        late = [n for n in budgets if n >= 5]
        right.semilogx(late, [100 * expected_best(v, n) for n in late], color=COLORS[color], linestyle=style)
        right.semilogx(late, [100 * winner(v, t, n) for n in late], color=COLORS[color], linestyle=style,
                       marker="o", markersize=4)
    left.set(xlabel="trials", title="best validation in %", ylim=(55, 100))
    left.set_xticks([1, 3, 10, 60], ["1", "3", "10", "60"])
    right.set(xlabel="trials", title="enlarged; dots: test", ylim=(92, 96))
    right.set_xticks([5, 10, 20, 60], ["5", "10", "20", "60"])
    for axes in (left, right):
        axes.minorticks_off()
    label(left, 3.2, 74, "SGD", "blue", size=10)
    label(left, 1.15, 76, "Adam", "orange", size=10)
    label(right, 30, 95.65, "Adam, test", "orange", size=10)
    label(right, 30, 94.55, "SGD", "blue", size=10)
    label(right, 30, 93.9, "Adam", "orange", size=10)
    return drawing
