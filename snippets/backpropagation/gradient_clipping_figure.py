"""Left: what each rule does to one gradient. Right: a parameter beside a cliff."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, arrow, label, plot
from snippets.backpropagation.gradient_clipping import clip_by_norm, clip_by_value


def figure():
    """The gradient (3, 0.8) clipped at 1 by norm and by value; a path beside a cliff."""
    path = Path(__file__).with_name("gradient_clipping_experiment.json")
    paths = json.loads(path.read_text(encoding="utf-8"))["path_bias"]
    drawing, (left, right) = plot(height=3.3, columns=2)
    step = np.array([3.0, 0.8])
    (by_norm,), _ = clip_by_norm([step], 1.0)
    (by_value,) = clip_by_value([step], 1.0)
    angle = np.linspace(0, np.pi / 2, 60)
    left.plot(np.cos(angle), np.sin(angle), color=COLORS["muted"], linestyle=":", linewidth=1.2)
    left.plot([1, 1, 0], [0, 1, 1], color=COLORS["muted"], linestyle="--", linewidth=1.2)
    for vector, color in ((step, "muted"), (by_value, "orange"), (by_norm, "blue")):
        arrow(left, (0, 0), tuple(vector), color)
    label(left, 3.0, 1.02, "gradient", "muted", align="right")
    label(left, 1.08, 1.14, "by value", "orange", align="left")
    label(left, 1.12, 0.1, "by norm", "blue", align="left")
    left.set(xlim=(0, 3.15), ylim=(0, 1.6), aspect="equal", title="clipped at 1",
             xticks=[0, 1, 2, 3], yticks=[0, 1])
    for name, color, line in (("none", "red", "-"), ("norm 1", "blue", "--")):
        right.plot(paths[name], color=COLORS[color], linestyle=line, linewidth=1.5)
    right.set(xlabel="step", title="bias near a cliff", ylim=(-10, 0), xlim=(0, 400))
    label(right, 390, -8.2, "not clipped", "red", align="right")
    label(right, 390, -1.1, "clipped at norm 1", "blue", align="right")
    return drawing
