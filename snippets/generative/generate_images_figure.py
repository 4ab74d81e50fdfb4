"""Figures: samples of each generator, and the classifier's accuracy against calls of the model."""

import json
from pathlib import Path

from guide.figures import COLORS, plot

EXPERIMENT = Path(__file__).with_name("generate_images_experiment.json")
ROWS = [("held-out images", "real, held out"), ("independent pixels", "independent pixels"),
        ("PCA-Gaussian", "PCA-Gaussian"), ("autoregressive", "autoregressive"),
        ("flow, 1", "flow, 1 step"), ("flow, 64", "flow, 64 steps"),
        ("exact flow", "exact flow (copies)")]


def figure():
    """Six samples of each generator, drawn as squares whose size is the gray level."""
    samples = json.loads(EXPERIMENT.read_text(encoding="utf-8"))["samples"]
    drawing, axes = plot(6.4, 5.1)
    for row, (name, label) in enumerate(ROWS):
        for column, image in enumerate(samples[name][:6]):
            left, top = 10 * column, -10 * row
            for pixel, level in enumerate(image):
                if level > 0:
                    side = 0.98 * level / 16  # ink instead of gray: it works on light and dark paper
                    x, y = left + pixel % 8 + (1 - side) / 2, top - pixel // 8 - (1 + side) / 2
                    axes.fill([x, x + side, x + side, x], [y, y, y + side, y + side],
                              color=COLORS["ink"], linewidth=0)
        axes.text(-1.5, -10 * row - 4, label.replace(", ", ",\n").replace(" (", "\n("), ha="right",
                  va="center", fontsize=11, color=COLORS["ink"])
    axes.set(xlim=(-27, 59), ylim=(-69, 1), aspect="equal")
    axes.axis("off")
    return drawing


def figure_steps():
    """Accuracy of the classifier against network calls per image, and the lines of the others."""
    results = json.loads(EXPERIMENT.read_text(encoding="utf-8"))["results"]
    drawing, axes = plot(6.4, 3.6)

    def mean(name):
        return sum(result[name]["accuracy"] for result in results) / len(results)

    steps = [1, 2, 4, 8, 16, 32, 64]
    axes.plot(steps, [mean(f"flow, {n}") for n in steps], "o-", color=COLORS["blue"],
              label="flow, Euler steps")
    axes.plot([64], [mean("autoregressive")], "s", color=COLORS["green"], markersize=8, linewidth=0,
              label="autoregressive")
    axes.plot([1], [mean("PCA-Gaussian")], "^", color=COLORS["orange"], markersize=8, linewidth=0,
              label="PCA-Gaussian")
    axes.axhline(0.5, color=COLORS["muted"], linestyle="--", linewidth=1.2)
    axes.text(1, 0.515, "cannot tell", color=COLORS["muted"], fontsize=10)
    axes.set(xscale="log", xlabel="calls of the model per image", ylabel="accuracy, real or fake",
             ylim=(0.45, 1.03), xticks=steps)
    axes.set_xticks(steps, [str(n) for n in steps])
    axes.minorticks_off()
    axes.legend(loc="upper right", bbox_to_anchor=(1.0, 0.98))
    return drawing
