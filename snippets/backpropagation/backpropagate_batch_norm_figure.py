"""The graph of batch normalization with the worked example's values and gradients."""

from guide.figures import arrow, box, diagram, label


def figure():
    _, axes = diagram(6.4, 3.6)
    nodes = {"x": (0.5, 2.6, 0.7, "x", "muted"), "m": (1.55, 1.3, 0.9, "mean\n3", "blue"),
             "c": (2.6, 2.6, 1.1, "x − mean", "blue"), "v": (3.5, 1.3, 1.0, "var\n3.5", "blue"),
             "s": (4.85, 1.3, 1.1, "1/√(var+ε)\n0.5", "blue"), "h": (4.85, 2.6, 0.9, "x̂", "green"),
             "y": (6.0, 2.6, 0.6, "y", "purple")}
    for x, y, width, text, color in nodes.values():
        box(axes, x, y, width, 0.55, text, color, size=10)
    for start, end in (((0.85, 2.6), (2.05, 2.6)), ((0.6, 2.32), (1.3, 1.58)), ((1.8, 1.58), (2.35, 2.32)),
                       ((3.15, 2.6), (4.4, 2.6)), ((2.9, 2.32), (3.3, 1.58)), ((4.0, 1.3), (4.3, 1.3)),
                       ((4.85, 1.58), (4.85, 2.32)), ((5.3, 2.6), (5.7, 2.6))):
        arrow(axes, start, end, "ink")
    label(axes, 2.6, 3.05, "(−2, −1, 0, 3)", size=10)
    label(axes, 4.6, 3.05, "(−1, −0.5, 0, 1.5)", size=10)
    label(axes, 0.15, 3.4, "Backward, from y to x, for the gradient (1, 0, 0, 0) at y and scale 2:",
          "orange", size=10, align="left")
    label(axes, 6.3, 2.1, "x̂: (2, 0, 0, 0)", "orange", size=10, align="right")
    label(axes, 4.85, 0.85, "−4", "orange", size=10)
    label(axes, 3.5, 0.85, "0.25", "orange", size=10)
    label(axes, 1.55, 0.85, "−1", "orange", size=10)
    label(axes, 3.12, 2.12, "(0.75, −0.125, 0, 0.375)", "orange", size=10, align="left")
    label(axes, 0.15, 0.35, "x: (0.75, −0.125, 0, 0.375) − 1/4 = (0.5, −0.375, −0.25, 0.125)", "orange",
          size=10.5, align="left")
    return axes.figure
