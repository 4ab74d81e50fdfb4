"""Figure: what top-k, top-p and min-p keep of a steep and of a flat distribution."""

import numpy as np

from guide.figures import COLORS, plot
from snippets.language_models.decoding import next_token_probs, softmax

RULES = {"top-k 50": ({"k": 50}, "o"), "top-p 0.9": ({"p": 0.9}, "s"), "min-p 0.05": ({"ratio": 0.05}, "^")}


def figure():
    """Probability over rank, both logarithmic; a marker where each rule cuts."""
    drawing, axes = plot(height=3.9)
    rank = np.arange(1, 50_001)
    shown = np.unique(np.geomspace(1, 50_000, 60).astype(np.int64))
    curves = ((1, "blue", "-", "unsure: 1 / rank"), (2, "orange", "--", "sure: 1 / rank²"))
    for power, color, line, name in curves:
        logits = -power * np.log(rank)
        probs = softmax(logits)
        axes.plot(shown, probs[shown - 1], color=COLORS[color], linestyle=line, label=name)
        for options, marker in RULES.values():
            kept = int((next_token_probs(logits, **options) > 0).sum())
            axes.plot(kept, probs[kept - 1], marker=marker, markersize=9, color=COLORS[color],
                      linestyle="")
    for rule, (_, marker) in RULES.items():
        axes.plot([], [], marker=marker, markersize=9, color=COLORS["muted"], linestyle="", label=rule)
    axes.set(xscale="log", yscale="log", xlabel="rank of the token, of 50,000", ylabel="probability",
             ylim=(1e-10, 2), xticks=[1, 10, 100, 1000, 10_000], yticks=[1, 1e-2, 1e-4, 1e-6, 1e-8])
    axes.set_xticklabels(["1", "10", "100", "1,000", "10,000"])
    axes.minorticks_off()
    axes.legend(loc="lower left")
    return drawing
