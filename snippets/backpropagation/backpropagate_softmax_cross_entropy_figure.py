"""The gradient of softmax with cross-entropy: through the Jacobian, and in one step."""

from guide.figures import arrow, box, diagram, label


def figure():
    _, axes = diagram(6.4, 2.9)
    for x, text, color in ((0.8, "logits z\n(ln 1, ln 2, ln 5)", "blue"),
                           (3.2, "probabilities p\n(1, 2, 5) / 8", "green"),
                           (5.6, "loss\nln 8", "purple")):
        box(axes, x, 2.1, 1.5, 0.62, text, color, size=10)
    for start, end, text in ((1.55, 2.45, "softmax"), (3.95, 4.85, "−ln p₁")):
        arrow(axes, (start, 2.1), (end, 2.1), "ink")
        label(axes, (start + end) / 2, 2.28, text, size=10)
    arrow(axes, (5.6, 1.75), (3.2, 1.75), "orange", bend=0.3, dashed=True)
    arrow(axes, (3.2, 1.75), (0.8, 1.75), "orange", bend=0.3, dashed=True)
    label(axes, 4.4, 1.1, "∂L/∂p = (−8, 0, 0)", "orange", size=10)
    label(axes, 2.0, 1.1, "times the Jacobian", "orange", size=10)
    label(axes, 0.05, 0.72, "result: p − y = (−7, 2, 5) / 8", "orange", size=11, align="left")
    label(axes, 0.05, 0.32, "The 8 = 1 / p₁ and the factor p₁ cancel, so neither need be computed.",
          "muted", size=10.5, align="left")
    return axes.figure
