"""Error of numerical gradients over the step, as measured: smooth network, and kinks."""

import json
from pathlib import Path

from guide.figures import COLORS, label, plot


def figure():
    path = Path(__file__).with_name("gradient_check_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, axes = plot(6.4, 4.0)
    for name, color, line in (("forward, tanh", "muted", ":"), ("central, tanh", "blue", "-"),
                              ("central 32, tanh", "orange", "--"), ("complex, tanh", "green", "-.")):
        axes.loglog(result["steps"], result[name]["median"], color=COLORS[color], linestyle=line)
    kinks = result["central, relu"]
    axes.loglog(result["steps"][:11], kinks["worst"][:11], "o", color=COLORS["red"], markersize=4,
                linestyle="none")
    axes.set(xlabel="step h", ylabel="relative error of the gradient", ylim=(3e-17, 20), xlim=(5e-15, 0.15))
    label(axes, 4e-8, 2.5, "central, float32", "orange", align="left")
    label(axes, 3e-12, 4e-7, "central\nfloat64", "blue")
    label(axes, 2e-12, 0.4, "one-sided", "muted")
    label(axes, 1e-11, 3e-15, "complex step", "green")
    label(axes, 5.5e-5, 1.2e-13, "red dots: central,\nReLU, worst of ten", "red", align="left", size=10)
    return drawing
