"""Which cells share a mean: batch, layer, group and instance normalization."""

from guide.figures import COLORS, diagram, label


def figure():
    """Rows are examples, columns channels; a cell is all positions of one channel."""
    drawing, axes = diagram(6.4, 2.35)
    panels = [("batch", lambda n, c: c == 2), ("layer (G = 1)", lambda n, c: n == 1),
              ("group (G = 3)", lambda n, c: n == 1 and c in (2, 3)),
              ("instance (G = C)", lambda n, c: n == 1 and c == 2)]
    for k, (name, shared) in enumerate(panels):
        left = 0.22 + 1.56 * k
        for n in range(4):
            for c in range(6):
                inside = shared(n, c)
                axes.add_patch(_cell(left + 0.2 * c, 1.35 - 0.28 * n, inside))
        label(axes, left + 0.6, 1.9, name, "ink", size=11)
    label(axes, 0.82, 0.22, "channels →", "muted", size=10)
    label(axes, 3.9, 0.22, "rows: examples, each cell: all positions", "muted", size=10)
    return drawing


def _cell(x, y, inside):
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), 0.18, 0.25, linewidth=1.2,
                     facecolor=COLORS["blue"] if inside else COLORS["grey_fill"],
                     edgecolor=COLORS["muted"])
