"""Draws both pipelines side by side, with the number of boxes after each step."""

from guide.figures import arrow, box, diagram, label
from snippets.detection_and_segmentation.one_stage_vs_two_stage import count_anchors

WIDTH = 2.85


def column(axes, x: float, steps: list[tuple[float, str, str]]) -> None:
    """Boxes from top to bottom, joined by arrows."""
    for k, (y, text, color) in enumerate(steps):
        box(axes, x, y, WIDTH, 0.56, text, color, 10.5)
        if k:
            arrow(axes, (x, steps[k - 1][0] - 0.28), (x, y + 0.28))


def figure():
    """RetinaNet on the left, Faster R-CNN on the right, both on an image of 600 x 1000."""
    canvas, axes = diagram(6.4, 5.75)
    one, two = 1.6, 4.8
    label(axes, one, 5.55, "one stage", "ink", 12)
    label(axes, two, 5.55, "two stages", "ink", 12)
    column(axes, one, [
        (5.05, "image, 600 × 1000", "muted"),
        (4.17, "backbone and pyramid", "blue"),
        (3.29, f"dense head, {count_anchors(600, 1000):,}\nanchors: class and box", "orange"),
        (0.55, "threshold, NMS: detections", "green"),
    ])
    column(axes, two, [
        (5.05, "image, 600 × 1000", "muted"),
        (4.17, "backbone", "blue"),
        (3.29, f"dense head, {count_anchors(600, 1000, (16,)):,}\nanchors: object? and box", "orange"),
        (2.41, "best 300 after NMS", "muted"),
        (1.5, "crop features, second head,\n300 times: class and box", "purple"),
        (0.55, "threshold, NMS: detections", "green"),
    ])
    label(axes, one + 0.12, 2.15, "the same work", "muted", 10.5, align="left")
    label(axes, one + 0.12, 1.92, "for each image", "muted", 10.5, align="left")
    label(axes, one + 0.12, 1.69, "(but for NMS)", "muted", 10.5, align="left")
    return canvas
