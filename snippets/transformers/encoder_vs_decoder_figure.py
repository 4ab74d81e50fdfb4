"""Three masks for three source and three target tokens."""

from guide.figures import COLORS, plot
from snippets.transformers.encoder_vs_decoder import visible


def figure():
    """Rows see columns; filled where they may."""
    drawing, panels = plot(height=2.7, columns=3)
    for axes, kind, title in zip(panels, ("encoder", "decoder", "prefix"),
                                 ("encoder", "decoder", "encoder-decoder"), strict=True):
        mask = visible(kind, 3, 3)
        for row in range(6):
            for column in range(6):
                cross = kind == "prefix" and row >= 3 > column
                color = "orange" if cross else "blue"
                axes.add_patch(_square(column, row, color if mask[row, column] else None))
        axes.set(xlim=(-0.1, 6.1), ylim=(6.1, -0.1), aspect="equal", xticks=[1.5, 4.5], yticks=[1.5, 4.5],
                 xticklabels=["source", "target"], yticklabels=["source", "target"], title=title)
        axes.grid(visible=False)
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    return drawing


def _square(x, y, color):
    from matplotlib.patches import Rectangle

    return Rectangle((x + 0.06, y + 0.06), 0.88, 0.88, linewidth=1.2,
                     facecolor=COLORS[f"{color}_fill" if color else "grey_fill"],
                     edgecolor=COLORS[color or "grid"])
