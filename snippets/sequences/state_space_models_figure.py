"""Memory of one layer against the length of the context: growing cache, constant state."""

from guide.figures import COLORS, plot
from snippets.sequences.state_space_models import cache_bytes, state_bytes


def figure():
    """Three lines on logarithmic axes."""
    drawing, axes = plot(height=3.6)
    tokens = [2**k for k in range(6, 21)]
    for heads, text, color, style in ((32, "attention, 32 key-value heads", "red", "-."),
                                      (8, "attention, 8 key-value heads", "orange", "--")):
        axes.loglog(tokens, [cache_bytes(n, heads, 128) / 2**20 for n in tokens], color=COLORS[color],
                    linestyle=style, label=text)
    axes.loglog(tokens, [state_bytes(8192, 128) / 2**20] * len(tokens), color=COLORS["blue"],
                label="state space, 8,192 × 128")
    axes.set(xlabel="tokens read", ylabel="MiB for one layer, one sequence", xlim=(64, 2**20))
    axes.set_xticks([100, 1000, 10000, 100000, 1000000], ["100", "1k", "10k", "100k", "1M"])
    axes.set_yticks([1, 10, 100, 1000, 10000], ["1", "10", "100", "1,000", "10,000"])
    axes.minorticks_off()
    axes.legend(loc="upper left", fontsize=10)
    return drawing
