"""Three figures: the sweep with its curves, the range test, the sharpness."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot

RESULT = json.loads(
    Path(__file__).with_name("learning_rate_experiment.json").read_text(encoding="utf-8"))


def figure():
    """Validation loss against the rate, for three optimizers."""
    lrs = np.array(RESULT["lrs"])
    drawing, axes = plot(height=3.8)
    styles = {"sgd": ("blue", "-", "o"), "momentum": ("orange", "--", "s"),
              "adam": ("green", "-.", "^")}
    names = {"sgd": "SGD", "momentum": "momentum 0.9", "adam": "Adam"}
    for name, (color, style, marker) in styles.items():
        losses = np.array(RESULT["sweep"][name]["validation_loss"], dtype=float)
        axes.loglog(lrs, losses.mean(axis=1), color=COLORS[color], linestyle=style,
                    marker=marker, markersize=4, label=names[name])
    axes.axhline(np.log(10), color=COLORS["muted"], linestyle=":", linewidth=1.2)
    axes.set(xlabel="learning rate", ylabel="validation loss after 20 epochs", ylim=(0.06, 9))
    label(axes, 3e-2, 3.0, "guessing: ln 10 = 2.30", "muted", size=10)
    axes.legend(loc="lower left")
    return drawing


def figure_curves():
    """Training loss of SGD for four rates, seed 0."""
    lrs = np.array(RESULT["lrs"])
    curves = RESULT["sweep"]["sgd"]["curves"]
    drawing, axes = plot(height=3.6)
    rows = [(1e-3, "green", "-.", "0.001: too low"), (1e-2, "purple", ":", "0.01: low"),
            (10 ** (-1 / 3), "blue", "-", "0.46: best of the sweep"),
            (10 ** (1 / 3), "red", "--", "2.15: too high")]
    for lr, color, style, text in rows:
        curve = curves[int(np.argmin(abs(np.log(lrs / lr))))]
        axes.semilogy(np.arange(1, len(curve) + 1), curve, color=COLORS[color], linestyle=style,
                      label=text)
    axes.set(xlabel="epoch", ylabel="training loss", xticks=[1, 5, 10, 15, 20],
             ylim=(0.004, 4))
    axes.legend(loc="lower left")
    return drawing


def figure_range():
    """Smoothed loss of the range test against the rate, three lengths, seed 0."""
    drawing, axes = plot(height=3.6)
    for length, color, style in [("100", "orange", "--"), ("300", "blue", "-"),
                                 ("1000", "green", "-.")]:
        lrs, losses = RESULT["range"][length][0]["curve"]
        axes.loglog(lrs, losses, color=COLORS[color], linestyle=style, label=f"{length} steps")
    axes.axvline(RESULT["sweep"]["sgd"]["best"], color=COLORS["muted"], linestyle=":")
    axes.set(xlabel="learning rate reached", ylabel="smoothed batch loss", ylim=(0.2, 6))
    axes.set_yticks([0.3, 1, 3], ["0.3", "1", "3"])
    axes.minorticks_off()
    label(axes, RESULT["sweep"]["sgd"]["best"] * 0.8, 4.3, "best of the sweep", "muted", size=10,
          align="right")
    axes.legend(loc="lower left")
    return drawing


def figure_sharpness():
    """Largest curvature during full-batch descent, and the limit 2 / rate."""
    drawing, axes = plot(height=3.8)
    styles = [("green", "-."), ("blue", "-"), ("orange", "--")]
    for (lr, record), (color, style) in zip(RESULT["sharpness"].items(), styles, strict=True):
        axes.plot(record["step"], record["sharpness"], color=COLORS[color], linestyle=style,
                  label=f"rate {lr}")
        limit = 2 / float(lr)
        axes.axhline(limit, color=COLORS[color], linestyle=":", linewidth=1.2)
        label(axes, 3000, limit - 0.32, f"2 / {lr} = {limit:.2f}", color, size=10, align="right")
    axes.set(xlabel="step", ylabel="largest curvature", ylim=(3, 11))
    axes.legend(loc="upper left", bbox_to_anchor=(0.03, 0.84))
    return drawing
