"""A recurrent network folded and unrolled, with the gradient on its way back."""

import numpy as np

from guide.figures import arrow, box, diagram, label
from snippets.sequences.recurrent_networks import backward, forward


def figure():
    """Left: the loop. Right: three steps with the worked numbers, the gradient below the states."""
    x = np.array([np.arctanh(0.5), 0.0, 0.0]).reshape(3, 1, 1)
    one, grad_h = np.ones((1, 1)), np.array([0.0, 0.0, 1.0]).reshape(3, 1, 1)
    h = forward(x, np.zeros((1, 1)), one, one, np.zeros(1))
    grads = backward(x, h, one, one, grad_h)
    back = [grads["h0"].item(), grads["x"][1].item(), grads["x"][2].item(), 1.0]  # w_x = w_h = 1

    drawing, axes = diagram(6.4, 3.9)
    middle = 2.15
    label(axes, 0.75, 3.7, "folded", "muted", size=11)
    box(axes, 0.75, middle, 0.8, 0.6, "state\n$h$", "blue", size=11)
    box(axes, 0.75, 0.85, 0.8, 0.5, "input $x_t$", "green", size=10)
    arrow(axes, (0.75, 1.1), (0.75, middle - 0.3), "green")
    arrow(axes, (1.0, middle + 0.3), (0.5, middle + 0.3), "blue", bend=-1.6)
    label(axes, 0.75, middle + 0.98, "$W_h$, one step later", "blue", size=10)

    label(axes, 4.2, 3.7, "unrolled: the same weights three times", "muted", size=11)
    columns = [2.1, 3.3, 4.5, 5.7]
    for t, at in enumerate(columns):
        box(axes, at, middle, 0.78, 0.6, f"$h_{t}$\n{h[t].item():.3f}", "blue", size=10)
        if t:
            box(axes, at, 0.85, 0.78, 0.5, f"$x_{t}$ = {x[t - 1].item():.3g}", "green", size=10)
            arrow(axes, (at, 1.1), (at, middle - 0.3), "green")
            arrow(axes, (columns[t - 1] + 0.39, middle), (at - 0.39, middle), "blue")
            arrow(axes, (at - 0.3, middle + 0.5), (columns[t - 1] + 0.3, middle + 0.5), "orange",
                  dashed=True)
        label(axes, at, middle + 0.5, f"{back[t]:.3f}" if t < 3 else "1", "orange", size=10)
    label(axes, 3.9, middle + 0.95, "gradient of the loss $h_3$ with respect to each state", "orange",
          size=10)
    label(axes, 3.2, 0.28, "forward: solid", "blue", size=10)
    label(axes, 4.8, 0.28, "backward: dashed", "orange", size=10)
    return drawing
