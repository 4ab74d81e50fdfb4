"""One figure: the gradient against cross-entropy's, and the best output against the truth."""

import numpy as np

from guide.figures import COLORS, label, plot
from snippets.activations_and_losses.focal_loss import best_output, sigmoid_focal_loss_backward


def figure():
    """Left: size of the gradient at the logit. Right: what a perfect fit outputs."""
    drawing, (left, right) = plot(height=3.6, columns=2)
    q = np.linspace(0.005, 0.995, 100)
    z = np.log(q / (1 - q))
    truth = np.linspace(0.01, 0.99, 50)
    for gamma, color, style in ((0.0, "muted", ":"), (2.0, "blue", "-"), (5.0, "orange", "--")):
        grad = -sigmoid_focal_loss_backward(z, np.ones(z.size), -1, gamma)
        left.plot(q, grad, color=COLORS[color], linestyle=style)
        outputs = [best_output(one, gamma=gamma) for one in truth]
        right.plot(truth, outputs, color=COLORS[color], linestyle=style)
    left.set(title="size of the gradient", xlabel="probability of the target", ylim=(0, 1.5))
    right.set(title="best output", xlabel="true probability", ylim=(0, 1))
    label(left, 0.62, 0.62, "γ = 0", "muted", align="left")
    label(left, 0.22, 1.12, "γ = 2", "blue", align="left")
    label(left, 0.2, 1.38, "γ = 5", "orange", align="left")
    label(right, 0.08, 0.52, "γ = 5", "orange", align="left")
    label(right, 0.24, 0.3, "γ = 2", "blue", align="left")
    label(right, 0.7, 0.88, "γ = 0", "muted", align="right")
    return drawing
