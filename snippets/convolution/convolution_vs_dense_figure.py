"""Three weight matrices with ever fewer numbers, and the error of both networks on moving digits."""

import json
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from guide.figures import COLORS, diagram, label, plot

RESULT = Path(__file__).with_name("convolution_vs_dense_experiment.json")


def figure() -> Figure:
    """Six pixels in, six out: the matrix of a dense, a local and a shared layer."""
    drawing, axes = diagram(6.4, 2.75)
    cell, top = 0.31, 2.2
    panels = [("dense", "36 weights", 0.1, "orange"), ("local", "16 weights", 2.25, "purple"),
              ("shared", "3 weights", 4.4, "blue")]
    for name, count, left, color in panels:
        label(axes, left + 3 * cell, top + 0.3, name, size=12, weight="bold")
        label(axes, left + 3 * cell, top - 6 * cell - 0.22, count, color=color)
        number = 0
        for row in range(6):
            for column in range(6):
                used = name == "dense" or abs(row - column) <= 1
                number += used
                text = str(number) if name != "shared" else "abc"[column - row + 1] if used else ""
                axes.add_patch(Rectangle((left + column * cell, top - (row + 1) * cell), cell, cell,
                                         facecolor=COLORS[f"{color}_fill"] if used else "none",
                                         edgecolor=COLORS[color if used else "grid"],
                                         linewidth=1.1 if used else 0.8, zorder=2 if used else 1))
                if used:
                    label(axes, left + (column + 0.5) * cell, top - (row + 0.5) * cell, text, size=10)
    return drawing


def figure_measured() -> Figure:
    """Test error against the number of training images."""
    runs = json.loads(RESULT.read_text(encoding="utf-8"))["runs"]
    drawing, axes = plot(6.4, 3.7)
    looks = [("dense", True, "dense, shuffled", "orange", ":", "D"),
             ("dense", False, "dense", "orange", "-", "o"),
             ("convolutional", True, "convolutional, shuffled", "blue", ":", "D"),
             ("convolutional", False, "convolutional", "blue", "-", "o")]
    for network, shuffled, name, color, line, marker in looks:
        chosen = [r for r in runs if (r["network"], r["shuffled"]) == (network, shuffled)
                  and r["anywhere"] and r["steps"] == 500]
        sizes = sorted({r["size"] for r in chosen})
        means = []
        for size in sizes:
            values = [r["test_error"] for r in chosen if r["size"] == size]
            means.append(sum(values) / len(values))
            axes.plot([size] * len(values), values, ".", color=COLORS[color], markersize=4)
        fill = "none" if shuffled else COLORS[color]
        axes.plot(sizes, means, line, marker=marker, color=COLORS[color], label=name,
                  markerfacecolor=fill, markersize=7)
    axes.set(xlabel="training images", ylabel="test error (%)", xscale="log", ylim=(0, 100),
             xticks=sizes, xticklabels=[f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.legend(loc="upper center", ncols=2)
    return drawing
