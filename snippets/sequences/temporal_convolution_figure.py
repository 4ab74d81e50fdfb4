"""Four causal layers with dilation 1, 2, 4, 8: what the last output sees, and the buffers."""

from guide.figures import COLORS, diagram, label


def figure():
    """Sixteen steps, five rows of dots; the tree of the last output in blue."""
    drawing, axes = diagram(6.4, 3.5)
    left, step, low, rise = 1.15, 0.325, 0.55, 0.62
    for layer in range(5):
        for t in range(16):
            used = (15 - t) % 2**layer == 0
            axes.plot(left + step * t, low + rise * layer, "o", markersize=7 if used else 5,
                      color=COLORS["blue" if used else "grid"])
    for layer in range(1, 5):
        for t in range(16):
            if (15 - t) % 2**layer == 0:
                for back in (0, 2 ** (layer - 1)):
                    axes.plot([left + step * t, left + step * (t - back)],
                              [low + rise * layer, low + rise * (layer - 1)],
                              color=COLORS["blue"], linestyle="-", linewidth=1.3)
    label(axes, 0.08, low, "input", "muted", size=10, align="left")
    for layer in range(1, 5):
        label(axes, 0.08, low + rise * layer, f"dilation {2 ** (layer - 1)}", "muted", size=10, align="left")
    label(axes, left + step * 7.5, 0.15, "16 steps seen: 1 + (2 − 1)(2⁴ − 1)", "ink", size=11)
    label(axes, left + step * 11.2, low + rise * 4 + 0.27, "the output at the present step", "blue", size=10)
    return drawing
