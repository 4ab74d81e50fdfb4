"""The cell of a GRU: one state, mixed from itself and a candidate."""

from guide.figures import arrow, box, diagram, label


def figure():
    """The state on top, mixed with the candidate by z; the gates below."""
    drawing, axes = diagram(6.4, 3.9)
    top, gate, low = 3.2, 1.62, 0.5
    label(axes, 0.4, top, "$h_{t-1}$", "blue", size=12)
    arrow(axes, (0.75, top), (2.08, top), "blue")
    box(axes, 2.3, top, 0.44, 0.44, "×", "blue", size=13)
    arrow(axes, (2.52, top), (4.48, top), "blue")
    box(axes, 4.7, top, 0.44, 0.44, "+", "blue", size=13)
    arrow(axes, (4.92, top), (5.8, top), "blue")
    label(axes, 6.08, top, "$h_t$", "blue", size=12)
    label(axes, 3.0, top + 0.45,
          r"direct path: $\partial h_t/\partial h_{t-1}$ contains $z_t$", "blue", size=10)
    for at, name, color in ((0.9, "reset\n$r_t$, σ", "orange"), (2.3, "update\n$z_t$, σ", "orange"),
                            (4.7, "candidate\n$n_t$, tanh", "green")):
        box(axes, at, gate, 1.0, 0.62, name, color, size=10)
        arrow(axes, (at, low + 0.24), (at, gate - 0.31), "muted")
    arrow(axes, (2.3, gate + 0.31), (2.3, top - 0.22), "orange")
    label(axes, 2.12, 2.5, "$z_t$", "orange", size=10)
    box(axes, 4.7, 2.46, 0.4, 0.4, "×", "green", size=12)
    arrow(axes, (4.7, gate + 0.31), (4.7, 2.26), "green")
    arrow(axes, (4.7, 2.66), (4.7, top - 0.22), "green")
    arrow(axes, (2.8, gate + 0.2), (4.5, 2.4), "orange")
    label(axes, 3.62, 2.44, "$1-z_t$", "orange", size=10)
    arrow(axes, (0.9, gate - 0.31), (4.2, gate - 0.14), "orange", bend=-0.18)
    label(axes, 3.35, 1.0, "$r_t$: how much of $h_{t-1}$ it sees", "orange", size=10)
    box(axes, 3.2, low, 5.4, 0.48, "$x_t$ and $h_{t-1}$, one matrix product for all three", "muted", size=10)
    return drawing
