"""Figures of margins and support vectors, and of errors against the number of training images."""

import json
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from guide.figures import COLORS, plot
from snippets.classical.support_vector_machine import decision, rbf_kernel, smo

MEASURED = json.loads(Path(__file__).with_name("support_vector_machine_experiment.json").read_text())


def points(curved: bool) -> tuple[np.ndarray, np.ndarray]:
    """Two classes in the plane: side by side with overlap, or one around the other."""
    rng = np.random.default_rng(7)
    targets = np.where(np.arange(44) < 22, -1, 1)
    if curved:
        angle = rng.uniform(0, 2 * np.pi, size=44)
        radius = np.where(targets < 0, 0.6, 2.2) + 0.3 * rng.normal(size=44)
        return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), targets
    return rng.normal(size=(44, 2)) + 1.2 * targets[:, None] * np.array([1.0, 0.4]), targets


def figure() -> Figure:
    """Decision border, margins and support vectors for two C and for a Gaussian kernel."""
    canvas, axes = plot(height=3.1, columns=3)
    panes = [("linear, C = 10", False, 10.0), ("linear, C = 0.02", False, 0.02),
             ("Gaussian, C = 10", True, 10.0)]
    for pane, (title, curved, penalty) in zip(axes, panes, strict=True):
        x, targets = points(curved)

        def kernel(a, b, curved=curved):
            return rbf_kernel(a, b, 0.5) if curved else a @ b.T

        alpha, bias = smo(kernel(x, x), targets, penalty)
        low, high = x.min(axis=0) - 0.4, x.max(axis=0) + 0.4
        grid = [np.linspace(low[i], high[i], 120) for i in range(2)]
        cells = np.stack(np.meshgrid(*grid), axis=-1).reshape(-1, 2)
        scores = decision(kernel(cells, x), alpha, targets, bias).reshape(120, 120)
        pane.contour(*grid, scores, levels=[-1, 0, 1], linewidths=[1, 1.8, 1],
                     colors=[COLORS["muted"], COLORS["ink"], COLORS["muted"]],
                     linestyles=["--", "-", "--"])
        for side, color, marker in [(-1, "blue", "o"), (1, "orange", "s")]:
            pane.plot(*x[targets == side].T, color=COLORS[color], marker=marker, markersize=3.5,
                      linestyle="none")
        support = alpha > 1e-9
        pane.plot(*x[support].T, color=COLORS["ink"], marker="o", markersize=7.5, markerfacecolor="none",
                  markeredgewidth=0.9, linestyle="none")
        pane.set(title=f"{title}\n{support.sum()} of 44 support", xticks=[], yticks=[])
        pane.grid(visible=False)
    return canvas


def figure_curve() -> Figure:
    """Errors of 382 test images against the number of training images."""
    curve, shifted = MEASURED["curve"], MEASURED["shifted"]
    canvas, axes = plot(height=3.6)
    styles = {"svm": ("SVM", "blue", "o", "-"), "network": ("network", "orange", "s", "--")}
    for name, (text, color, marker, style) in styles.items():
        axes.plot([int(size) for size in curve], [np.mean(row[name]) for row in curve.values()],
                  label=text, color=COLORS[color], marker=marker, linestyle=style)
        axes.plot([int(size) for size in shifted], [np.mean(row[name]) for row in shifted.values()],
                  label=f"{text}, moved copies", color=COLORS[color], marker=marker, linestyle="none",
                  markerfacecolor="none", markersize=9, markeredgewidth=1.6)
    sizes = [int(size) for size in curve]
    axes.set(xscale="log", yscale="log", xlabel="training images", ylabel="errors of 382",
             yticks=[10, 20, 50, 100], yticklabels=["10", "20", "50", "100"])
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.legend()
    return canvas
