"""Attention's share of the work by length, and how far a stack of windows looks back."""

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.transformers.attention_cost import LLAMA_8B, LLAMA_70B, _influence, layer_flops


def figure():
    """Left: share of a layer's operations. Right: share of the influence within a distance."""
    drawing, (left, right) = plot(height=3.6, columns=2)
    tokens = 2 ** np.arange(10, 19)
    for name, shape, color, style in (("8B", LLAMA_8B, "blue", "-"), ("70B", LLAMA_70B, "orange", "--")):
        costs = [layer_flops(int(t), **shape) for t in tokens]
        share = [100 * cost["attention"] / sum(cost.values()) for cost in costs]
        left.semilogx(tokens, share, color=COLORS[color], linestyle=style, base=2)
        label(left, *((16_000, 40) if name == "8B" else (95_000, 30)), name, color, size=10)
    left.axhline(50, color=COLORS["muted"], linewidth=1.5, linestyle=":")
    left.set(xlabel="tokens", ylabel="attention's share (%)", title="Llama 3", ylim=(0, 100))
    left.set_xticks([1_024, 8_192, 65_536], ["1,024", "8,192", "65,536"])
    left.minorticks_off()
    for stay, color, style in ((0.5, "blue", "-"), (0.0, "orange", "--")):
        share = 100 * np.cumsum(_influence(32, 4096, stay))
        right.plot(np.arange(0, len(share), 800) / 1000, share[::800], color=COLORS[color], linestyle=style)
    right.axvline(131.041, color=COLORS["red"], linewidth=1.5, linestyle=":")
    label(right, 129, 50, "reach", "red", size=10, align="right")
    label(right, 30, 12, "residual", "blue", size=10, align="left")
    label(right, 73, 30, "none", "orange", size=10, align="left")
    right.set(xlabel="thousand tokens back", ylabel="influence within (%)", title="32 windows of 4,096",
              xlim=(0, 138), ylim=(0, 104))
    return drawing
