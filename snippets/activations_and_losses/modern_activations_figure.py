"""Two figures: the activations with their slopes, and plain against gated blocks."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.activations_and_losses.modern_activations import gelu, gelu_backward, silu, silu_backward


def figure():
    """Left: values near zero. Right: slopes."""
    drawing, (left, right) = plot(height=3.5, columns=2)
    x = np.linspace(-4, 3, 141)
    one = np.ones_like(x)
    for axes, ours in ((left, (np.maximum(x, 0), gelu(x), silu(x))),
                       (right, ((x > 0) * 1.0, gelu_backward(x, one), silu_backward(x, one)))):
        for values, color, style in zip(ours, ("muted", "blue", "orange"), (":", "-", "--"), strict=True):
            axes.plot(x, values, color=COLORS[color], linestyle=style)
    left.set(title="value", xlabel="x", ylim=(-0.45, 1.6), xlim=(-4, 2))
    right.set(title="slope", xlabel="x", ylim=(-0.3, 1.3))
    label(left, -0.55, 1.3, "ReLU", "muted", align="left")
    label(left, -2.0, 0.42, "GELU", "blue", align="left")
    label(left, -3.9, -0.3, "SiLU", "orange", align="left")
    label(right, 1.4, 1.21, "GELU", "blue", align="right")
    label(right, 3, 0.85, "ReLU", "muted", align="right")
    label(right, -1.4, 0.25, "SiLU", "orange", align="right")
    return drawing


def figure_tasks():
    """Error of each block with 768 parameters on both tasks, on a logarithmic scale."""
    file = Path(__file__).with_name("modern_activations_experiment.json")
    errors = json.loads(file.read_text(encoding="utf-8"))["errors"]
    names = ["ReLU", "GELU", "SiLU", "ReGLU", "SwiGLU", "bilinear"]
    drawing, both = plot(height=3.3, columns=2, sharey=True)
    for axes, task in zip(both, ("products", "kinks"), strict=True):
        for row, name in enumerate(reversed(names)):
            gated = name in names[3:]
            values = [max(100 * one, 2e-4) for one in errors[f"{task}, {name}"]["error"]]
            axes.plot(values, [row] * len(values), "s" if gated else "o", markersize=6,
                      color=COLORS["orange" if gated else "blue"], fillstyle="none")
        axes.set(title=task, xscale="log", xlim=(1e-4, 300), ylim=(-0.6, 5.6), xlabel="error in %")
        axes.set_yticks(range(6), list(reversed(names)))
        axes.set_xticks([2e-4, 1e-2, 1, 100], ["less", "0.01", "1", "100"])
        axes.minorticks_off()
    return drawing
