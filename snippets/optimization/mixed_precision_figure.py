"""Two figures: what five formats can hold, and losses with and without the two remedies."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.optimization.mixed_precision import FORMATS, finfo

RESULT = json.loads(Path(__file__).with_name("mixed_precision_experiment.json").read_text(encoding="utf-8"))
NAMES = {"float32": "float32", "bfloat16": "bfloat16", "float16": "float16",
         "float8_e5m2": "E5M2", "float8_e4m3fn": "E4M3"}


def figure():
    """One bar per format from the smallest subnormal to the largest value, on a log axis."""
    drawing, axes = plot(height=3.2)
    for row, key in enumerate(NAMES):
        info = finfo(*FORMATS[key])
        low, tiny, high = (np.log10(info[k]) for k in ("smallest", "tiny", "max"))
        axes.plot([low, tiny], [row, row], color=COLORS["orange"], linewidth=5, linestyle=(0, (1, 0.6)))
        axes.plot([tiny, high], [row, row], color=COLORS["blue"], linewidth=9, linestyle="-")
        label(axes, 41, row, f"eps {info['eps']:.2g}", size=10, align="left")
    axes.set(yticks=range(5), yticklabels=list(NAMES.values()), ylim=(4.6, -0.7), xlim=(-47, 58),
             xlabel="size of a positive value")
    axes.set_xticks([-40, -20, -8, 0, 5, 38],
                    ["$10^{-40}$", "$10^{-20}$", "$10^{-8}$", "1", "$10^{5}$", "$10^{38}$"])
    return drawing


def figure_runs():
    """Training loss, mean of three seeds, for five of the runs."""
    drawing, axes = plot(height=3.8)
    for run, color, style in [("bfloat16", "purple", "-"), ("float16", "orange", "--"),
                              ("float16, master", "green", "-."), ("float16, scaling, master", "blue", "-"),
                              ("float32", "ink", ":")]:
        course = np.mean([one["course"] for one in RESULT["runs"][run]], axis=0)
        axes.semilogy(20 * np.arange(len(course)), course, color=COLORS[color], linestyle=style, label=run)
    axes.set(xlabel="step", ylabel="training loss", xlim=(0, 600), ylim=(5e-3, 40))
    axes.set_yticks([0.01, 0.1, 1, 10], ["0.01", "0.1", "1", "10"])
    axes.legend(loc="upper right", ncols=2)
    return drawing
