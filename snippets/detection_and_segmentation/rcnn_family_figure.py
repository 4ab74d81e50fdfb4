"""Draws the four steps of the family, one below the other, with the seconds per image."""

from guide.figures import COLORS, arrow, box, diagram, label

ROWS = [
    ("R-CNN, 2013", "47 s, and proposals", [
        ("Selective\nSearch", "purple"), ("warp\n2,000 crops", "orange"),
        ("all of VGG\n× 2,000", "orange"), ("SVMs, box\nregression", "orange")]),
    ("Fast R-CNN, 2015", "0.32 s, and proposals 1.51 s", [
        ("VGG conv\nonce", "blue"), ("Selective\nSearch", "purple"),
        ("RoI pooling\n× 2,000", "orange"), ("fc: class, box\n× 2,000", "orange")]),
    ("Faster R-CNN, 2015", "0.198 s, all included", [
        ("VGG conv\nonce", "blue"), ("RPN\nonce", "blue"),
        ("RoI pooling\n× 300", "orange"), ("fc: class, box\n× 300", "orange")]),
    ("Mask R-CNN, 2017", "0.195 s, newer GPU and network", [
        ("ResNet-101,\nFPN, once", "blue"), ("RPN\nonce", "blue"),
        ("RoIAlign\nper box", "orange"), ("class, box,\nand mask", "orange")]),
]


def figure():
    height = 5.9
    canvas, axes = diagram(6.4, height)
    centers = (0.82, 2.4, 3.98, 5.56)
    for i, (name, seconds, boxes) in enumerate(ROWS):
        top = height - 0.2 - 1.33 * i
        label(axes, 0.12, top, name, size=11.5, align="left", fontweight="bold")
        label(axes, 6.28, top, seconds, size=10.5, align="right")
        for j, (text, color) in enumerate(boxes):
            box(axes, centers[j], top - 0.57, 1.3, 0.66, text, color=color, size=10.2)
            if j and (i, j) != (1, 1):  # Selective Search reads the image, not the features
                arrow(axes, (centers[j - 1] + 0.67, top - 0.57), (centers[j] - 0.67, top - 0.57))
        if i:  # the features go past the proposals into the pooling
            axes.plot([centers[0], centers[0], centers[2]], [top - 0.91, top - 1.07, top - 1.07],
                      color=COLORS["ink"], linewidth=1.5, linestyle="-")
            arrow(axes, (centers[2], top - 1.07), (centers[2], top - 0.92))
    y = 0.26
    for x, color, text in [(0.3, "blue", "once per image"), (2.25, "orange", "once per proposal"),
                           (4.5, "purple", "not learned, CPU")]:
        box(axes, x, y, 0.3, 0.22, color=color)
        label(axes, x + 0.24, y, text, size=10.2, align="left")
    return canvas
