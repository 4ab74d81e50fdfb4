"""Share of symbols copied right by length: one vector and attention, free and forced."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, plot

LINES = [("attention", "free", "attention, own outputs", "blue", "-", "o"),
         ("fixed", "forced", "one vector, true history", "orange", "--", "s"),
         ("fixed", "free", "one vector, own outputs", "orange", "-", "s")]


def figure():
    """Three lines over the length; a vertical line at the longest of training."""
    path = Path(__file__).with_name("sequence_to_sequence_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, axes = plot(height=3.8)
    for kind, key, text, color, style, marker in LINES:
        mean = 100 * np.mean([one[key] for one in result["runs"][kind]["seeds"]], axis=0)
        axes.plot(result["lengths"], mean, color=COLORS[color], linestyle=style, marker=marker,
                  markersize=5, label=text)
    axes.axvline(result["longest"], color=COLORS["muted"], linewidth=1.2, linestyle=":")
    axes.axhline(100 / result["symbols"], color=COLORS["muted"], linewidth=1.2, linestyle=":")
    axes.set(xlabel="length of the sequence (dotted: longest in training; chance)",
             ylabel="symbols right (%)", ylim=(0, 104))
    axes.legend(loc="lower left", fontsize=10, bbox_to_anchor=(0, 0.12))
    return drawing
