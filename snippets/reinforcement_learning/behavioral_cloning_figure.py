"""Cost against horizon on two logarithmic axes, for three ways of gathering 4000 labels."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot

JSON = Path(__file__).with_name("behavioral_cloning_experiment.json")


def figure():
    """Three lines, and slopes 1 and 2 to compare with."""
    costs = json.loads(JSON.read_text())["costs"]["4000"]
    drawing, axes = plot(height=4.4)
    for name, text, color, style, marker in (
            ("cloned", "expert alone", "orange", "--", "s"),
            ("noise", "disturbed expert", "purple", "-.", "^"),
            ("dagger", "DAgger", "blue", "-", "o")):
        horizons = np.array([int(h) for h in costs[name]])
        axes.loglog(horizons, list(costs[name].values()), color=COLORS[color], linestyle=style,
                    marker=marker, label=text)
    ends = np.array([10.0, 1000.0])
    axes.loglog(ends, 0.05 * (ends / 10), ":", color=COLORS["muted"], linewidth=1)
    axes.loglog(ends, 0.25 * (ends / 10) ** 2, ":", color=COLORS["muted"], linewidth=1)
    label(axes, 620, 2.0, "slope 1", "muted", size=10)
    label(axes, 250, 340, "slope 2", "muted", size=10)
    axes.set(xlabel="horizon, steps", ylabel="expected steps out of the lane", xlim=(9, 1100),
             ylim=(0.03, 1200))
    axes.legend(loc="upper left")
    return drawing
