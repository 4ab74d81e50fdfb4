"""Figures: overlap and residual of two distributions; speedup over the number of drafts."""

import numpy as np

from guide.figures import COLORS, plot
from snippets.language_models.speculative_decoding import residual, speedup

P, Q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.5, 0.3])


def figure():
    """Bars of q and of p, p made of what is accepted and what the residual adds."""
    drawing, axes = plot(height=3.2)
    at, both = np.arange(3.0), np.minimum(P, Q)
    axes.bar(at - 0.2, Q, 0.36, color=COLORS["grey_fill"], edgecolor=COLORS["muted"], label="draft q")
    axes.bar(at + 0.2, both, 0.36, color=COLORS["blue_fill"], edgecolor=COLORS["blue"],
             label="accepted: min(p, q), 0.7 in all")
    rest = (1 - both.sum()) * residual(P, Q)
    axes.bar(at[:1] + 0.2, rest[:1], 0.36, bottom=both[:1], color=COLORS["orange_fill"],
             edgecolor=COLORS["orange"], label="after a rejection: 0.3")
    for i in range(3):
        axes.text(at[i] + 0.2, P[i] + 0.015, f"p = {P[i]}", ha="center", color=COLORS["ink"])
        axes.text(at[i] - 0.2, Q[i] + 0.015, f"q = {Q[i]}", ha="center", color=COLORS["muted"])
    axes.set(xticks=at, ylim=(0, 0.82), ylabel="probability")
    axes.set_xticklabels(["token 0", "token 1", "token 2"])
    axes.grid(visible=False, axis="x")
    axes.legend(loc="upper right")
    return drawing


def figure_speedup():
    """Speedup over gamma for four acceptance rates at a draft cost of 5 percent."""
    drawing, axes = plot(height=3.6)
    gammas = np.arange(1, 17)
    styles = (("blue", "-", "o"), ("orange", "--", "s"), ("green", "-.", "^"), ("purple", ":", "D"))
    for alpha, (color, line, marker) in zip((0.9, 0.8, 0.7, 0.5), styles, strict=True):
        gains = [speedup(alpha, int(gamma), 0.05) for gamma in gammas]
        axes.plot(gammas, gains, color=COLORS[color], linestyle=line)
        best = int(np.argmax(gains))
        axes.plot(gammas[best], gains[best], marker=marker, markersize=8, color=COLORS[color])
        axes.text(16.2, gains[-1], f"α = {alpha}", color=COLORS[color], va="center")
    axes.axhline(1, color=COLORS["muted"], linewidth=1.2)
    axes.set(xlabel="drafted tokens γ; the marker is the best", ylabel="speedup at c = 0.05",
             xlim=(0.5, 18.6), ylim=(0.8, 5), xticks=[1, 4, 8, 12, 16])
    return drawing
