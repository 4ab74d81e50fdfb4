"""Figure: a bottleneck with and without a nonlinear decoder, and the field of a denoising network."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, plot

PICTURES = json.loads(Path(__file__).with_name("autoencoder_experiment.json").read_text())["pictures"]


def figure():
    """Left: PCA's line and the deep network's curve. Right: where the denoising network moves points."""
    data, curve, grid, moved = (np.array(PICTURES[name])
                                for name in ("data", "curve", "grid", "denoising"))
    drawing, (left, right) = plot(height=3.5, columns=2, sharex=True, sharey=True)
    for pane in (left, right):
        pane.plot(*data.T, color=COLORS["muted"], marker="o", markersize=2.5, linestyle="none")
    center, direction = data.mean(axis=0), np.linalg.svd(data - data.mean(axis=0))[2][0]
    ends = center + np.outer([-1.5, 1.5], direction)
    left.plot(*ends.T, color=COLORS["orange"], linestyle="--", label="PCA")
    left.plot(*curve.T, color=COLORS["blue"], linestyle="-", label="deep network")
    left.set(title="one code number", aspect="equal", xlim=(-1.6, 1.6), ylim=(-1.6, 2.1))
    left.legend(loc="upper center", ncols=2, columnspacing=1.0, handlelength=1.4)
    right.quiver(*grid.T, *(moved - grid).T, color=COLORS["blue"], angles="xy", scale_units="xy",
                 scale=1.0, width=0.007, zorder=3)
    right.set(title="denoising, 64 units", aspect="equal")
    return drawing
