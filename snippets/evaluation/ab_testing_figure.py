"""Left: false positives against looks. Right: ten tests without effect, watched."""

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.evaluation.ab_testing import peeking


def figure():
    """The rate from 20,000 simulated tests; right, a draw of ten picked to show crossings."""
    drawing, (left, right) = plot(height=3.4, columns=2)
    looks = [1, 2, 5, 10, 20, 50, 100]
    rates = [100 * peeking(k, 20_000, np.random.default_rng(0)) for k in looks]
    left.semilogx(looks, rates, "o-", color=COLORS["red"])
    left.axhline(5, color=COLORS["muted"], linestyle=":", linewidth=1.5)
    left.set(xlabel="looks", title="false positives in %", ylim=(0, 42))
    left.set_xticks([1, 5, 20, 100], ["1", "5", "20", "100"])
    left.minorticks_off()
    label(left, 12, 7.5, "promised: 5", "muted", size=10)

    steps = np.arange(1, 21)
    z = np.cumsum(np.random.default_rng(3).standard_normal((10, 20)), axis=1) / np.sqrt(steps)
    for path in z:
        crossed = np.any(np.abs(path) > 1.96)
        color, style, width = ("red", "-", 2) if crossed else ("muted", "--", 1)
        right.plot(steps, path, color=COLORS[color], linestyle=style, linewidth=width)
    for limit in (-1.96, 1.96):
        right.axhline(limit, color=COLORS["muted"], linestyle=":", linewidth=1.5)
    right.set(xlabel="look", title="z, ten tests without effect", xlim=(1, 20), ylim=(-3.6, 3.6))
    right.set_xticks([1, 5, 10, 15, 20])
    return drawing
