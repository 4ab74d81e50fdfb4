"""Figures: the graph with the noise outside, and a traversal of the latents."""

import json
from pathlib import Path

import numpy as np
from matplotlib.patches import Rectangle

from guide.figures import COLORS, arrow, box, diagram, label, plot

TRAVERSAL = json.loads(Path(__file__).with_name("vae_experiment.json").read_text())["traversal"]


def figure():
    """Encoder, sample, decoder; the random draw enters from the side."""
    drawing, axes = diagram(6.4, 2.5)
    box(axes, 0.5, 1.6, 0.6, 0.6, "x", "muted", size=13)
    box(axes, 1.75, 1.6, 1.05, 0.7, "encoder")
    box(axes, 3.05, 2.05, 0.6, 0.5, "μ", "green", size=13)
    box(axes, 3.05, 1.15, 0.6, 0.5, "σ", "green", size=13)
    box(axes, 4.2, 1.6, 0.6, 0.6, "z", "orange", size=13)
    box(axes, 5.5, 1.6, 1.05, 0.7, "decoder")
    box(axes, 4.2, 0.45, 0.6, 0.5, "ε", "purple", size=13)
    for start, end in [((0.8, 1.6), (1.2, 1.6)), ((2.3, 1.7), (2.73, 2.0)), ((2.3, 1.5), (2.73, 1.2)),
                       ((3.37, 2.0), (3.88, 1.72)), ((3.37, 1.2), (3.88, 1.48)), ((4.52, 1.6), (4.95, 1.6))]:
        arrow(axes, start, end)
    arrow(axes, (4.2, 0.72), (4.2, 1.28), "purple", dashed=True)
    label(axes, 5.45, 2.2, "log p(x | z)", size=11)
    label(axes, 3.05, 0.45, "z = μ + σ ε", size=12)
    label(axes, 5.45, 0.45, "drawn from N(0, 1),\nno gradient", "purple", size=10.5)
    label(axes, 1.45, 0.45, "KL(N(μ, σ²) ‖ N(0, 1))", "green", size=10.5)
    return drawing


def figure_traversal():
    """One row per latent, sorted by its divergence; from left to right the latent goes from -2 to 2."""
    probs = np.array(TRAVERSAL["probs"])
    rows, columns, _ = probs.shape
    drawing, axes = plot(height=4.6, rows=rows, columns=columns)
    for i in range(rows):
        for j in range(columns):
            pane, image = axes[i, j], probs[i, j].reshape(10, 10)
            for (y, x), p in np.ndenumerate(image):  # the area of a square is the probability
                if p > 0.03:
                    side = np.sqrt(p)
                    pane.add_patch(Rectangle(
                        (x - side / 2, y - side / 2), side, side, color=COLORS["blue"], linewidth=0))
            pane.set(xlim=(-0.6, 9.6), ylim=(9.6, -0.6), xticks=[], yticks=[], aspect="equal")
            pane.grid(visible=False)
        axes[i, 0].set_ylabel(f"{TRAVERSAL['kl'][i]:.1f} nats")
    axes[0, 0].set_title("z = −2")
    axes[0, -1].set_title("z = 2")
    return drawing
