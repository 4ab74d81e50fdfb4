"""Figures: who sees whom and where the loss is; bits per letter over the context."""

import json
from pathlib import Path

import numpy as np
from matplotlib.patches import Rectangle

from guide.figures import COLORS, diagram, label, plot
from snippets.language_models.bert_vs_gpt import attention_mask

MEASURED = json.loads(Path(__file__).with_name("bert_vs_gpt_experiment.json").read_text(encoding="utf-8"))


def grid(axes, left: float, name: str, color: str, causal: bool, rows: list[str], wanted: list[str]) -> None:
    """One square per pair of positions, filled where the row may see the column."""
    side, top = 0.36, 2.75
    label(axes, left + 2.5 * side, top + 0.75, name, color, size=12)
    for (t, s), seen in np.ndenumerate(attention_mask(5, causal)):
        fill = COLORS[f"{color}_fill"] if seen else "none"
        axes.add_patch(Rectangle((left + s * side, top - (t + 1) * side), side, side, linewidth=1.2,
                                 edgecolor=COLORS["muted"], facecolor=fill))
        if seen:
            label(axes, left + (s + 0.5) * side, top - (t + 0.5) * side, "•", color, size=11)
    for t in range(5):
        label(axes, left - 0.08, top - (t + 0.5) * side, rows[t], size=10, align="right")
        label(axes, left + 5 * side + 0.08, top - (t + 0.5) * side, wanted[t], color, size=10, align="left")
    label(axes, left - 0.08, top + 0.25, "reads", "muted", size=10, align="right")
    label(axes, left + 5 * side + 0.08, top + 0.25, "predicts", "muted", size=10, align="left")


def figure():
    """The full square with one prediction beside the triangle with four."""
    drawing, axes = diagram(6.4, 3.7)
    words = ["the", "cat", "sat", "on", "it"]
    grid(axes, 0.75, "BERT", "blue", False, ["the", "[M]", "sat", "on", "it"], ["", "cat", "", "", ""])
    grid(axes, 3.95, "GPT", "orange", True, words, [*words[1:], "…"])
    label(axes, 1.65, 0.55, "every position sees all;\nloss at chosen positions", size=10)
    label(axes, 4.85, 0.55, "each sees itself and the past;\nloss at every position", size=10)
    return drawing


def figure_context():
    """Two falling curves, left context and context from both sides."""
    drawing, axes = plot(height=3.2)
    number = range(5)
    axes.plot(number, MEASURED["left"], color=COLORS["orange"], marker="s", linestyle="--")
    axes.plot(number, MEASURED["both"], color=COLORS["blue"], marker="o", linestyle="-")
    axes.text(4.08, MEASURED["left"][-1], "left only", color=COLORS["orange"], va="center")
    axes.text(4.08, MEASURED["both"][-1], "both sides", color=COLORS["blue"], va="center")
    axes.set(xlabel="letters of context, nearest first", ylabel="bits per letter", xticks=list(number),
             xlim=(-0.1, 4.9), ylim=(2, 4.3))
    return drawing
