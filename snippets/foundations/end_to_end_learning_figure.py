"""Three ways to train the same three stages, and what they reach on triples of digits."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, arrow, box, diagram, label, plot

RESULTS = Path(__file__).with_name("end_to_end_learning_experiment.json")

STAGES = ["camera to\nobjects", "objects to\nforecast", "forecast to\nsteering"]
LAYERS = ["layers 1–8", "layers 9–16", "layers 17–24"]


def figure():
    _, axes = diagram(6.4, 5.1)
    xs = [1.45, 3.2, 4.95]
    rows = [
        (4.35, "apart: a loss and labels of its own for every stage", "blue"),
        (2.75, "end to end: one loss, what passes between is learned", "orange"),
        (1.05, "middle way: one loss that counts, helpers on the way", "green"),
    ]
    for y, title, color in rows:
        label(axes, 0.1, y + 0.56, title, color, 11, align="left")
        joint = color != "blue"
        for i, (x, stage) in enumerate(zip(xs, STAGES, strict=True)):
            text = stage if color != "orange" else LAYERS[i]
            box(axes, x, y, 1.15, 0.6, text, color, 10)
        label(axes, 0.38, y, "pixels", size=10)
        for start, end in ((0.65, 0.87), (2.03, 2.62), (3.78, 4.37), (5.53, 5.75)):
            arrow(axes, (start, y), (end, y))
        label(axes, 6.05, y, "angle", size=10)
        own = {"blue": (0, 1, 2), "orange": (2,), "green": (0, 1, 2)}[color]
        for i in own:
            main = joint and i == 2
            name = "loss" if main or color == "blue" else "λ · loss"
            label(axes, xs[i] + 0.36, y - 0.62, name, "red" if main else "muted", 10)
            arrow(axes, (xs[i] + 0.02, y - 0.62), (xs[i] + 0.02, y - 0.32),
                  "red" if main else "muted", dashed=not main)
        if joint:
            for i in (2, 1):
                arrow(axes, (xs[i] - 0.62, y - 0.17), (xs[i - 1] + 0.62, y - 0.17), "red")
    label(axes, 3.2, 0.1, "red: the gradient of the final loss", "red", 10)
    return axes.figure


def figure_measured():
    measured = json.loads(RESULTS.read_text(encoding="utf-8"))["accuracy"]
    figure, panels = plot(6.4, 3.3, columns=2, sharey=True)
    titles = {"odd": "odd number of large digits?", "sum": "sum of the digits at least 14?"}
    looks = {"apart": ("blue", "-", "o"), "end to end": ("orange", "--", "s"),
             "helper loss": ("green", "-.", "^")}
    sizes = (300, 1000, 3000)
    for axes, (task, title) in zip(panels, titles.items(), strict=True):
        for mode, (color, style, marker) in looks.items():
            values = np.array([measured[f"{task}, {mode}, {size}"] for size in sizes])
            shifted = np.array(sizes) * {"apart": 0.93, "end to end": 0.86, "helper loss": 1.07}[mode]
            axes.plot(shifted, values, color=COLORS[color], linestyle="", marker=".", markersize=4)
            axes.plot(sizes, values.mean(axis=1), color=COLORS[color], linestyle=style,
                      marker=marker, label=mode)
        axes.set(xscale="log", xlabel="training triples", title=title, ylim=(0.42, 1.0))
        axes.set_title(title, fontsize=11)
        axes.set_xticks(sizes, ["300", "1,000", "3,000"])
        axes.minorticks_off()
    panels[0].set_ylabel("test accuracy")
    panels[1].legend(loc="lower right")
    return figure
