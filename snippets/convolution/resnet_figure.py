"""Figures of the answer on ResNet: three residual blocks, and the degradation that was measured."""

import json
from pathlib import Path

from matplotlib.figure import Figure

from guide.figures import COLORS, arrow, box, diagram, label, plot

RESULT = Path(__file__).with_name("resnet_experiment.json")


def figure() -> Figure:
    """Training error against depth, and the training loss by epoch at two depths."""
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    drawing, (left, right) = plot(6.4, 3.5, columns=2)
    looks = {False: ("plain", "orange", "--", "s"), True: ("residual", "blue", "-", "o")}
    for residual, (name, color, line, marker) in looks.items():
        runs = [run for run in result["runs"]
                if (run["residual"], run["epochs"], run["lr"]) == (residual, 30, 0.1)]
        depths = sorted({run["depth"] for run in runs})
        means = [_mean([r["train_error"] for r in runs if r["depth"] == d]) for d in depths]
        left.plot(depths, means, color=COLORS[color], linestyle=line, label=name)
        left.plot([r["depth"] for r in runs], [r["train_error"] for r in runs], marker,
                  color=COLORS[color], markersize=5)
        for depth in (depths[0], depths[-1]):
            curves = [r["loss"] for r in runs if r["depth"] == depth]
            curve = [_mean(values) for values in zip(*curves, strict=True)]
            right.plot(range(1, len(curve) + 1), curve, color=COLORS[color], linestyle=line,
                       linewidth=2.4 if depth == depths[-1] else 1.1)
            if depth == depths[-1] or residual:  # the two thin curves end side by side
                right.text(len(curve) + 0.7, curve[-1], str(depth), va="center", fontsize=10,
                           color=COLORS[color if depth == depths[-1] else "ink"])
    left.set(xlabel="layers", ylabel="training error (%)", xticks=depths,
             title="Error after training")
    left.legend(loc="upper left")
    right.set(xlabel="epoch", ylabel="training loss", yscale="log", title="Loss, 8 and 44 layers",
              xlim=(0, 35))
    return drawing


def figure_blocks() -> Figure:
    """The basic block, the bottleneck and the pre-activation block side by side."""
    drawing, axes = diagram(6.4, 5.1)
    columns = [
        (0.85, "Basic", "ResNet-18, 34", "64 × 56 × 56", "green",
         ["3×3 conv, 64\nBN, ReLU", "3×3 conv, 64\nBN"], True),
        (3.0, "Bottleneck", "ResNet-50 and deeper", "256 × 56 × 56", "blue",
         ["1×1 conv, 64\nBN, ReLU", "3×3 conv, 64\nBN, ReLU", "1×1 conv, 256\nBN"], True),
        (5.15, "Pre-activation", "v2, 2016", "64 × 56 × 56", "purple",
         ["BN, ReLU\n3×3 conv, 64", "BN, ReLU\n3×3 conv, 64"], False),
    ]
    for x, title, models, shape, color, layers, relu_last in columns:
        label(axes, x + 0.2, 4.9, title, size=12, weight="bold")
        label(axes, x + 0.2, 4.66, models, color="muted", size=10)
        label(axes, x, 4.32, shape, size=10)
        heights = [3.5, 2.65, 1.8] if len(layers) == 3 else [3.3, 2.1]
        previous = 4.2
        for y, text in zip(heights, layers, strict=True):
            arrow(axes, (x, previous), (x, y + 0.27))
            box(axes, x, y, 1.36, 0.54, text, color=color, size=10)
            previous = y - 0.27
        arrow(axes, (x, previous), (x, 1.27))
        box(axes, x, 1.12, 0.3, 0.3, "+", color="ink", size=12)
        # the shortcut leaves above the first layer and comes back at the sum
        axes.plot([x, x + 0.92, x + 0.92], [4.02, 4.02, 1.12], color=COLORS["ink"], linewidth=1.5,
                  linestyle="-")
        arrow(axes, (x + 0.92, 1.12), (x + 0.15, 1.12))
        label(axes, x + 1.07, 2.6, "identity", size=10, rotation=90)
        if relu_last:
            arrow(axes, (x, 0.97), (x, 0.78))
            box(axes, x, 0.62, 0.8, 0.32, "ReLU", color=color, size=10)
            arrow(axes, (x, 0.46), (x, 0.24))
        else:
            arrow(axes, (x, 0.97), (x, 0.24))
        label(axes, x, 0.12, shape, size=10)
    return drawing


def _mean(values) -> float:
    return sum(values) / len(values)
