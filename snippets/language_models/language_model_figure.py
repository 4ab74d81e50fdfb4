"""Loss of a small transformer over training, between the levels of n-gram models and the entropy."""

import json
from pathlib import Path

from guide.figures import COLORS, plot


def figure():
    """Mean loss of ten batches against steps; horizontal lines for n-grams, floor and ln V."""
    path = Path(__file__).with_name("language_model_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, axes = plot(height=3.6)
    steps = [10 * i + 5 for i in range(len(result["curve"]))]
    axes.plot(steps, result["curve"], color=COLORS["blue"], linestyle="-")
    axes.text(80, 2.0, "transformer", color=COLORS["blue"], fontsize=11)
    for name, value, color in (("even guess, ln 14", 2.639, "muted"),
                               ("unigram", result["ngrams"]["1"], "orange"),
                               ("bigram", result["ngrams"]["2"], "orange"),
                               ("4-gram", result["ngrams"]["4"], "orange"),
                               ("entropy", result["floor"], "green")):
        axes.axhline(value, color=COLORS[color], linewidth=1.4, linestyle="--")
        axes.text(398, value + 0.05, name, color=COLORS[color], fontsize=11, ha="right")
    axes.set(xlabel="batches of 32 × 48 tokens", ylabel="loss (nats per token)",
             xlim=(0, 400), ylim=(0.4, 2.9))
    return drawing
