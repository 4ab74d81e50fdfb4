"""Draws one backbone with the head of a classifier and the head of a detector."""

from guide.figures import arrow, box, diagram, label


def figure():
    """Left: pooled, one answer. Right: per cell, a list."""
    canvas, axes = diagram(6.4, 5.3)
    left, right, width = 1.6, 4.8, 2.9
    box(axes, 3.2, 4.95, 3.6, 0.52, "image, 3 × 640 × 640", "muted", 10.5)
    arrow(axes, (3.2, 4.69), (3.2, 4.42))
    box(axes, 3.2, 4.16, 3.6, 0.52, "backbone, pretrained", "blue", 10.5)
    arrow(axes, (2.3, 3.9), (left, 3.45))
    arrow(axes, (4.1, 3.9), (right, 3.45))
    steps = [
        (left, 3.19, "features 2048 × 20 × 20", "muted"),
        (left, 2.29, "average over all cells: 2048", "orange"),
        (left, 1.39, "linear: K logits, softmax", "orange"),
        (left, 0.49, "one class", "green"),
        (right, 3.19, "maps 80 × 80, 40 × 40, 20 × 20", "muted"),
        (right, 2.29, "convolution in each cell:\nK scores and 4 numbers", "purple"),
        (right, 1.39, "8,400 scored boxes:\nthreshold, NMS", "purple"),
        (right, 0.49, "a list: box, class, score", "green"),
    ]
    for k, (x, y, text, color) in enumerate(steps):
        box(axes, x, y, width, 0.56, text, color, 10.5)
        if k % 4:
            arrow(axes, (x, y + 0.62), (x, y + 0.28))
    label(axes, 0.75, 3.78, "classifier", "ink", 11)
    label(axes, 5.65, 3.78, "detector", "ink", 11)
    return canvas
