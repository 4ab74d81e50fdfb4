"""Gradient norm on its way down, by activation and remedy; and where a weight compensates."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, plot

STYLES = {"plain": ("red", "-", "nn.Linear's default"), "matched": ("blue", "--", "matched start"),
          "layer norm": ("orange", ":", "layer norm"), "batch norm": ("green", "-.", "batch norm"),
          "residual": ("purple", (0, (5, 1, 1, 1)), "residual")}


def figure():
    """Norm at each layer over the norm at the last one, mean of the logarithms over seeds."""
    path = Path(__file__).with_name("vanishing_gradients_experiment.json")
    profiles = json.loads(path.read_text(encoding="utf-8"))["profiles"]
    drawing, axes = plot(height=4.2, columns=3, sharey=True)
    for axis, (name, table) in zip(axes, profiles.items(), strict=True):
        for variant, (color, line, text) in STYLES.items():
            norms = np.log10(np.array(table[variant]["state"]))
            mean = 10 ** (norms - norms[:, -1:]).mean(axis=0)
            axis.plot(np.arange(len(mean))[::-1], mean, color=COLORS[color], linestyle=line,
                      label=text)
        axis.set(yscale="log", title=name.replace("relu", "ReLU"), ylim=(1e-17, 1e3))
        axis.set_xticks([0, 10, 19])
    axes[1].set_xlabel("layers below the last")
    axes[0].set_ylabel("gradient norm, relative")
    drawing.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3,
                   fontsize=10)
    return drawing


def figure_window():
    """|w| sigmoid'(w (a - 1/2)) against the input a for four weights."""
    drawing, axes = plot(height=2.9)
    a = np.linspace(0, 1, 401)
    for w, color, line in ((2, "blue", "-"), (4, "orange", "--"), (6.9, "green", "-."),
                           (20, "purple", ":")):
        s = 1 / (1 + np.exp(-w * (a - 0.5)))
        axes.plot(a, w * s * (1 - s), color=COLORS[color], linestyle=line, label=f"w = {w}")
    axes.axhline(1, color=COLORS["ink"], linewidth=1, linestyle="-")
    axes.legend(loc="upper left")
    axes.set(xlabel="input a of the unit", title="gain of one sigmoid unit, |w| σ′", ylim=(0, 5.3),
             xlim=(0, 1))
    return drawing
