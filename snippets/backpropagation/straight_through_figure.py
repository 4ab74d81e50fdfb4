"""Bias against spread of the estimators, as measured."""

import json
from pathlib import Path

from guide.figures import COLORS, label, plot


def figure():
    path = Path(__file__).with_name("straight_through_experiment.json")
    rows = json.loads(path.read_text(encoding="utf-8"))["estimators"]
    drawing, axes = plot(6.4, 3.8)
    for hard, color, line, marker in (("", "blue", "-", "o"), (", hard", "orange", "--", "s")):
        points = [rows[f"Gumbel, {tau}{hard}"] for tau in (0.1, 0.5, 1.0, 2.0)]
        axes.plot([p["spread"] for p in points], [p["bias"] for p in points], marker, linestyle=line,
                  color=COLORS[color], linewidth=1.4)
    for name, color, marker in (("score function", "green", "D"), ("score function, baseline", "green", "D"),
                                ("straight-through", "red", "^")):
        axes.plot(rows[name]["spread"], rows[name]["bias"], marker, color=COLORS[color], markersize=8)
    axes.set(xscale="log", xlabel="spread of one sample / length of the gradient", xlim=(0.25, 13),
             ylabel="bias / length of the gradient", ylim=(-0.06, 1), xticks=[0.3, 1, 3, 10])
    axes.set_xticklabels(["0.3", "1", "3", "10"])
    label(axes, 0.45, 0.72, "τ = 2", "blue")
    label(axes, 0.9, 0.4, "Gumbel-softmax", "blue", align="right")
    label(axes, 5.3, -0.01, "τ = 0.1", "blue", align="left")
    label(axes, 1.35, 0.9, "hard, τ = 2", "orange", align="left")
    label(axes, 12.5, 0.22, "hard, τ = 0.1", "orange", align="right")
    label(axes, 2.65, 0.63, "straight-through", "red", align="left")
    label(axes, 2.8, 0.06, "score function", "green", size=10)
    label(axes, 1.0, 0.06, "with baseline", "green", size=10)
    return drawing
