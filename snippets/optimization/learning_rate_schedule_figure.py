"""The shapes of four schedules, and final loss against the peak rate for Adam."""

import json
from pathlib import Path
from statistics import median

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.optimization.learning_rate_schedule import cosine, inverse_sqrt, linear, wsd


def figure():
    """Learning rate in units of the peak, 1,000 steps with 100 of warm-up."""
    t = np.arange(1001)
    drawing, axes = plot(height=3.3)
    for rates, color, line in [
            (cosine(t, 1.0, 100, 1000), "blue", "-"), (linear(t, 1.0, 100, 1000), "orange", "--"),
            (wsd(t, 1.0, 100, 1000, decay=200), "green", "-."), (inverse_sqrt(t, 1.0, 100), "purple", ":")]:
        axes.plot(t, rates, color=COLORS[color], linestyle=line)
    axes.set(xlabel="step", ylabel="learning rate / peak", ylim=(0, 1.15))
    label(axes, 640, 1.07, "warmup, stable, decay", "green")
    label(axes, 445, 0.83, "cosine", "blue", align="left")
    label(axes, 500, 0.62, "linear", "orange", align="left")
    label(axes, 120, 0.52, "inverse\nsquare root", "purple", align="left")
    return drawing


def figure_peak():
    """Median of five starts."""
    path = Path(__file__).with_name("learning_rate_schedule_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))["Adam"]
    drawing, axes = plot(height=3.5)
    for name, color, line, marker in [
            ("constant", "muted", ":", "s"), ("linear", "orange", "--", "^"),
            ("warmed averages, linear", "purple", "-.", "D"), ("warm-up, linear", "blue", "-", "o")]:
        rates = [float(rate) for rate in result[name]]
        axes.loglog(rates, [median(one["loss"]) for one in result[name].values()], color=COLORS[color],
                    linestyle=line, marker=marker, markersize=5)
    axes.set(xlabel="peak learning rate", ylabel="final training loss", ylim=(5e-4, 6))
    label(axes, 0.00095, 1.6, "·····  constant", "muted", align="left")
    label(axes, 0.00095, 0.7, "- -  linear decay", "orange", align="left")
    label(axes, 0.00095, 0.3, "–·–  averages warmed at rate 0,\n        then linear decay", "purple",
          align="left")
    label(axes, 0.013, 0.0011, "—  warm-up, linear decay", "blue", align="left")
    return drawing
