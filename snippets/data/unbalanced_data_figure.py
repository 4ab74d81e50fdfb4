"""One figure: a ROC and a precision-recall view of one number, and what correction repairs."""

import json
from pathlib import Path

import numpy as np

from guide.figures import COLORS, label, plot


def figure():
    """Left: average precision by treatment. Right: observed share against output."""
    path = Path(__file__).with_name("unbalanced_data_experiment.json")
    runs = json.loads(path.read_text(encoding="utf-8"))["runs"]
    drawing, (left, right) = plot(height=4.0, columns=2)
    methods = [("truth", "best possible", "muted"), ("plain", "plain", "blue"),
               ("weights", "weights", "orange"), ("over-sampling", "over-\nsampling", "green"),
               ("under-sampling", "under-\nsampling", "purple")]
    for place, (method, _, color) in enumerate(methods):
        values = [seed[method]["raw"]["ap"] for seed in runs]
        left.plot(np.full(len(values), place), values, "o", color=COLORS[color], markersize=4)
        left.plot([place - 0.3, place + 0.3], [np.mean(values)] * 2, "-", color=COLORS[color], linewidth=3)
    left.set_xticks(range(5), [name for _, name, _ in methods], rotation=60)
    left.set(ylim=(0, 1), title="average precision")
    left.grid(axis="x", visible=False)

    lowest = 1e-3
    right.loglog([lowest, 1], [lowest, 1], color=COLORS["muted"], linestyle=":", linewidth=1.5)
    for method, row, color, style in (("under-sampling", 0, "purple", "s--"), ("weights", 0, "orange", "^--"),
                                      ("weights", 1, "orange", "^-"), ("plain", 1, "blue", "o-")):
        points = {}
        for seed in runs:
            for output, share, number in seed[method]["reliability"][row]:
                points.setdefault(int(np.floor(3 * np.log10(output))), []).append((output, share, number))
        line = []
        for place in sorted(points):
            output, share, number = np.array(points[place]).T
            if (share * number).sum() >= 20:  # fewer positives say little
                line.append([(output * number).sum() / number.sum(), (share * number).sum() / number.sum()])
        right.loglog(*np.array(line).T, style, color=COLORS[color], markersize=5, linewidth=1.5)
    right.set(xlabel="output", title="observed share", xlim=(lowest, 1), ylim=(1e-4, 1))
    right.set_xticks([0.001, 0.01, 0.1, 1], ["0.1%", "1%", "10%", "100%"])
    right.set_yticks([0.0001, 0.001, 0.01, 0.1, 1], ["0.01%", "0.1%", "1%", "10%", "100%"])
    right.minorticks_off()
    label(right, 0.0016, 0.25, "plain, and\nweights corrected", "blue", size=10, align="left")
    label(right, 0.025, 0.00028, "weights,\nunder-sampling\nas trained", "purple", size=10, align="left")
    return drawing
