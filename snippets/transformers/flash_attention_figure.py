"""The tiles of a causal score matrix, and the numbers moved by the rows of a tile."""

import numpy as np
from matplotlib.patches import Rectangle

from guide.figures import COLORS, label, plot
from snippets.transformers.flash_attention import traffic


def figure():
    """Left: done, current and skipped tiles. Right: traffic against the height of a tile."""
    drawing, (left, right) = plot(height=3.5, columns=2)
    left.grid(False)
    for i in range(5):
        for j in range(5):
            color = "grey_fill" if j > i else "blue_fill" if (i, j) < (3, 2) else "paper"
            if (i, j) == (3, 2):
                color = "orange_fill"
            left.add_patch(Rectangle((j, 4 - i), 0.94, 0.94, facecolor=COLORS[color],
                                     edgecolor=COLORS["orange" if (i, j) == (3, 2) else "muted"]))
            if j > i:
                label(left, j + 0.47, 4.47 - i, "skip", "muted", size=10)
    label(left, 2.47, 1.47, "now", "orange", size=10)
    left.set(xlim=(-0.1, 5.1), ylim=(-0.1, 5.1), xticks=[], yticks=[], xlabel="keys, in tiles",
             ylabel="queries, in tiles", title="one tile at a time")
    for side in ("left", "bottom"):
        left.spines[side].set_visible(False)
    rows = 2 ** np.arange(4, 11)
    for dim, color, style, marker in ((64, "blue", "-", "o"), (128, "orange", "--", "s")):
        moved = [traffic(8192, dim, int(b)) / 1e6 for b in rows]
        right.loglog(rows, moved, color=COLORS[color], linestyle=style, marker=marker, markersize=5)
    right.axhline(traffic(8192, 128) / 1e6, color=COLORS["red"], linewidth=1.5, linestyle=":")
    label(right, 1000, 350, "scores written out", "red", size=10, align="right")
    label(right, 28, 130, "d = 64", "blue", size=10)
    label(right, 130, 210, "d = 128", "orange", size=10, align="left")
    right.set(xlabel="rows of a tile", ylabel="million numbers moved", title="8,192 tokens, one head")
    right.set_xticks([16, 64, 256, 1024], ["16", "64", "256", "1,024"])
    right.set_yticks([10, 100, 1000], ["10", "100", "1,000"])
    right.minorticks_off()
    return drawing
