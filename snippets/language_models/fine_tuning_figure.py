"""What to try, by what is wrong with the answer."""

from guide.figures import arrow, box, diagram, label


def figure():
    """Two questions, four outcomes."""
    drawing, axes = diagram(6.4, 4.1)
    box(axes, 3.2, 3.75, 4.2, 0.5, "best prompt, a few examples, test set", "muted", size=10)
    arrow(axes, (3.2, 3.5), (3.2, 3.13), "ink")
    label(axes, 3.35, 3.31, "not good enough", "muted", size=10, align="left")
    box(axes, 3.2, 2.82, 4.2, 0.6, "put the missing facts into the prompt\nby hand: right now?",
        "blue", size=10)
    arrow(axes, (1.9, 2.5), (1.2, 1.98), "green")
    label(axes, 1.1, 2.27, "yes", "green", size=10)
    arrow(axes, (4.4, 2.5), (4.9, 1.98), "orange")
    label(axes, 5.05, 2.27, "no", "orange", size=10)
    box(axes, 1.15, 1.68, 1.7, 0.56, "retrieve", "green", size=11)
    box(axes, 4.55, 1.68, 3.3, 0.56, "does a stronger model\nget it right with this prompt?", "blue", size=10)
    arrow(axes, (3.75, 1.38), (3.0, 0.86), "green")
    label(axes, 3.1, 1.2, "yes", "green", size=10)
    arrow(axes, (5.1, 1.38), (5.4, 0.86), "orange")
    label(axes, 5.5, 1.15, "no", "orange", size=10)
    box(axes, 2.55, 0.5, 2.5, 0.68, "pay for it, or fine-tune\nthe small one on its answers",
        "purple", size=10)
    box(axes, 5.2, 0.5, 2.2, 0.68, "collect examples and\nfine-tune, or split the task",
        "purple", size=10)
    return drawing
