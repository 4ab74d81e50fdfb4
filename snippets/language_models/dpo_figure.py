"""The preferred answer's log-probability while the margin grows, by similarity of the pair."""

import json
from pathlib import Path

from guide.figures import COLORS, label, plot


def figure():
    """One line per cosine; above zero the preferred answer gained."""
    path = Path(__file__).with_name("dpo_experiment.json")
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    drawing, axes = plot(height=3.4)
    for name, color, line in (("0.0", "blue", "-"), ("0.5", "green", "--"), ("0.9", "orange", "-."),
                              ("0.98", "red", ":")):
        axes.plot(rows[name]["margin"], rows[name]["chosen"], color=COLORS[color], linestyle=line)
    axes.axhline(0, color=COLORS["muted"], linewidth=1, linestyle="-")
    axes.set(xlabel="margin of log-ratios, which DPO pushes up (nats)", xlim=(0, 8), ylim=(-12, 4),
             ylabel="change of log p(preferred)")
    label(axes, 7.9, 2.8, "cosine 0", "blue", align="right")
    label(axes, 7.9, -1.1, "0.5", "green", align="right")
    label(axes, 7.9, -6.6, "0.9", "orange", align="right")
    label(axes, 2.6, -10.5, "0.98", "red", align="right")
    return drawing
