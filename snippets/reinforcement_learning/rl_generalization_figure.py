"""Success on seen and unseen maps against the number of training maps, for two frames of the same map."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, plot

JSON = Path(__file__).with_name("rl_generalization_experiment.json")


def figure():
    """Networks: the gap between seen and unseen maps closes, at different numbers of maps."""
    measured = json.loads(JSON.read_text())["networks"]
    drawing, panels = plot(height=3.8, columns=2, sharey=True)
    for axes, kind, title in zip(panels, ("fixed", "centered"), ("map fixed", "agent in the middle"),
                                 strict=True):
        counts = [int(count) for count in measured[0][kind]]
        both = 100 * np.array([[run[kind][str(count)] for count in counts] for run in measured])
        for place, name, color, style, marker in ((0, "seen maps", "orange", "--", "s"),
                                                  (1, "unseen maps", "blue", "-", "o")):
            values = both[:, :, place]
            axes.semilogx(counts, values.mean(axis=0), style, color=COLORS[color], marker=marker, label=name)
            axes.vlines(counts, values.min(axis=0), values.max(axis=0), color=COLORS[color], linewidth=1.2)
        axes.set(title=title, xlabel="training maps", ylim=(-3, 103), xticks=counts)
        axes.set_xticks([], minor=True)
        axes.set_xticklabels(counts)
    panels[0].set(ylabel="reaches the goal, %")
    panels[1].legend(loc="lower right")
    return drawing
