"""Draws the parts of a large-vocabulary detector, and the accuracy of each classifier by class frequency."""

import json
from pathlib import Path

from matplotlib.figure import Figure

from guide.figures import COLORS, arrow, box, diagram, label, plot

RESULT = Path(__file__).with_name("detect_many_classes_experiment.json")


def figure() -> Figure:
    """Where the number of classes enters: only in the table that the embedding is compared with."""
    drawing, axes = diagram(6.4, 3.5)
    box(axes, 0.75, 1.75, 1.1, 0.7, "backbone", color="blue", size=11)
    arrow(axes, (1.3, 1.9), (1.85, 2.6))
    arrow(axes, (1.3, 1.6), (1.85, 0.9))
    box(axes, 2.65, 2.7, 1.6, 0.8, "object or not,\none box", color="green", size=11)
    label(axes, 2.65, 3.25, "no class: 1 + 4 numbers", color="muted", size=10)
    box(axes, 2.65, 0.8, 1.6, 0.8, "embedding\nD numbers", color="purple", size=11)
    arrow(axes, (2.65, 2.3), (2.65, 1.2), dashed=True)
    label(axes, 2.75, 1.75, "a few hundred regions", color="muted", size=10, align="left")
    arrow(axes, (3.45, 0.8), (4.3, 0.8))
    box(axes, 5.25, 0.8, 1.9, 1.1, "10,000 × D\nlearned rows\nor names", color="orange", size=11)
    arrow(axes, (5.25, 1.35), (5.25, 2.2))
    box(axes, 5.25, 2.6, 1.9, 0.8, "sigmoid, or softmax\nover a sample", color="red", size=11)
    return drawing


def figure_measured() -> Figure:
    """Accuracy on frequent, middle, rare and novel classes."""
    runs = json.loads(RESULT.read_text(encoding="utf-8"))["runs"]
    groups = ["natural", "frequent", "middle", "rare", "novel"]
    titles = ["as in\ntraining", "frequent\n1,000", "middle\n4,000", "rare\n5,000", "novel\n1,000"]
    looks = [("full", "full softmax", "blue", "o", "-"),
             ("sampled", "sampled", "orange", "s", "--"),
             ("sampled, 5 x steps", "sampled, 5 × steps", "purple", "P", (0, (5, 1, 1, 1))),
             ("sampled, not corrected", "not corrected", "red", "v", ":"),
             ("names", "names", "green", "D", "-.")]
    drawing, axes = plot(6.4, 3.8)
    for shift, (case, text, color, marker, style) in zip((-0.2, -0.1, 0.0, 0.1, 0.2), looks,
                                                         strict=True):
        chosen = [run for run in runs if run["case"] == case]
        present = [g for g in groups if g in chosen[0]]
        places = [groups.index(g) + shift for g in present]
        means = [100 * sum(run[g] for run in chosen) / len(chosen) for g in present]
        axes.plot(places, means, marker=marker, linestyle=style, color=COLORS[color], markersize=7,
                  linewidth=1.4, label=text)
    axes.set(xticks=range(len(groups)), ylim=(-3, 104), ylabel="accuracy (%)")
    axes.set_xticklabels(titles, fontsize=10.5)
    drawing.legend(loc="outside upper center", ncols=3, fontsize=10.5, handletextpad=0.4,
                   columnspacing=1.0)
    return drawing
