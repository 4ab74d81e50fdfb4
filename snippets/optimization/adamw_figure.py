"""Where a noisy weight settles, against the noise of its gradient."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot


def figure():
    """Measured means as markers, predictions as lines."""
    path = Path(__file__).with_name("adamw_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, axes = plot(height=3.3)
    noise = np.logspace(-1.15, 1.65, 100)
    axes.semilogx(noise, np.full(100, 1 / 1.1), color=COLORS["orange"], linestyle="--")
    axes.semilogx(noise, 1 / (1 + 0.1 * noise), color=COLORS["blue"], linestyle="-")
    axes.plot(result["sigmas"], result["L2"]["mean"], "s", color=COLORS["orange"])
    axes.plot(result["sigmas"], result["AdamW"]["mean"], "o", color=COLORS["blue"])
    axes.set(xlabel="root mean square of the gradient", ylabel="weight in the long run", ylim=(0, 1.12))
    label(axes, 6.5, 1.0, "L2 in the gradient: 1/(1 + λ)", "orange", align="left")
    label(axes, 0.3, 0.6, "AdamW: 1/(1 + λ√v)", "blue", align="left")
    return drawing
