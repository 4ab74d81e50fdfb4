"""XOR in a 2-2-1 network of threshold units, with the numbers for one input."""

from guide.figures import arrow, box, diagram, label


def figure():
    _, axes = diagram(6.4, 3.6)
    columns, top, bottom = [0.75, 3.1, 5.45], 2.55, 1.3
    middle = (top + bottom) / 2
    for x, name in zip(columns, ["input", "hidden layer", "output layer"], strict=True):
        label(axes, x, 3.4, name, "muted", 10)
    box(axes, columns[0], top, 0.9, 0.5, "x₁ = 0", "blue")
    box(axes, columns[0], bottom, 0.9, 0.5, "x₂ = 1", "blue")
    box(axes, columns[1], top, 1.5, 0.66, "OR\n0 + 1 − 0.5 > 0: 1", "orange", 10)
    box(axes, columns[1], bottom, 1.5, 0.66, "AND\n0 + 1 − 1.5 < 0: 0", "orange", 10)
    box(axes, columns[2], middle, 1.5, 0.66, "one, not both\n1 − 0 − 0.5 > 0: 1", "green", 10)
    for start in (top, bottom):
        for end in (top, bottom):
            arrow(axes, (1.2, start), (2.35, end))
    arrow(axes, (3.85, top), (4.7, middle + 0.12))
    arrow(axes, (3.85, bottom), (4.7, middle - 0.12))
    label(axes, 1.78, top + 0.14, "1", "muted", 10)
    label(axes, 1.78, bottom - 0.14, "1", "muted", 10)
    label(axes, 1.5, top - 0.2, "1", "muted", 10)
    label(axes, 1.5, bottom + 0.2, "1", "muted", 10)
    label(axes, 4.35, top - 0.08, "1", "muted", 10)
    label(axes, 4.35, bottom + 0.08, "−1", "muted", 10)

    label(axes, columns[0], 0.5, "X\n(N, 2)", size=10)
    label(axes, 1.92, 0.5, "W₁ (2, 2)\nb₁ (2,)", "muted", 10)
    label(axes, columns[1], 0.5, "H\n(N, 2)", size=10)
    label(axes, 4.28, 0.5, "W₂ (2, 1)\nb₂ (1,)", "muted", 10)
    label(axes, columns[2], 0.5, "Y\n(N, 1)", size=10)
    return axes.figure
