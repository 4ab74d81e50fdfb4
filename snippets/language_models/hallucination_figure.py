"""Loss on new text against false statements, and what a guess is worth by the threshold."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.language_models.hallucination import wrong_answer_penalty
from snippets.language_models.hallucination_experiment import false_share, new_text_loss, world


def figure():
    """The loss is lowest where the model invents as much as the text has missed."""
    path = Path(__file__).with_name("hallucination_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    probs, counts = world(np.random.default_rng(0))
    mixes = np.linspace(0.002, 0.6, 120)
    drawing, (top, bottom) = plot(6.4, 4.6, rows=2, sharex=True)
    top.plot(mixes, [new_text_loss(probs, counts, mix) for mix in mixes], color=COLORS["blue"])
    bottom.plot(mixes, [100 * false_share(mix) for mix in mixes], color=COLORS["red"], linestyle="-")
    for axes in (top, bottom):
        axes.axvline(result["missing"], color=COLORS["muted"], linestyle=":", linewidth=1.5)
    top.plot(result["missing"], result["best"]["loss"], "o", color=COLORS["blue"], markersize=8)
    bottom.plot(result["missing"], 100 * result["best"]["false"], "s", color=COLORS["red"], markersize=8)
    label(top, 0.22, 7.55, "probability of what the text\nnever mentioned: 0.204", "muted", size=10,
          align="left")
    label(top, 0.005, 6.86, "lowest loss: 6.99", "blue", size=10, align="left")
    label(bottom, 0.22, 10, "20 % false there", "red", size=10, align="left")
    top.set(ylabel="loss on new\ntrue text, nats", ylim=(6.75, 7.9), xlim=(0, 0.6))
    bottom.set(ylabel="false among\ngenerated, %", ylim=(0, 62),
               xlabel="probability that the model gives to unseen statements")
    return drawing


def figure_score():
    """Expected score of answering, by confidence, for four thresholds."""
    p = np.linspace(0, 1, 101)
    drawing, axes = plot(6.4, 3.5)
    styles = ("-", "--", "-.", ":")
    thresholds = ((0.0, "green"), (0.5, "blue"), (0.75, "orange"), (0.9, "red"))
    for (threshold, color), style in zip(thresholds, styles, strict=True):
        axes.plot(p, p - (1 - p) * wrong_answer_penalty(threshold), color=COLORS[color], linestyle=style,
                  label=f"{threshold:g}")
        axes.plot(threshold, 0, "o", color=COLORS[color], markersize=7)
    axes.axhline(0, color=COLORS["muted"], linewidth=1.2)
    label(axes, 0.02, -0.28, "silence: 0", "muted", size=10, align="left")
    axes.set(xlabel="probability that the answer is right", ylabel="expected score",
             ylim=(-3, 1.1), xlim=(0, 1))
    axes.legend(title="threshold", loc="lower right")
    return drawing
