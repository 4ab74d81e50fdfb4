"""Four places for the norm, and the gradients at the start by depth."""

import json
from pathlib import Path

from guide.figures import COLORS, arrow, box, diagram, label, plot
from snippets.transformers.pre_norm_vs_post_norm_experiment import DEPTHS

STYLES = {"pre": ("blue", "-"), "post": ("red", "--"), "sandwich": ("green", "-."), "output": ("orange", ":"),
          "output, QK norm": ("purple", (0, (5, 1, 1, 1)))}


def figure():
    """The stream from left to right; where the norm stands on the branch or on the stream."""
    drawing, axes = diagram(6.4, 3.9)
    places = [("post-norm, 2017", 0.2, 2.15, "norm(x + F(x))", (False, False, True)),
              ("pre-norm", 3.4, 2.15, "x + F(norm(x))", (True, False, False)),
              ("output norm, OLMo 2", 0.2, 0.2, "x + norm(F(x))", (False, True, False)),
              ("sandwich, Gemma 2", 3.4, 0.2, "x + norm(F(norm(x)))", (True, True, False))]
    for title, x, y, formula, (before, after, on_stream) in places:
        label(axes, x, y + 1.55, title, "ink", size=11, align="left")
        label(axes, x + 2.85, y + 0.12, formula, "muted", size=10, align="right")
        top, low = y + 1.15, y + 0.5
        arrow(axes, (x, top), (x + 1.99, top), "blue")
        box(axes, x + 2.1, top, 0.22, 0.22, "+", "blue", size=10)
        if on_stream:
            box(axes, x + 2.55, top, 0.44, 0.3, "norm", "red", size=10)
            arrow(axes, (x + 2.21, top), (x + 2.33, top), "blue")
            arrow(axes, (x + 2.77, top), (x + 2.98, top), "blue")
        else:
            arrow(axes, (x + 2.21, top), (x + 2.98, top), "blue")
        arrow(axes, (x + 0.3, top), (x + 0.3, low + 0.16), "muted")
        box(axes, x + 1.2, low, 0.36, 0.32, "F", "orange", size=11)
        if before:
            box(axes, x + 0.52, low, 0.5, 0.3, "norm", "purple", size=10)
            arrow(axes, (x + 0.77, low), (x + 1.02, low), "muted")
        else:
            arrow(axes, (x + 0.3, low), (x + 1.02, low), "muted")
        if after:
            box(axes, x + 1.8, low, 0.46, 0.3, "norm", "purple", size=10)
            arrow(axes, (x + 1.38, low), (x + 1.57, low), "muted")
            arrow(axes, (x + 2.1, low + 0.05), (x + 2.1, top - 0.11), "muted")
        else:
            arrow(axes, (x + 1.38, low), (x + 2.1, top - 0.11), "muted", bend=-0.3)
    return drawing


def figure_gradients():
    """The last block's gradient against depth, and all blocks' at 32."""
    path = Path(__file__).with_name("pre_norm_vs_post_norm_experiment.json")
    runs = json.loads(path.read_text(encoding="utf-8"))["gradients"]
    drawing, (left, right) = plot(height=3.8, columns=2, sharey=True)
    for kind, (color, style) in STYLES.items():
        left.loglog(DEPTHS, [runs[f"{kind}, {depth}"]["norms"][-1] for depth in DEPTHS],
                    color=COLORS[color], linestyle=style)
        right.semilogy(range(1, 33), runs[f"{kind}, 32"]["norms"], color=COLORS[color], linestyle=style)
    left.set_xticks(DEPTHS, [str(depth) for depth in DEPTHS])
    left.set_xticks([], [], minor=True)
    left.set(xlabel="number of blocks", ylabel="gradient norm", title="last block", ylim=(0.15, 90))
    right.set(xlabel="block, of 32", title="every block of 32")
    label(left, 30, 4.2, "post", "red", size=10, align="right")
    label(left, 30, 0.2, "pre: lowest", "blue", size=10, align="right")
    label(right, 6, 30, "output", "orange", size=10, align="left")
    label(right, 31, 4.2, "post", "red", size=10, align="right")
    label(right, 31, 0.2, "pre: lowest", "blue", size=10, align="right")
    return drawing
