"""Figure: bytes per token against the size of the vocabulary."""

import json
from pathlib import Path

from guide.figures import COLORS, plot

MEASURED = json.loads(Path(__file__).with_name("tokenization_experiment.json").read_text(encoding="utf-8"))


def figure():
    """Two curves over the vocabulary size, on a logarithmic axis."""
    drawing, axes = plot(height=3.4)
    sizes = MEASURED["sizes"]
    axes.plot(sizes, MEASURED["train"], color=COLORS["blue"], marker="o", linestyle="-")
    axes.plot(sizes, MEASURED["held_out"], color=COLORS["orange"], marker="s", linestyle="--")
    axes.set_xscale("log", base=2)
    axes.minorticks_off()
    axes.set(xticks=[256, 512, 1024, 1519], xlabel="vocabulary (bytes and merges)", ylabel="bytes per token",
             ylim=(0.9, 3.6), xlim=(240, 2300))
    axes.set_xticklabels(["256", "512", "1,024", "1,519"])
    axes.text(sizes[-1] * 1.06, MEASURED["train"][-1], "trained\non", color=COLORS["blue"], va="center")
    axes.text(sizes[-1] * 1.06, MEASURED["held_out"][-1], "held\nout", color=COLORS["orange"], va="center")
    return drawing
