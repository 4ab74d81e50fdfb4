"""Two figures: what each remedy gained on eight splits, and what more data gained."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot

NAMES = ["label smoothing", "augmentation, 6 averaged", "augmentation", "ensemble of 6", "dropout",
         "pretraining", "weight decay", "early stopping", "augmentation + dropout", "smaller model"]


def measured() -> dict:
    path = Path(__file__).with_name("reduce_overfitting_experiment.json")
    return json.loads(path.read_text(encoding="utf-8"))


def errors(runs: list, name: str) -> np.ndarray:
    return np.array([run[name]["test"]["error"] for run in runs])


def figure():
    runs = measured()["clean"]
    drawing, axes = plot(height=4.6)
    for y, name in enumerate(reversed(NAMES)):
        gains = errors(runs, "none") - errors(runs, name)
        mean, error = gains.mean(), gains.std(ddof=1) / len(gains) ** 0.5
        color = "green" if mean > 2 * error else "red" if mean < -2 * error else "blue"
        far = gains < -5.6
        axes.plot(gains[~far], [y] * sum(~far), "o", color=COLORS["muted"], markersize=3.5)
        axes.plot([-5.6] * sum(far), [y] * sum(far), "<", color=COLORS["muted"], markersize=6)
        axes.plot([mean - 2 * error, mean + 2 * error], [y, y], color=COLORS[color], linestyle="-",
                  linewidth=3)
        axes.plot(mean, y, "D", color=COLORS[color], markersize=8)
    axes.axvline(0, color=COLORS["ink"], linestyle="--", linewidth=1.2)
    doubled = np.mean([run["sizes"]["300"]["none"]["test"]["error"] for run in runs])
    gain = errors(runs, "none").mean() - doubled
    axes.axvline(gain, color=COLORS["orange"], linestyle=":")
    label(axes, gain + 0.12, 0.5, "150 more\nlabeled\nimages", "orange", size=10, align="left")
    axes.set_yticks(range(len(NAMES)), NAMES[::-1])
    axes.set(xlim=(-5.8, 5.0), xlabel="test error saved, in points")
    axes.grid(visible=False, axis="y")
    return drawing


def figure_data():
    runs = measured()["clean"]
    drawing, axes = plot(height=3.4)
    sizes = [150, 300, 600]
    for name, text, color, style in [("none", "no remedy", "blue", "o-"),
                                     ("augmentation", "augmentation", "purple", "s--")]:
        values = np.array([[run["sizes"][str(size)][name]["test"]["error"] for size in sizes]
                           for run in runs])
        error = values.std(axis=0, ddof=1) / len(runs) ** 0.5
        means = values.mean(axis=0)
        axes.plot(sizes, means, style, color=COLORS[color])
        axes.vlines(sizes, means - 2 * error, means + 2 * error, color=COLORS[color], linestyle="-")
        label(axes, 630, values.mean(axis=0)[-1], text, color, size=10, align="left")
    best = errors(runs, "augmentation, 6 averaged").mean()
    axes.axhline(best, color=COLORS["green"], linestyle=":")
    label(axes, 560, best + 0.35, "150 images, augmentation, 6 averaged", "green", size=10)
    axes.set(xscale="log", xlim=(135, 1000), ylim=(3, 10.5), xlabel="labeled training images",
             ylabel="test error, %")
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.tick_params(which="minor", bottom=False, labelbottom=False)
    axes.minorticks_off()
    return drawing
