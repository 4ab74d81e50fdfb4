"""One figure: probabilities of a weighted model, and the weight that small batches leave."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.activations_and_losses.weighted_loss import effective_weight


def figure():
    """Left: observed frequency against output. Right: effective weight by batch size."""
    path = Path(__file__).with_name("weighted_loss_experiment.json")
    result = json.loads(path.read_text(encoding="utf-8"))
    drawing, (left, right) = plot(height=3.7, columns=2)
    q = np.linspace(0, 1, 101)
    left.plot(q, q, color=COLORS["muted"], linestyle=":", linewidth=1.5)
    left.plot(q, q / (q + 49 * (1 - q)), color=COLORS["orange"], linestyle="--")
    for row, color, marker in ((0, "orange", "s"), (1, "blue", "o")):
        tenths = zip(*(seed["reliability"][row] for seed in result["straight"]), strict=True)
        points = np.array([np.mean(tenth, axis=0) for tenth in tenths if None not in tenth])
        left.plot(*points.T, marker, color=COLORS[color])
    left.set(xlabel="output of the model", ylabel="observed share of positives",
             title="weight 49", xlim=(0, 1), ylim=(0, 1))
    left.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    label(left, 0.3, 0.62, "corrected", "blue", size=11)
    label(left, 0.55, 0.1, "as trained", "orange", size=11)

    sizes = [2**i for i in range(12)]
    right.semilogx(sizes, [effective_weight(49.0, 0.02, b) for b in sizes], "o-",
                   color=COLORS["blue"], markersize=5)
    right.axhline(49, color=COLORS["muted"], linestyle=":", linewidth=1.5)
    right.set(xlabel="batch size", title="effective weight", ylim=(0, 54))
    right.set_xticks([1, 8, 32, 128, 2048], ["1", "8", "32", "128", "2,048"])
    right.tick_params(which="minor", bottom=False)
    label(right, 1, 51.3, "intended: 49", "muted", size=10, align="left")
    label(right, 1, 38, "each batch\ndivided by its\nsum of weights", "blue", size=10, align="left")
    return drawing
