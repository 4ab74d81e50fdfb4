"""The pipeline with its two scores, and what each retriever finds."""

import json
from pathlib import Path

from guide.figures import COLORS, arrow, box, diagram, label, plot


def figure():
    """Index, two retrievers, fusion, rerank, generate, and where each is measured."""
    drawing, axes = diagram(6.4, 3.9)
    box(axes, 1.15, 3.45, 1.9, 0.6, "documents, cut\ninto chunks", "muted", size=10)
    box(axes, 4.9, 3.45, 1.9, 0.6, "question, with the\nuser's rights", "muted", size=10)
    for x, text, color in ((1.9, "BM25\nwords, codes", "orange"), (4.3, "embedding\nmeaning", "blue")):
        box(axes, x, 2.5, 1.7, 0.58, text, color, size=10)
        arrow(axes, (1.15 + (x - 1.9) * 0.25, 3.15), (x - 0.35, 2.8), "muted")
        arrow(axes, (4.9 - (4.3 - x) * 0.25, 3.15), (x + 0.4, 2.8), "muted")
        arrow(axes, (x, 2.2), (3.1 + (x - 3.1) * 0.35, 1.86), color)
    box(axes, 3.1, 1.6, 2.3, 0.5, "merge ranks, 50 candidates", "purple", size=10)
    arrow(axes, (3.1, 1.35), (3.1, 1.13), "ink")
    box(axes, 3.1, 0.88, 2.3, 0.5, "rerank, keep 5", "purple", size=10)
    arrow(axes, (3.1, 0.63), (3.1, 0.47), "ink")
    box(axes, 3.1, 0.25, 2.3, 0.42, "generate, with citations", "green", size=10)
    label(axes, 4.42, 1.6, "recall@50", "purple", size=10, align="left")
    label(axes, 4.42, 0.88, "recall@5, MRR", "purple", size=10, align="left")
    label(axes, 4.42, 0.25, "faithful? relevant?", "green", size=10, align="left")
    return drawing


def figure_measured():
    """Recall at 5 of words, vectors and their fusion for four kinds of question."""
    path = Path(__file__).with_name("retrieval_augmented_generation_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, axes = plot(6.4, 3.5)
    marks = {"BM25": ("s", "orange", "BM25"), "embedding": ("o", "blue", "embedding"),
             "fusion, k = 60": ("D", "purple", "fusion, k = 60")}
    for offset, (method, (mark, color, name)) in zip((0.22, 0, -0.22), marks.items(), strict=True):
        values = [100 * result[kind][method]["recall@5"] for kind in result]
        axes.plot(values, [-i + offset for i in range(len(values))], mark, color=COLORS[color],
                  markersize=9, linestyle="none", label=name)
    axes.set(xlim=(-4, 104), ylim=(-3.5, 0.5), xlabel="right document among the first 5, percent")
    axes.set_yticks([-i for i in range(len(result))], [kind.replace(", ", ",\n") for kind in result])
    axes.grid(axis="y", visible=False)
    for i in range(3):
        axes.axhline(-i - 0.5, color=COLORS["grid"], linewidth=0.8)
    axes.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.45, 1.0))
    return drawing
