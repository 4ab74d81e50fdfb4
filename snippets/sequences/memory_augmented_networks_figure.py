"""A read by content with the page's numbers, and recall against the number of pairs."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, arrow, box, diagram, label, plot
from snippets.sequences.memory_augmented_networks import address, read


def _numbers(values: np.ndarray) -> str:
    return "(" + ", ".join(f"{value:.3g}" for value in values) + ")"


def figure():
    """Key, memory rows with cosines and weights, and the row that comes out."""
    memory, key = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]]), np.array([2.0, 0.0])
    weights = address(memory, key, 10.0)
    cosine = memory @ key / np.linalg.norm(key)
    drawing, axes = diagram(6.4, 3.6)
    rows = [2.5, 1.8, 1.1]
    box(axes, 0.85, 2.5, 1.3, 0.62, f"key\n{_numbers(key)}", "orange", size=10)
    box(axes, 0.85, 1.1, 1.3, 0.62, "controller", "muted", size=10)
    arrow(axes, (0.85, 1.41), (0.85, 2.19), "orange")
    label(axes, 2.5, 3.2, "memory", "blue", size=11)
    label(axes, 3.7, 3.2, "cosine", "muted", size=11)
    label(axes, 4.75, 3.2, "weight", "green", size=11)
    for at, row, one, weight in zip(rows, memory, cosine, weights, strict=True):
        box(axes, 2.5, at, 1.2, 0.5, _numbers(row), "blue", size=10)
        arrow(axes, (1.5, 2.5), (1.9, at), "orange")
        label(axes, 3.7, at, f"{one:.1f}", "ink", size=11)
        label(axes, 4.75, at, f"{weight:.3f}", "green", size=11)
        arrow(axes, (3.95, at), (4.35, at), "muted")
        arrow(axes, (5.1, at), (5.45, 1.8 + 0.25 * (at - 1.8)), "green")
    label(axes, 4.15, 0.62, "softmax of 10 × cosine", "muted", size=10)
    found = "\n".join(f"{value:.3f}" for value in read(memory, weights))
    box(axes, 5.85, 1.8, 0.8, 0.86, f"read\n{found}", "green", size=10)
    arrow(axes, (5.85, 1.37), (5.85, 0.25), "green", style="-")
    arrow(axes, (5.85, 0.25), (0.85, 0.25), "green", style="-")
    arrow(axes, (0.85, 0.25), (0.85, 0.79), "green")
    return drawing


def figure_recall():
    """Mean of five starts for each network, number of pairs on the axis."""
    path = Path(__file__).with_name("memory_augmented_networks_experiment.json")
    runs = json.loads(path.read_text(encoding="utf-8"))["runs"]
    drawing, axes = plot(height=3.6)
    for name, color, style, marker in (("memory", "blue", "-", "o"), ("LSTM, 64 units", "orange", "--", "s"),
                                       ("LSTM, 10 units", "green", "-.", "^")):
        one = runs[name]
        pairs = [int(number) for number in one["accuracy"]]
        axes.plot(pairs, [100 * np.mean(row) for row in one["accuracy"].values()], color=COLORS[color],
                  linestyle=style, marker=marker, label=f"{name}, {one['parameters']:,} parameters")
    six = runs["memory"]["six slots"]
    axes.plot([int(number) for number in six], [100 * np.mean(row) for row in six.values()],
              color=COLORS["purple"], linestyle=":", marker="D", label="memory held at 6 slots")
    axes.axvline(6, color=COLORS["muted"], linewidth=1.2, linestyle=":")
    axes.axhline(12.5, color=COLORS["muted"], linewidth=1.2, linestyle=":")
    label(axes, 6.2, 4, "trained up to here", "muted", size=10, align="left")
    axes.set(xlabel="pairs shown", ylabel="right answers (%)", xlim=(0.5, 16.5), ylim=(0, 104))
    drawing.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=10,
                   columnspacing=1.0)
    return drawing
