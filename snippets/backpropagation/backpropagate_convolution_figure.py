"""The worked convolution as three correlations, and a stride that leaves a position over."""

import numpy as np
from matplotlib.patches import Rectangle

from guide.figures import COLORS, arrow, diagram, label
from snippets.backpropagation.backpropagate_convolution import conv2d, conv2d_backward


def _grid(axes, left: float, middle: float, values: np.ndarray, color: str, seen=(), cell=0.36):
    """A grid of numbers centered vertically on ``middle``; ``seen`` cells are filled."""
    rows, columns = values.shape
    top = middle + rows * cell / 2
    for r, c in np.ndindex(rows, columns):
        fill = COLORS[f"{color}_fill"] if (r, c) in seen else "none"
        axes.add_patch(Rectangle((left + c * cell, top - (r + 1) * cell), cell, cell,
                                 facecolor=fill, edgecolor=COLORS[color], linewidth=1.2))
        text = f"{values[r, c]:.0f}".replace("-", "\N{MINUS SIGN}")
        label(axes, left + (c + 0.5) * cell, top - (r + 0.5) * cell, text,
              "muted" if text == "0" else "ink", size=10)


def _example():
    x = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
    weight = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    grad_out = np.array([[[[1.0, 0.0], [-1.0, 2.0]]]])
    return x, weight, grad_out


def figure():
    x, weight, grad_out = _example()
    out = conv2d(x, weight, np.zeros(1))[0, 0]
    grad_x, grad_weight, _ = conv2d_backward(grad_out, x, weight)
    x, weight, grad_out = x[0, 0], weight[0, 0], grad_out[0, 0]
    _, axes = diagram(6.4, 5.2)
    corner = {(0, 0), (0, 1), (1, 0), (1, 1)}
    one = {(0, 0)}
    rows = [
        (4.2, "forward", "output = input correlated with the kernel",
         (x, "blue", corner), (weight, "green", corner), (out, "purple", one)),
        (2.6, "gradient of the kernel", "= input correlated with the gradient of the output",
         (x, "blue", corner), (grad_out, "orange", corner), (grad_weight[0, 0], "green", one)),
        (0.85, "gradient of the input", "= padded gradient correlated with the flipped kernel",
         (np.pad(grad_out, 1), "orange", {(1, 1), (1, 2), (2, 1), (2, 2)}),
         (weight[::-1, ::-1], "green", corner), (grad_x[0, 0], "blue", {(1, 1)})),
    ]
    for middle, name, text, first, second, result in rows:
        top = middle + max(len(first[0]), 3) * 0.18 + 0.2
        label(axes, 0.15, top, f"{name} {text}" if text[0] == "=" else f"{name}: {text}",
              size=11, align="left")
        _grid(axes, 1.82 - 0.36 * len(first[0]), middle, *first)
        label(axes, 2.17, middle, r"$\star$", size=15)
        _grid(axes, 2.52, middle, *second)
        label(axes, 3.59, middle, "=", size=14)
        _grid(axes, 3.94, middle, *result)
    label(axes, 5.15, 4.2, "1·1 + 2·2\n+ 4·3 + 5·4\n= 37", "purple", size=10, align="left")
    minus = "\N{MINUS SIGN}"
    label(axes, 5.15, 2.6, f"1·1 + 2·0\n{minus} 4·1 + 5·2\n= 7", "green", size=10, align="left")
    label(axes, 5.15, 0.85, f"1·4 + 0·3\n{minus} 1·2 + 2·1\n= 4", "blue", size=10, align="left")
    return axes.figure


def figure_stride():
    row = np.arange(1.0, 7.0).reshape(1, 1, 1, 6)
    kernel = np.array([[[[1.0, 2.0, 3.0]]]])
    grad_out = np.array([[[[10.0, 1.0]]]])
    grad = conv2d_backward(grad_out, row, kernel, stride=2)[0][0, 0]
    _, axes = diagram(6.4, 3.5)
    cell, left = 0.5, 2.3

    def center(column: float) -> float:
        return left + (column + 0.5) * cell

    label(axes, 0.1, 3.1, "gradient of the\noutput", "orange", align="left", size=10)
    for p, value in enumerate(grad_out[0, 0, 0]):
        at = center(2 * p + 1)
        _grid(axes, at - cell / 2, 3.1, np.array([[value]]), "orange", {(0, 0)}, cell)
        for u in range(3):
            shared = 2 * (1 - p)  # both outputs read this pixel: keep the two arrows apart
            end = center(2 * p + u) + (u == shared) * (-0.09 if p == 0 else 0.09)
            arrow(axes, (at, 2.85), (end, 2.2), "orange")
    for column, y, text in [(0.03, 2.66, "·1"), (0.72, 2.36, "·2"), (1.3, 2.36, "·3"),
                            (2.7, 2.36, "·1"), (3.28, 2.36, "·2"), (3.97, 2.66, "·3")]:
        label(axes, center(column), y, text, "green", size=10)
    label(axes, 0.1, 1.95, "gradient of the\ninput", "blue", align="left", size=10)
    _grid(axes, left, 1.95, grad, "blue", {(0, 2)}, cell)
    label(axes, center(6) - 0.15, 1.95, "lost: 0,\nbut present", "red", size=10, align="left")
    label(axes, center(2), 1.5, "10·3 + 1·1", "blue", size=10)

    spread = np.zeros((1, 8))
    spread[0, [2, 4]] = grad_out[0, 0, 0]
    label(axes, 0.1, 0.75, "the same as one\nconvolution", "orange", align="left", size=10)
    _grid(axes, left - 1.0 + 0.25, 0.75, spread, "orange", {(0, 2), (0, 4)}, 0.38)
    label(axes, left + 2.52, 0.75, r"$\star$", size=15)
    _grid(axes, left + 2.75, 0.75, kernel[0, 0][:, ::-1], "green", {(0, 0), (0, 1), (0, 2)}, 0.38)
    text = "K \N{MINUS SIGN} 1 = 2 zeros around, 1 between, 1 more for the lost column"
    label(axes, left + 0.9, 0.3, text, "muted", size=10)
    return axes.figure
