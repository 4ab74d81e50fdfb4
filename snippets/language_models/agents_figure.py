"""Figures: the loop with its gates; success against the number of steps."""

from guide.figures import COLORS, arrow, box, diagram, label, plot
from snippets.language_models.agents import chain_success


def figure():
    """Model, three gates in the program, the tool, and the way back of results and errors."""
    drawing, axes = diagram(height=3.3)
    box(axes, 0.75, 2.3, 1.2, 0.8, "model", "blue")
    for x, text in ((2.2, "schema\nright?"), (3.6, "allowed?"), (5.35, "tool, with\na key")):
        box(axes, x, 2.3, 1.35 if x > 5 else 1.1, 0.8, text, "green" if x > 5 else "orange")
    arrow(axes, (1.35, 2.3), (1.65, 2.3))
    arrow(axes, (2.75, 2.3), (3.05, 2.3))
    arrow(axes, (4.15, 2.3), (4.67, 2.3))
    box(axes, 3.4, 0.85, 3.5, 0.55, "messages: results and errors", "purple")
    arrow(axes, (2.2, 1.9), (2.2, 1.13), "red", dashed=True)
    arrow(axes, (3.6, 1.9), (3.6, 1.13), "red", dashed=True)
    arrow(axes, (4.9, 1.9), (4.9, 1.13))
    arrow(axes, (1.65, 0.85), (0.75, 1.88), bend=0.35)
    label(axes, 2.9, 1.52, "error", "red", size=10)
    label(axes, 5.45, 1.52, "result", size=10)
    label(axes, 0.75, 3.05, "answer: stop", size=10)
    arrow(axes, (0.75, 2.7), (0.75, 2.93))
    label(axes, 3.4, 0.28, "at most max_steps times around", "muted", size=10)
    label(axes, 3.6, 3.05, "the program decides, not the model", "orange", size=10)
    return drawing


def figure_compound():
    """p to the n for three p, and p = 0.95 when nine failures in ten are noticed and undone."""
    drawing, axes = plot(height=3.5)
    steps = list(range(1, 101))
    for p, color, style in ((0.99, "blue", "-"), (0.95, "orange", "--"), (0.9, "purple", ":")):
        axes.plot(steps, [chain_success(p, n) for n in steps], color=COLORS[color], linestyle=style)
    noticed = [chain_success(0.95, n, 0.9, 2 * n) for n in steps]
    axes.plot(steps, noticed, color=COLORS["green"], linestyle="-.")
    label(axes, 101, 0.40, "0.99", "blue", align="left")
    label(axes, 101, 0.62, "0.95, 9 of 10\nnoticed", "green", align="left", size=10)
    label(axes, 33, 0.27, "0.95", "orange")
    label(axes, 8, 0.22, "0.90", "purple")
    axes.set(xlabel="steps", ylabel="all right", xlim=(0, 122), ylim=(0, 1.03),
             xticks=[0, 20, 40, 60, 80, 100])
    return drawing
