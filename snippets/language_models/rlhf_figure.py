"""The clipped objective for both signs, and a reward that is optimized too far."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot


def figure():
    """Left: good tokens, flat above 1.2. Right: bad tokens, flat below 0.8."""
    drawing, both = plot(height=3.1, columns=2)
    ratio = np.linspace(0.4, 1.6, 200)
    for axes, advantage, flat in zip(both, (1, -1), ((1.2, 1.6), (0.4, 0.8)), strict=True):
        free = ratio * advantage
        axes.plot(ratio, free, color=COLORS["muted"], linestyle=":")
        axes.plot(ratio, np.minimum(free, np.clip(ratio, 0.8, 1.2) * advantage), color=COLORS["blue"])
        axes.axvspan(*flat, color=COLORS["orange_fill"])
        axes.plot([1], [advantage], "o", color=COLORS["ink"])
        axes.set(xlabel="ratio new / old", title=f"advantage {advantage:+d}".replace("-", "−"),
                 xticks=[0.4, 0.8, 1, 1.2, 1.6], xlim=(0.4, 1.6))
    label(both[0], 1.4, 0.55, "no\ngradient", "orange")
    label(both[1], 0.6, -1.4, "no\ngradient", "orange")
    return drawing


def figure_overoptimized():
    """Fitted and true reward against the distance from the reference."""
    path = Path(__file__).with_name("rlhf_experiment.json")
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    drawing, axes = plot(height=3.4)
    row = rows["1000"]
    axes.plot(row["kl"], row["proxy"], color=COLORS["orange"], linestyle="--")
    axes.plot(row["kl"], row["gold"], color=COLORS["blue"])
    axes.plot(rows["50"]["kl"], rows["50"]["gold"], color=COLORS["purple"], linestyle=":")
    axes.plot(row["best_kl"], row["best_gold"], "o", color=COLORS["blue"], markersize=7)
    axes.set(xlabel="KL from the reference (nats)", ylabel="mean reward", ylim=(0, 3.4), xlim=(0, 6.5))
    label(axes, 3.3, 2.65, "fitted reward", "orange", align="right")
    label(axes, 6.4, 0.5, "true reward, 1,000 comparisons", "blue", align="right")
    label(axes, 6.4, 1.5, "true reward, 50", "purple", align="right")
    return drawing
