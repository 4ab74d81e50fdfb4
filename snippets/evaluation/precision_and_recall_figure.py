"""Left: precision is a column of the table, recall a row. Right: scores against prevalence."""

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.evaluation.precision_and_recall import both_classes, matthews, precision_recall_fscore


def figure():
    """One detector with recall 0.8 and false-positive rate 0.05 at prevalences from 1/2 to 1/1000."""
    drawing, axes = plot(height=3.6)
    prevalence = np.logspace(np.log10(0.5), -3, 60)
    rows = []
    for share in prevalence:
        tp, fp, fn = both_classes(share, 0.8, 0.05)
        precision, _, f1 = (v[1] for v in precision_recall_fscore(tp, fp, fn))
        rows.append([tp.sum(), 1 - share, matthews(tp, fp, fn), f1, precision])
    styles = [("blue", "-"), ("muted", ":"), ("purple", "-."), ("green", "--"), ("orange", "-")]
    for (color, style), values in zip(styles, np.array(rows).T, strict=True):
        axes.semilogx(prevalence, values, color=COLORS[color], linestyle=style)
    axes.axhline(0.8, color=COLORS["red"], linestyle=(0, (5, 1, 1, 1)))
    axes.set(xlabel="share of positives", xlim=(0.5, 0.001), ylim=(0, 1.02))
    axes.set_xticks([0.5, 0.1, 0.01, 0.001], ["50%", "10%", "1%", "0.1%"])
    axes.minorticks_off()
    label(axes, 0.35, 0.97, "accuracy", "blue", size=10)
    label(axes, 0.47, 0.36, "accuracy\nof “never”", "muted", size=10, align="left")
    label(axes, 0.0018, 0.755, "recall", "red", size=10)
    label(axes, 0.008, 0.39, "MCC", "purple", size=10)
    label(axes, 0.03, 0.54, "F1", "green", size=10)
    label(axes, 0.035, 0.2, "precision", "orange", size=10)
    return drawing
