"""The tape of a dense layer: values forward, gradients backward, a sum where a value was repeated."""

from guide.figures import arrow, box, diagram, label


def figure():
    """x @ W + b, tanh and a sum as nodes; what each hands back, with shapes."""
    _, axes = diagram(6.4, 3.3)
    label(axes, 0.15, 3.1, "recorded forward", "blue", size=11, align="left")
    label(axes, 0.15, 0.2, "visited in reverse: each node hands back one share per input", "orange",
          size=11, align="left")
    nodes = [(0.75, 2.45, "x\n(5, 2)", "grey"), (0.75, 1.1, "W\n(2, 3)", "green"),
             (2.35, 1.8, "@\n(5, 3)", "blue"), (2.35, 0.8, "b\n(3)", "green"),
             (3.95, 1.8, "+\n(5, 3)", "blue"), (5.55, 1.8, "loss\n()", "purple")]
    for x, y, text, color in nodes:
        box(axes, x, y, 0.9, 0.6, text, "muted" if color == "grey" else color, size=10.5)
    for start, end in (((1.2, 2.4), (1.9, 2.0)), ((1.2, 1.25), (1.9, 1.7)), ((2.8, 1.88), (3.5, 1.88)),
                       ((2.8, 0.95), (3.6, 1.5)), ((4.4, 1.88), (5.1, 1.88))):
        arrow(axes, start, end, "blue")
    arrow(axes, (5.1, 1.68), (4.4, 1.68), "orange", dashed=True)
    arrow(axes, (3.5, 1.68), (2.8, 1.68), "orange", dashed=True)
    arrow(axes, (1.9, 1.55), (1.2, 1.05), "orange", dashed=True)
    arrow(axes, (3.78, 1.5), (2.8, 0.72), "orange", dashed=True)
    label(axes, 4.75, 1.42, "G: (5, 3)", "orange", size=10)
    label(axes, 3.1, 2.15, "G", "orange", size=10)
    label(axes, 1.62, 1.02, "xᵀG", "orange", size=10, align="left")
    label(axes, 3.5, 0.9, "sum of G over\nthe 5 rows: (3)", "orange", size=10, align="left")
    return axes.figure
