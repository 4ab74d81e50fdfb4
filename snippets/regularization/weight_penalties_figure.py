"""Two figures: the paths of ten weights under both penalties, and why corners make zeros."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.regularization.weight_penalties import elastic_net

RESULT = json.loads(
    Path(__file__).with_name("weight_penalties_experiment.json").read_text(encoding="utf-8"))
NAMED = {"bmi": ("blue", "-"), "s5": ("orange", "--"), "bp": ("green", "-."), "s1": ("red", ":"),
         "s2": ("purple", (0, (5, 1, 1, 1)))}


def figure():
    """Weights by strength, L2 on the left, L1 on the right."""
    paths = RESULT["paths"]
    drawing, (left, right) = plot(height=3.9, columns=2, sharey=True)
    for axes, name in ((left, "l2"), (right, "l1")):
        weights = np.array(paths[f"{name}_weights"])
        for j, feature in enumerate(paths["features"]):
            color, style = NAMED.get(feature, ("muted", "-"))
            axes.semilogx(paths[name], weights[:, j], color=COLORS[color], linestyle=style,
                          linewidth=2 if feature in NAMED else 0.9)
        weakest = paths[name][-1]
        axes.set(title=name.upper(), xlabel=f"strength {name}, weaker to the right",
                 xlim=(paths[name][0], weakest / {"l2": 30, "l1": 6}[name]))
        axes.tick_params(which="minor", bottom=False)
        for feature, (color, _) in NAMED.items():
            height = {"bp": 13.2, "s2": 19.2}.get(feature, weights[-1, paths["features"].index(feature)])
            label(axes, weakest * 0.75, height, feature, color, size=11, align="left")
    left.set(ylabel="weight", ylim=(-42, 40))
    return drawing


def figure_geometry():
    """Contours of a loss touch the disc of L2 beside the axis and the diamond of L1 at its corner."""
    hessian, center = np.array([[1.0, 0.35], [0.35, 1.0]]), np.array([1.9, 0.6])

    def loss(w):
        return 0.5 * np.einsum("...i,ij,...j", w - center, hessian, w - center)

    # x with x'x/2 = hessian turns elastic_net's loss into this one, up to a constant
    x = np.linalg.cholesky(2 * hessian).T
    strengths = np.linspace(0.01, 2.5, 2000)
    l1 = min((elastic_net(x, x @ center, s) for s in strengths), key=lambda w: abs(np.abs(w).sum() - 1))
    angle = np.linspace(0, 2 * np.pi, 4001)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    l2 = circle[loss(circle).argmin()]
    drawing, panels = plot(height=3.2, columns=2, sharey=True)
    grid = np.stack(np.meshgrid(np.linspace(-1.3, 3.3, 300), np.linspace(-1.3, 2.3, 300)), axis=-1)
    for axes, best, title in ((panels[0], l2, "L2: small, not 0"), (panels[1], l1, "L1: one is 0")):
        if best is l2:
            axes.fill(*circle.T, facecolor=COLORS["green_fill"], edgecolor=COLORS["green"])
        else:
            axes.fill([1, 0, -1, 0], [0, 1, 0, -1], facecolor=COLORS["green_fill"],
                      edgecolor=COLORS["green"])
        levels = loss(best) * np.array([0.12, 0.45, 1.0])
        axes.contour(grid[..., 0], grid[..., 1], loss(grid), levels=levels, linewidths=1.4,
                     colors=[COLORS["blue"]], linestyles="solid")
        axes.plot(*center, "x", color=COLORS["blue"], markersize=8, markeredgewidth=2)
        axes.plot(*best, "o", color=COLORS["orange"], markersize=8)
        axes.axhline(0, color=COLORS["muted"], linewidth=1, linestyle="-")
        axes.axvline(0, color=COLORS["muted"], linewidth=1, linestyle="-")
        label(axes, 1.0, -1.02, f"({best[0]:.2f}, {best[1]:.2f})", "orange",
              size=11, align="left")
        axes.set(title=title, xlabel="first weight", aspect="equal", xlim=(-1.3, 3.3), ylim=(-1.3, 2.3))
        axes.grid(False)
    panels[0].set(ylabel="second weight")
    return drawing
