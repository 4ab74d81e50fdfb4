"""The worked example as a computational graph: values forward, deltas backward."""

import numpy as np

from guide.figures import arrow, box, diagram, label
from snippets.backpropagation.derive_backpropagation import backward, cross_entropy, forward


def _number(value: float) -> str:
    short = round(value * 1e4) == round(value * 1e4, 6)  # -0.5625 in full, 1.0986... rounded
    return (f"{value:.4g}" if short else f"{value:.3f}").replace("-", "\N{MINUS SIGN}")


def _row(values: np.ndarray) -> str:
    return "(" + ", ".join(_number(value) for value in values) + ")"


def figure():
    weights = [np.array([[1.0, -1.0], [-0.5, 1.0]]), np.array([[-1.0, 0.0], [1.0, -1.0]])]
    biases = [np.array([np.log(3) / 2, np.log(3) - 1]), np.array([np.log(3), 1.1])]
    x, hidden, logits = forward(np.array([[1.0, 2.0]]), weights, biases)
    loss, grad_logits = cross_entropy(logits, np.array([1]))
    grads, grad_biases = backward([x, hidden, logits], weights, grad_logits)
    z = np.arctanh(hidden)
    grad_hidden = grad_logits @ weights[1].T

    _, axes = diagram(6.4, 4.3)
    columns = [0.63, 2.03, 3.43, 4.83, 6.0]
    top, middle, bottom = 3.4, 2.0, 0.6

    names = ["$X$", "$Z^1$", "$A^1$", "$Z^2$", "loss"]
    values = [_row(x[0]), _row(z[0]), _row(hidden[0]), _row(logits[0]), _number(loss)]
    for at, name, value in zip(columns, names, values, strict=True):
        box(axes, at, top, 0.7 if name == "loss" else 1.12, 0.62, f"{name}\n{value}", size=10)
    steps = ["$W^1, b^1$", "tanh", "$W^2, b^2$", "softmax, CE"]
    for left, right, text in zip(columns[:-1], columns[1:], steps, strict=True):
        end = right - (0.35 if right == columns[-1] else 0.56)
        arrow(axes, (left + 0.56, top), (end, top), "blue")
        label(axes, (left + 0.56 + end) / 2, top + 0.47, text, "blue", size=10)

    names = [r"$\Delta^1$", r"$\partial A^1$", r"$\Delta^2$", "1"]
    deltas = [grad_biases[0], grad_hidden[0], grad_logits[0]]
    values = ["\n" + _row(delta) for delta in deltas] + [""]
    for at, name, value in zip(columns[1:], names, values, strict=True):
        box(axes, at, bottom, 1.24 if value else 0.5, 0.62, name + value, "orange", size=10)
    steps = [r"$\odot\,(1 - a^2)$", r"$\cdot\, W^{2\top}$", r"$P - Y$"]
    for left, right, text in zip(columns[1:-1], columns[2:], steps, strict=True):
        start = right - (0.25 if right == columns[-1] else 0.62)
        arrow(axes, (start, bottom), (left + 0.62, bottom), "orange")
        label(axes, (left + 0.62 + start) / 2, bottom - 0.47, text, "orange", size=10)

    # A weight's gradient joins what the forward pass kept with the delta behind the weight.
    for layer, (name, grad) in enumerate(zip(
        [r"$X^\top \Delta^1$", r"$A^{1\top} \Delta^2$"], grads, strict=True
    )):
        source, delta = columns[2 * layer], columns[2 * layer + 1]
        at = (source + delta) / 2
        text = f"$\\partial W^{layer + 1} =$ {name}\n{_row(grad[0])}\n{_row(grad[1])}"
        box(axes, at, middle, 1.56, 0.84, text, "green", size=10)
        arrow(axes, (source, top - 0.31), (source + 0.25, middle + 0.42), "blue", dashed=True)
        arrow(axes, (delta, bottom + 0.31), (delta - 0.25, middle - 0.42), "orange")
    arrow(axes, (columns[2] - 0.35, top - 0.31), (2.73, bottom + 0.06), "blue", dashed=True)

    label(axes, 0.08, 4.16, "forward: values", "blue", align="left")
    label(axes, 0.08, 0.6, "backward:\ngradients", "orange", align="left")
    label(axes, 5.05, middle, "dashed: kept from\nthe forward pass", "blue", size=10, align="left")
    return axes.figure
