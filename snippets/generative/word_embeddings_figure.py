"""Figure: cosines between skip-gram vectors of eight pairs of words."""

import json
from pathlib import Path

import numpy as np
from matplotlib.patches import Rectangle

from guide.figures import COLORS, plot
from snippets.generative.word_embeddings_experiment import PAIRS

COSINES = json.loads(Path(__file__).with_name("word_embeddings_experiment.json").read_text())["cosines"]


def figure():
    """A square per pair of words, its area the cosine; partners in blue, negative ones left out."""
    words = [word for pair in PAIRS for word in pair]
    drawing, axes = plot(height=5.6)
    for (i, j), cosine in np.ndenumerate(np.array(COSINES)):
        if cosine > 0 and i != j:
            side = np.sqrt(cosine)
            color = COLORS["blue"] if i // 2 == j // 2 else COLORS["muted"]
            axes.add_patch(Rectangle((j - side / 2, i - side / 2), side, side, color=color, linewidth=0))
    axes.set(xlim=(-0.7, 15.7), ylim=(15.7, -0.7), xticks=range(16), yticks=range(16), yticklabels=words,
             aspect="equal")
    axes.set_xticklabels(words, rotation=90)
    axes.grid(visible=False)
    return drawing
