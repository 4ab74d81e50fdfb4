"""The loop as a graph, unrolled and as an equation; and what repeated passes do at four gains."""

import numpy as np

from guide.figures import COLORS, arrow, box, diagram, label, plot
from snippets.foundations.feedback_connection import (
    equilibrium,
    implicit_gradients,
    unroll,
    unrolled_gradients,
)

ONE = np.array([[1.0]])


def figure():
    """Above, the cycle 2-3-4; below, three passes with shared weights."""
    drawing, axes = diagram(6.4, 4.3)
    label(axes, 0.1, 4.1, "asked: a cycle, no order in which to compute", "red", align="left")
    for i in range(1, 6):
        inside = 2 <= i <= 4
        box(axes, 0.75 + 1.22 * (i - 1), 3.3, 0.72, 0.44, f"$h_{i}$" if i < 5 else "out",
            "red" if inside else "blue", 12)
        if i < 5:
            arrow(axes, (1.13 + 1.22 * (i - 1), 3.3), (1.59 + 1.22 * (i - 1), 3.3))
    arrow(axes, (4.41, 3.06), (1.97, 3.06), "red", bend=0.25, dashed=True)
    label(axes, 3.19, 2.53, "$U$", "red", 12)
    label(axes, 0.1, 2.2, "meant: a pass takes one time step, the weights are shared", "green",
          align="left")
    for row, x in enumerate((0.62, 2.45, 4.28)):
        for layer, height in ((2, 0.55), (3, 1.1), (4, 1.65)):
            box(axes, x, height, 0.8, 0.36, f"$h_{layer}^{{({row + 1})}}$", "green", 11)
            if layer < 4:
                arrow(axes, (x, height + 0.18), (x, height + 0.37))
        arrow(axes, (x, 0.12), (x, 0.37), "blue")
        label(axes, x + 0.25, 0.17, "$h_1$", "blue", 11)
        end = (x + 1.43, 0.55) if row < 2 else (x + 1.1, 1.65)
        arrow(axes, (x + 0.4, 1.65), end, "red" if row < 2 else "ink", dashed=row < 2)
        if row < 2:
            label(axes, x + 1.12, 1.3, "$U$", "red", 12)
    label(axes, 5.75, 1.65, "out", "ink", 12)
    return drawing


def figure_passes():
    """Left: layer 4 over the passes at four gains. Right: error of the unrolled gradient."""
    drive, steps = np.array([[0.1]]), 30
    drawing, (left, right) = plot(height=3.5, columns=2)
    shown = {0.5: ("blue", "-"), 0.9: ("orange", "--"), 1.5: ("green", "-."), -1.5: ("red", ":")}
    for gain, (color, line) in shown.items():
        weights = [gain * ONE, ONE, ONE]
        states, _ = unroll(drive, weights, steps)
        values = [state[0, 0] for state in states]
        if gain < 0:
            left.plot(range(steps + 1), values, "x", color=COLORS[color], markersize=4)
            continue
        left.plot(range(steps + 1), values, line, color=COLORS[color])
        exact = implicit_gradients(drive, equilibrium(drive, weights), weights, ONE)[1][0]
        errors = []
        for count in range(1, steps + 1):
            _, grads = unrolled_gradients(*unroll(drive, weights, count), weights, ONE)
            errors.append(max(abs(float(grads[0][0, 0] / exact[0, 0] - 1)), 1e-12))
        right.semilogy(range(1, steps + 1), errors, line, color=COLORS[color])
    for height, text, color in ((0.6, "1.5", "green"), (0.39, "0.9", "orange"),
                                (0.2, "0.5", "blue"), (-0.49, "−1.5", "red")):
        label(left, 31.5, height, text, color, align="left")
    left.set(xlabel="passes", title="output of layer 4", ylim=(-0.6, 0.72), xlim=(-1, 40))
    left.set_xticks([0, 10, 20, 30])
    right.set(xlabel="passes unrolled", title="relative error of gradient", ylim=(1e-10, 8))
    label(right, 22.5, 1e-3, "0.9", "orange")
    label(right, 13.5, 2e-6, "0.5", "blue")
    label(right, 17.5, 3e-9, "1.5", "green")
    return drawing
