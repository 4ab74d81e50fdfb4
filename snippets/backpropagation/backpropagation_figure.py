"""The worked graph: values forward, gradients backward, and the sum at the node used twice."""

from matplotlib.patches import Circle

from guide.figures import COLORS, arrow, diagram, label
from snippets.backpropagation.backpropagation import FAN_OUT, backward, forward


def figure():
    values = forward(FAN_OUT, [2.0, 1.5, -1.0])
    grads, _ = backward(FAN_OUT, values)
    direct, around = values[4], grads[4]  # the two paths from the loss to u
    places = [(0.5, 3.1), (0.5, 1.6), (2.8, 0.8), (1.75, 2.35), (3.9, 1.55), (5.6, 2.35)]
    names = ["x", "w", "b", "u = x w", "v = u + b", "loss = u v"]

    def number(value: float) -> str:
        return f"{value:g}".replace("-", "\N{MINUS SIGN}")

    _, axes = diagram(6.4, 3.9)
    for node, ((x, y), name) in enumerate(zip(places, names, strict=True)):
        color = "grey" if node == 0 else "green" if node < 3 else "blue"
        edge = COLORS.get(color, COLORS["muted"])
        axes.add_patch(Circle((x, y), 0.3, facecolor=COLORS[f"{color}_fill"], edgecolor=edge,
                              linewidth=1.4, zorder=3))
        label(axes, x, y, number(values[node]), "blue", size=12, zorder=4)
        aside = {2: (-0.45, 0.0), 4: (0.45, -0.4)}.get(node, (0.0, 0.47))
        label(axes, x + aside[0], y + aside[1], name, size=11)

    def edge(parent: int, node: int, forward_bend: float = 0.0) -> None:
        (x0, y0), (x1, y1) = places[parent], places[node]
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        dx, dy = (x1 - x0) / length, (y1 - y0) / length
        for shift, color, backwards in ((0.07, "blue", False), (-0.07, "orange", True)):
            if backwards and parent == 0:
                continue
            start = (x0 + 0.33 * dx - shift * dy, y0 + 0.33 * dy + shift * dx)
            end = (x1 - 0.33 * dx - shift * dy, y1 - 0.33 * dy + shift * dx)
            arrow(axes, *((end, start) if backwards else (start, end)), color, dashed=backwards)

    for parent, node in ((0, 3), (1, 3), (3, 4), (2, 4), (3, 5), (4, 5)):
        edge(parent, node)
    label(axes, 1.3, 1.72, f"{number(grads[3])} · x = {number(grads[1])}", "orange", size=10)
    label(axes, 3.75, 2.12, f"1 · v = {number(direct)}", "orange", size=10)
    label(axes, 5.13, 1.62, f"1 · u = {number(around)}", "orange", size=10)
    label(axes, 2.55, 1.62, f"{number(around)} · 1 = {number(around)}", "orange", size=10)
    label(axes, 3.72, 0.85, f"{number(around)} · 1 = {number(grads[2])}", "orange", size=10)
    label(axes, 2.3, 3.35, f"two paths arrive: {number(direct)} + {number(around)} = "
          f"{number(grads[3])}", "orange", size=11)
    arrow(axes, (2.0, 3.2), (1.83, 2.95), "orange")
    label(axes, 6.0, 2.35, "1", "orange", size=11)
    label(axes, 0.08, 0.2, "solid, blue: values, forward", "blue", size=10, align="left")
    label(axes, 2.9, 0.2, "dashed, orange: gradients of the loss, backward", "orange", size=10,
          align="left")
    return axes.figure
