"""A tree of three tokens, where the likely first token leads to the less likely sequence."""

from guide.figures import arrow, box, diagram, label


def figure():
    """Greedy goes up at the first step; the best sequence goes down."""
    drawing, axes = diagram(6.4, 3.7)
    box(axes, 0.65, 1.9, 0.8, 0.5, "start", "muted", size=11)
    box(axes, 2.2, 2.75, 0.8, 0.5, "a", "orange", size=12)
    box(axes, 2.2, 1.0, 0.8, 0.5, "b", "blue", size=12)
    arrow(axes, (1.05, 2.0), (1.8, 2.7), "orange")
    label(axes, 1.25, 2.55, "0.6", "orange", size=11)
    arrow(axes, (1.05, 1.8), (1.8, 1.05), "blue")
    label(axes, 1.25, 1.25, "0.4", "blue", size=11)
    ends = [(3.35, "a a end", "0.4", "0.24", "orange"), (2.75, "a b end", "0.35", "0.21", "muted"),
            (2.15, "a end", "0.25", "0.15", "muted"), (1.25, "b end", "0.9", "0.36", "blue"),
            (0.65, "b a end, b b end", "0.05", "0.02", "muted")]
    for y, text, step, total, color in ends:
        start = (2.6, 2.75) if text.startswith("a") else (2.6, 1.0)
        arrow(axes, start, (3.3, y), color)
        label(axes, 3.4, y, f"{step}", color, size=10, align="left")
        label(axes, 3.9, y, f"{text}: {total}", color, size=11, align="left")
    label(axes, 5.1, 3.58, "greedy", "orange", size=11, align="left")
    label(axes, 5.1, 1.52, "the best", "blue", size=11, align="left")
    label(axes, 3.2, 0.15, "numbers beside the arrows: next token; after the colon: whole sequence",
          "muted", size=10)
    return drawing
