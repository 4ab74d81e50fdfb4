"""Mean square of the activations through 50 layers, tanh and ReLU."""

import json
from pathlib import Path

from guide.figures import COLORS, label, plot


def figure():
    """Logarithmic; curves below 1e-8 leave the picture."""
    path = Path(__file__).with_name("initialization_schemes_experiment.json")
    cases = json.loads(path.read_text(encoding="utf-8"))["cases"]
    drawing, axes = plot(height=3.7, columns=2, sharey=True)
    panels = [
        ("tanh", [("tanh, Xavier", "blue", "-", "Xavier", 22, 4e-3),
                  ("tanh, Xavier, gain 5/3", "green", "--", "Xavier, gain 5/3", 14, 3.5),
                  ("tanh, PyTorch default", "orange", "-.", "nn.Linear", 14, 1e-5)]),
        ("ReLU", [("ReLU, He", "blue", "-", "He", 30, 5.0),
                  ("ReLU, Xavier", "green", "--", "Xavier", 20, 1e-5),
                  ("ReLU, PyTorch default", "orange", "-.", "nn.Linear", 9.5, 3e-7)])]
    for ax, (title, lines) in zip(axes, panels, strict=True):
        for name, color, style, text, x, y in lines:
            ax.semilogy(range(51), cases[name]["forward"], color=COLORS[color], linestyle=style)
            label(ax, x, y, text, color, align="left")
        ax.set(title=title, xlabel="layer", ylim=(1e-8, 30))
    axes[0].set_ylabel("mean square of the activations")
    return drawing
