"""The three products of a dense layer, and what loops and batch size cost, as measured."""

import json
from pathlib import Path

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import NullLocator

from guide.figures import COLORS, diagram, label, plot
from snippets.backpropagation import matrix_form_experiment as experiment

RESULT = Path(__file__).with_name("matrix_form_experiment.json")


def figure():
    _, axes = diagram(6.4, 3.7)
    cell, sizes = 0.17, {"N": 5, "D": 4, "K": 3}

    def matrix(center: float, middle: float, rows: str, columns: str, name: str, color: str) -> None:
        height, width = sizes[rows] * cell, sizes[columns] * cell
        left, bottom = center - width / 2, middle - height / 2
        axes.add_patch(Rectangle((left, bottom), width, height, linewidth=1.4,
                                 facecolor=COLORS[f"{color}_fill"], edgecolor=COLORS[color]))
        label(axes, center, middle, name, color, size=11)
        label(axes, left - 0.13, middle, rows, "muted", size=10)
        label(axes, center, bottom + height + 0.12, columns, "muted", size=10)

    rows = [
        (3.1, "forward", [("N", "D", "$X$", "blue"), ("D", "K", "$W$", "green"),
                          ("N", "K", "$Z$", "purple")], "sum over D"),
        (1.85, "gradient of\nthe weight", [("D", "N", "$X^T$", "blue"), ("N", "K", "$G$", "orange"),
                                           ("D", "K", r"$\partial W$", "green")], "sum over N"),
        (0.6, "gradient of\nthe input", [("N", "K", "$G$", "orange"), ("K", "D", "$W^T$", "green"),
                                         ("N", "D", r"$\partial X$", "blue")], "sum over K"),
    ]
    for middle, name, shapes, summed in rows:
        label(axes, 0.1, middle, name, size=11, align="left")
        for center, shape in zip((2.0, 3.3, 4.65), shapes, strict=True):
            matrix(center, middle, *shape)
        label(axes, 2.6, middle, "·", size=14)
        label(axes, 3.92, middle, "=", size=13)
        label(axes, 5.3, middle, summed, "muted", size=10, align="left")
    return axes.figure


def figure_measured():
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    figure, (left, right) = plot(6.4, 3.3, columns=2)
    names = {"scalars": "Python\nloops", "examples": "row by\nrow", "einsum": "compiled\nloops",
             "matrices": "matrix\nproducts"}
    rates = [experiment.rate(result["N"], result["D"], result["K"], result["methods"][name])
             for name in names]
    left.plot(range(len(rates)), rates, "o", color=COLORS["blue"], markersize=7)
    for at, rate in enumerate(rates):
        left.annotate(f"{rate:.2g}", (at, rate), xytext=(0, 8), textcoords="offset points",
                      color=COLORS["ink"], fontsize=10, ha="center")
    left.set_xticks(range(len(rates)), list(names.values()))
    left.set(yscale="log", ylim=(0.01, 400), xlim=(-0.6, 3.6), ylabel="GFLOP/s", title="One layer, N = 64")
    left.tick_params(axis="x", labelsize=10)
    left.grid(axis="x", visible=False)
    batches = [int(batch) for batch in result["batches"]]
    width = result["width"]
    speeds = [experiment.rate(n, width, width, times)
              for n, times in zip(batches, result["batches"].values(), strict=True)]
    right.plot(batches, speeds, marker="o", color=COLORS["blue"])
    right.set(xscale="log", xlabel="rows in the batch", ylim=(0, 110),
              title=f"Matrix products, D = K = {width:,}", xticks=[1, 8, 64, 1024])
    right.set_xticklabels(["1", "8", "64", "1024"])
    right.xaxis.set_minor_locator(NullLocator())
    for index in (0, batches.index(64)):
        right.annotate(f"{np.round(speeds[index], 0):.0f}", (batches[index], speeds[index]),
                       xytext=(-2 if index == 0 else -16, 9), textcoords="offset points",
                       color=COLORS["ink"], fontsize=10)
    return figure
