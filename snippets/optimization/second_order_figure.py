"""Loss over ten steps with the exact curvature of a small network."""

import json
from pathlib import Path

from guide.figures import COLORS, label, plot


def figure():
    """Median of three starts; plain Newton leaves the picture."""
    path = Path(__file__).with_name("second_order_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, axes = plot(height=3.5)
    for name, color, line, text, x, y in [
            ("Newton", "red", ":", "Newton", 2.2, 3.4),
            ("gradient descent", "muted", "--", "gradient descent", 7.2, 0.53),
            ("Newton, damped", "purple", (0, (5, 1, 1, 1)), "Newton, damped", 4.3, 0.75),
            ("saddle-free, damped", "orange", "-.", "saddle-free", 8.3, 0.215),
            ("Gauss-Newton, damped", "blue", "-", "Gauss–Newton", 4.0, 0.155)]:
        median = [sorted(losses)[1] for losses in zip(*(one["losses"] for one in result[name]), strict=True)]
        axes.semilogy(range(11), median, color=COLORS[color], linestyle=line)
        label(axes, x, y, text, color, align="left")
    axes.set(xlabel="step", ylabel="training loss", ylim=(0.12, 5), xlim=(0, 10.4))
    axes.set_yticks([0.2, 0.5, 1, 2, 5], ["0.2", "0.5", "1", "2", "5"])
    axes.minorticks_off()
    return drawing
