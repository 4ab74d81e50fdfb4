"""Which entries of a (T, D) matrix go to which head, by transposing and by reshaping alone."""

import numpy as np
from matplotlib.patches import Rectangle

from guide.figures import COLORS, arrow, diagram, label
from snippets.transformers.multi_head_attention import split_heads
from snippets.transformers.multi_head_attention_mistakes import split_by_reshape


def figure():
    """Four tokens, six channels, two heads: by columns, and wrongly by rows."""
    drawing, axes = diagram(6.4, 2.9)
    tokens, channels, cell = 4, 6, 0.36
    entries = np.arange(tokens * channels).reshape(1, tokens, channels)
    for at, title, split in ((0.75, "reshape, then transpose", split_heads),
                             (3.85, "reshape alone: wrong", split_by_reshape)):
        first = set(split(entries, 2)[0, 0].ravel().tolist())
        for t, c in np.ndindex(tokens, channels):
            one = t * channels + c in first
            x, y = at + c * cell, 1.85 - t * cell
            axes.add_patch(Rectangle((x, y), cell, cell, linewidth=1, edgecolor=COLORS["muted"],
                                     facecolor=COLORS["blue_fill" if one else "orange_fill"]))
            label(axes, x + cell / 2, y + cell / 2, "1" if one else "2", "blue" if one else "orange")
        label(axes, at + channels * cell / 2, 2.6, title, "ink" if at < 1 else "red", size=11)
    arrow(axes, (0.5, 2.2), (0.5, 0.75), "muted")
    label(axes, 0.3, 1.5, "tokens", "muted", size=10, rotation=90)
    arrow(axes, (0.75, 0.55), (2.91, 0.55), "muted")
    label(axes, 1.83, 0.33, "channels; 1 and 2 are the heads", "muted", size=10)
    label(axes, 4.93, 0.42, "each head has half of the\ntokens and all channels", "red", size=10)
    return drawing
