"""Figures of the answer on VGG: the four networks in one drawing, and where VGG-16's cost sits."""

from matplotlib.figure import Figure

from guide.figures import COLORS, arrow, box, diagram, label, plot
from snippets.convolution.vgg_torch import CONVOLUTIONS, WIDTHS, cost_by_stage

LOOKS = {11: ("blue", "all"), 13: ("green", "from 13"), 16: ("orange", "from 16"), 19: ("purple", "only 19")}


def figure() -> Figure:
    """One row per stage; each convolution carries the depth from which on it is there."""
    drawing, axes = diagram(6.4, 5.6)
    label(axes, 0.55, 5.4, "input", color="muted", size=10)
    label(axes, 3.55, 5.4, "3×3 convolutions with ReLU: output channels, and in which networks",
          color="muted", size=10)
    size, previous = 224, 0
    for stage, channels in enumerate(WIDTHS):
        y = 4.92 - 0.82 * stage
        label(axes, 0.55, y, f"{size} × {size}", size=11)
        for i in range(CONVOLUTIONS[19][stage]):
            first = min(depth for depth in CONVOLUTIONS if CONVOLUTIONS[depth][stage] > i)
            color, text = LOOKS[first]
            x = 1.72 + 1.14 * i
            box(axes, x, y, 1.02, 0.52, f"{channels}\n{text}", color=color, size=10)
            if i:
                arrow(axes, (previous + 0.51, y), (x - 0.51, y), color="muted")
            previous = x
        size //= 2
        arrow(axes, (0.55, y - 0.17), (0.55, y - 0.65), color="muted")
        label(axes, 0.68, y - 0.41, "2×2 max pooling", color="muted", size=10, align="left")
    y = 0.74
    label(axes, 0.55, y, "7 × 7 × 512", size=10)
    for i, units in enumerate(("linear\n4096", "linear\n4096", "linear\n1000")):
        x = 1.72 + 1.14 * i
        box(axes, x, y, 1.02, 0.52, units, color="blue", size=10)
        if i:
            arrow(axes, (x - 0.63, y), (x - 0.51, y), color="muted")
    label(axes, 3.2, 0.22, "11, 13, 16 or 19 layers with weights: convolutions and linear layers",
          color="muted", size=10)
    return drawing


def figure_cost() -> Figure:
    """Shares of VGG-16's parameters, multiply-adds and outputs per stage and linear layer."""
    rows = cost_by_stage(16)
    drawing, panels = plot(6.4, 3.5, columns=3, sharey=True)
    names = [f"stage {i}" for i in range(1, 6)] + [f"linear {i}" for i in range(1, 4)]
    for axes, key, title, color in zip(panels, rows[0],
                                       ("parameters", "multiply-adds", "outputs to keep"),
                                       ("blue", "orange", "green"), strict=True):
        total = sum(row[key] for row in rows)
        shares = [100 * row[key] / total for row in rows]
        axes.barh(range(8), shares, color=COLORS[color], height=0.62)
        for i, share in enumerate(shares):
            axes.text(share + 2, i, f"{share:.1f}" if share < 9.95 else f"{share:.0f}", va="center",
                      fontsize=10, color=COLORS["ink"])
        axes.set(title=title, xlim=(0, 97), xticks=[0, 50], xlabel="percent")
        axes.grid(axis="y", visible=False)
    panels[0].set(yticks=range(8), yticklabels=names)
    panels[0].invert_yaxis()
    return drawing
