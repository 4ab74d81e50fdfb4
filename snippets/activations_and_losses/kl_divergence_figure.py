"""One figure: one Gaussian fitted to two bumps, with the divergence taken either way."""

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.activations_and_losses.kl_divergence import bimodal, fit_forward, fit_reverse


def figure():
    """The target, the forward fit, and the three places where the reverse fit may end."""
    x = np.linspace(-12, 12, 2401)
    target = bimodal(x)
    drawing, axes = plot(height=3.5)
    shown = np.linspace(-6.5, 6.5, 261)
    axes.fill_between(shown, bimodal(shown), color=COLORS["grid"])
    fits = [(*fit_forward(x, target), "blue", "-"), (*fit_reverse(x, target, -1.0, 1.0), "orange", "--"),
            (*fit_reverse(x, target, 1.0, 1.0), "orange", "--"),
            (*fit_reverse(x, target, 0.4, 2.0), "purple", ":")]
    for mean, std, color, style in fits:
        density = np.exp(-0.5 * ((shown - mean) / std) ** 2) / (std * np.sqrt(2 * np.pi))
        axes.plot(shown, density, color=COLORS[color], linestyle=style)
    axes.set(xlim=(-6.5, 6.5), ylim=(0, 0.75), xlabel="x", yticks=[0, 0.2, 0.4, 0.6])
    label(axes, -2.8, 0.62, "KL(q, p) 0.51", "orange", align="right")
    label(axes, 2.8, 0.62, "KL(q, p) 0.92", "orange", align="left")
    label(axes, 0, 0.31, "KL(q, p) 1.14", "purple")
    label(axes, -6.4, 0.13, "least KL(p, q)", "blue", align="left")
    label(axes, 3.3, 0.2, "target p", "muted", align="left")
    return drawing
