"""One figure: calibration error and similarity kept, against the amount of smoothing."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot


def figure():
    """Left: calibration error after 10 and 200 epochs. Right: correlation with the truth."""
    file = Path(__file__).with_name("label_smoothing_experiment.json")
    teachers = json.loads(file.read_text(encoding="utf-8"))["teachers"]
    shares = [0.0, 0.05, 0.1, 0.2]
    drawing, (left, right) = plot(height=3.5, columns=2)
    for axes, key, scale in ((left, "calibration", 100), (right, "similarity", 1)):
        for step, color, style in ((100, "blue", "o-"), (2000, "orange", "s--")):
            values = [scale * np.mean(teachers[f"{share}, {step}"][key]) for share in shares]
            axes.plot(shares, values, style, color=COLORS[color])
        axes.set(xlabel="label smoothing", xticks=shares)
    left.set(title="calibration error in %", ylim=(0, 22))
    right.set(title="similarity kept", ylim=(0, 1))
    label(left, 0.1, 15.0, "10 epochs", "blue", align="center")
    label(left, 0.2, 6.3, "200 epochs", "orange", align="right")
    label(right, 0.2, 0.75, "10 epochs", "blue", align="right")
    label(right, 0.2, 0.2, "200 epochs", "orange", align="right")
    return drawing
