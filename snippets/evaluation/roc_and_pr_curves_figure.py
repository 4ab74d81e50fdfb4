"""Left: one ROC curve. Right: its precision-recall curves at three shares of positives."""

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.evaluation.roc_and_pr_curves import gaussian_rates


def figure():
    """Two Gaussians two standard deviations apart; the same point marked in all curves."""
    drawing, (left, right) = plot(height=3.6, columns=2)
    fpr, tpr, thresholds = gaussian_rates(2.0)
    keep = np.unique(np.concatenate([np.arange(0, len(fpr), 160), [np.argmin(np.abs(thresholds - 1.1584))]]))
    fpr, tpr, thresholds = fpr[keep], tpr[keep], thresholds[keep]
    at = np.argmin(np.abs(tpr - 0.8))
    left.plot([0, 1], [0, 1], color=COLORS["muted"], linestyle=":", linewidth=1.5)
    left.plot(fpr, tpr, color=COLORS["blue"], linestyle="-")
    left.plot(fpr[at], tpr[at], "o", color=COLORS["blue"])
    left.set(xlabel="false-positive rate", title="recall", xlim=(0, 1), ylim=(0, 1.02))
    label(left, 0.6, 0.72, "AUC 0.92\nat any share", "blue", size=10)
    for share, color, style in ((0.5, "green", "-"), (0.1, "orange", "--"), (0.01, "purple", "-.")):
        precision = share * tpr / (share * tpr + (1 - share) * fpr)
        right.plot(tpr, precision, color=COLORS[color], linestyle=style)
        right.plot(tpr[at], precision[at], "o", color=COLORS[color])
    right.set(xlabel="recall", title="precision", xlim=(0, 1), ylim=(0, 1.02))
    label(right, 0.72, 0.95, "50% positives", "green", size=10)
    label(right, 0.42, 0.64, "10%", "orange", size=10)
    label(right, 0.1, 0.33, "1%", "purple", size=10)
    return drawing
