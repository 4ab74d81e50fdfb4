"""A group of four answers, and where two ways of averaging come to rest."""

import json
from pathlib import Path

from guide.figures import COLORS, arrow, box, diagram, label, plot


def figure():
    """One prompt, four answers, their rewards and advantages."""
    drawing, axes = diagram(6.4, 2.9)
    box(axes, 0.7, 1.3, 1.0, 0.6, "prompt", "muted")
    label(axes, 2.3, 2.7, "answers", "muted", size=10)
    label(axes, 3.75, 2.7, "reward", "muted", size=10)
    label(axes, 5.3, 2.7, "advantage", "muted", size=10)
    for at, (reward, text) in enumerate(((1, "+1.5"), (0, "−0.5"), (0, "−0.5"), (0, "−0.5"))):
        y = 2.3 - 0.66 * at
        color = "green" if reward else "red"
        arrow(axes, (1.2, 1.3), (1.78, y), "muted")
        box(axes, 2.3, y, 1.0, 0.46, f"answer {at + 1}", "blue", size=10)
        arrow(axes, (2.82, y), (3.5, y), "muted")
        box(axes, 3.75, y, 0.46, 0.46, str(reward), color)
        arrow(axes, (4.0, y), (4.85, y), "muted")
        label(axes, 5.3, y, text, color, size=12)
    return drawing


def figure_length():
    """Chance of being right against mean length, with the two resting points."""
    path = Path(__file__).with_name("grpo_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, axes = plot(height=3.2)
    chance, length = zip(*result["curve"], strict=True)
    axes.plot(length, [100 * c for c in chance], color=COLORS["muted"], linestyle="-")
    for name, color, marker in (("constant", "blue", "o"), ("by_length", "orange", "s")):
        axes.plot(result[name][1], 100 * result[name][0], marker, color=COLORS[color], markersize=8)
    axes.set(xlabel="mean length of the policy's answers (tokens)", ylabel="right (%)",
             xlim=(0, 70), ylim=(15, 58))
    label(axes, 18, 54, "divided by a constant", "blue", align="left")
    label(axes, 46, 39, "divided by\nown length", "orange", align="left")
    return drawing
