"""Three masks as grids, and what training on random tokens makes of four of them."""

import json
from pathlib import Path

import numpy as np
from matplotlib.patches import Rectangle

from guide.figures import COLORS, arrow, diagram, label, plot
from snippets.transformers.causal_mask import causal_mask, padding_mask


def figure():
    """Causal; causal and right padding; causal and left padding. Rows ask, columns are read."""
    drawing, axes = diagram(6.4, 2.75)
    cell, length = 0.3, 5
    padded = np.array([3])
    grids = [("causal", causal_mask(length), 0),
             ("and right padding", causal_mask(length) & padding_mask(padded, length)[0], 0),
             ("and left padding", causal_mask(length) & padding_mask(padded, length, "left")[0], 2)]
    for at, (title, mask, empty) in zip((0.45, 2.6, 4.75), grids, strict=True):
        for t, s in np.ndindex(mask.shape):
            seen = bool(mask[t, s])
            axes.add_patch(Rectangle((at + s * cell, 1.95 - t * cell), cell, cell, linewidth=1,
                                     edgecolor=COLORS["muted"],
                                     facecolor=COLORS["blue_fill" if seen else "grey_fill"]))
            if seen:
                label(axes, at + (s + 0.5) * cell, 1.95 - (t - 0.5) * cell, "•", "blue", size=12)
        if empty:
            axes.add_patch(Rectangle((at - 0.03, 1.95 - (empty - 1) * cell - 0.03), length * cell + 0.06,
                                     empty * cell + 0.06, fill=False, linewidth=2, edgecolor=COLORS["red"]))
        label(axes, at + length * cell / 2, 2.52, title, size=11)
    arrow(axes, (0.25, 2.2), (0.25, 0.8), "muted")
    label(axes, 0.12, 1.5, "query", "muted", size=10, rotation=90)
    arrow(axes, (0.5, 0.6), (1.9, 0.6), "muted")
    label(axes, 1.2, 0.42, "key", "muted", size=10)
    label(axes, 3.35, 0.5, "no row is empty", "muted", size=10)
    label(axes, 5.5, 0.5, "two rows see nothing:\n0/0 in the softmax", "red", size=10)
    return drawing


def figure_leak():
    """Loss on random tokens, whose entropy no causal model can beat."""
    path = Path(__file__).with_name("causal_mask_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, axes = plot(height=3.6)
    steps = np.arange(10, result["steps"], 20)
    styles = {"right": ("blue", "-"), "multiplied": ("orange", "--"), "one ahead": ("purple", "-."),
              "unshifted": ("red", ":")}
    for kind, (color, style) in styles.items():
        for one in result["runs"][kind]:
            axes.plot(steps, one, color=COLORS[color], linestyle=style, linewidth=1.6)
    axes.axhline(result["floor"], color=COLORS["muted"], linewidth=1.2, linestyle=":")
    axes.set(xlabel="step", ylabel="loss (nats)", ylim=(-0.05, 3.3), xlim=(0, 600))
    label(axes, 590, 3.08, "causal: stays at ln 16 = 2.77", "blue", size=10, align="right")
    label(axes, 590, 1.5, "multiplied after the softmax", "orange", size=10, align="right")
    label(axes, 590, 0.4, "one position ahead", "purple", size=10, align="right")
    label(axes, 590, 0.1, "targets not shifted", "red", size=10, align="right")
    return drawing
