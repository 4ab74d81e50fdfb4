"""Curves of the committed run, and how far the NumPy network drifts from PyTorch's."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot


def figure():
    """Left: losses over the epochs, mean and range of the seeds. Right: distance to PyTorch."""
    path = Path(__file__).with_name("implement_deep_network_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, (left, right) = plot(height=3.5, columns=2)
    epochs = np.arange(1, result["epochs"] + 1)
    for name, color, line in (("train", "blue", "-"), ("validation", "orange", "--")):
        curves = np.array([run[name] for run in result["deep"]["runs"]])
        left.fill_between(epochs, curves.min(axis=0), curves.max(axis=0), linewidth=0,
                          color=COLORS[f"{color}_fill"])
        left.semilogy(epochs, curves.mean(axis=0), line, color=COLORS[color])
    left.set(xlabel="epoch", title="loss, 10 seeds", ylim=(1e-4, 3), xlim=(0, 41))
    left.set_yticks([1e-4, 1e-3, 1e-2, 1e-1, 1], ["0.0001", "0.001", "0.01", "0.1", "1"])
    label(left, 39, 0.34, "validation", "orange", align="right")
    label(left, 2, 0.0005, "training", "blue", align="left")
    for precision, color, line in (("float32", "purple", "-."), ("float64", "green", "-")):
        curve = result["torch"][precision]["curve"]
        right.semilogy(1 + 20 * np.arange(len(curve)), curve, line, color=COLORS[color])
    right.axhline(1e-10, color=COLORS["muted"], linestyle=":", linewidth=1.2)
    right.set(xlabel="step", title="largest weight difference", ylim=(1e-17, 1e-3))
    right.set_yticks([1e-16, 1e-13, 1e-10, 1e-7, 1e-4])
    label(right, 1360, 8e-5, "float32", "purple", align="right")
    label(right, 1360, 1.5e-12, "float64", "green", align="right")
    label(right, 20, 1e-9, "tolerance", "muted", align="left")
    return drawing
