"""The error of the accumulated gradient against the micro-batch."""

import json
from pathlib import Path

from guide.figures import COLORS, label, plot

RESULT = json.loads(Path(__file__).with_name("gradient_accumulation_experiment.json")
                    .read_text(encoding="utf-8"))


def figure():
    """Batch norm off by half the gradient; no norm and layer norm at rounding."""
    drawing, axes = plot(height=3.6)
    micro = RESULT["micro"]
    for kind, color, style, marker in [("batch norm", "orange", "-", "o"),
                                       ("layer norm", "blue", "--", "s"), ("none", "green", ":", "^")]:
        error = [max(value, 1e-17) for value in RESULT["kinds"][kind]["error"]]
        at = len(micro) if kind == "none" else len(micro) - 1
        axes.loglog(micro[:at], error[:at], color=COLORS[color], linestyle=style, marker=marker,
                    markersize=6, label="no normalization" if kind == "none" else kind)
    axes.set(xlabel="examples in a micro-batch, of 64", ylabel="relative error of the gradient",
             ylim=(3e-18, 30), xlim=(1.7, 75))
    axes.set_xticks(micro, [str(value) for value in micro])
    axes.set_yticks([1e-16, 1e-12, 1e-8, 1e-4, 1],
                    ["$10^{-16}$", "$10^{-12}$", "$10^{-8}$", "$10^{-4}$", "1"])
    axes.minorticks_off()
    label(axes, 2, 1e-14, "float64 rounding", "muted", size=10, align="left")
    axes.legend(loc="center right")
    return drawing
