"""Operations per byte of a decoding step against the batch, for several lengths."""

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.transformers.kv_cache import READ_8B, decode_intensity

LENGTHS = [(0, "no cache", "muted", ":"), (1_024, "1,024 tokens", "blue", "-"),
           (8_192, "8,192", "orange", "--"), (131_072, "131,072", "purple", "-.")]


def figure():
    """One line per context length; the dashed line is where an H100 turns compute-bound."""
    drawing, axes = plot(height=3.7)
    batches = 2 ** np.arange(0, 11)
    for tokens, name, color, style in LENGTHS:
        work = [decode_intensity(READ_8B, 65_536 * tokens, int(batch), 4) for batch in batches]
        axes.loglog(batches, work, color=COLORS[color], linestyle=style)
        place = {0: (40, 70), 1_024: (330, 52), 8_192: (330, 11.5), 131_072: (330, 3.2)}[tokens]
        label(axes, *place, name, color, size=10)
    axes.axhline(295, color=COLORS["red"], linewidth=1.5, linestyle=(0, (5, 1, 1, 1)))
    label(axes, 1.1, 400, "H100: 295 needed to be bound by arithmetic", "red", size=10, align="left")
    axes.set(xlabel="sequences in the batch", ylabel="operations per byte", ylim=(0.7, 1500))
    axes.set_xticks([1, 4, 16, 64, 256, 1024], ["1", "4", "16", "64", "256", "1,024"])
    axes.set_yticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
    axes.minorticks_off()
    return drawing
