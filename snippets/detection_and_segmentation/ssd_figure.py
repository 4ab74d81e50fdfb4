"""Draws SSD300: six feature maps, a small convolution on each, 8,732 scored boxes."""

from guide.figures import arrow, box, diagram, label
from snippets.detection_and_segmentation.ssd import MAPS, RATIOS, SIZES

CHANNELS = (512, 1024, 512, 256, 256, 256)


def figure():
    """From top to bottom: network on the left, one row per feature map, one list at the end."""
    canvas, axes = diagram(6.4, 6.1)
    label(axes, 1.0, 5.88, "network", "muted", 10.5)
    label(axes, 3.42, 5.88, "3×3 convolution per map", "muted", 10.5)
    label(axes, 5.65, 5.88, "default boxes", "muted", 10.5)
    box(axes, 1.0, 5.42, 1.7, 0.46, "image 300 × 300", "muted", 10.5)
    arrow(axes, (1.0, 5.19), (1.0, 4.93))
    top, step, total = 4.65, 0.72, 0
    for k, (cells, ratios) in enumerate(zip(MAPS, RATIOS, strict=True)):
        y, shapes = top - k * step, 2 + 2 * len(ratios)
        count = cells * cells * shapes
        total += count
        box(axes, 1.0, y, 1.7, 0.5, f"{cells}×{cells}×{CHANNELS[k]}", "blue", 10.5)
        if k:
            arrow(axes, (1.0, y + step - 0.25), (1.0, y + 0.25))
        arrow(axes, (1.85, y), (2.36, y))
        box(axes, 3.42, y, 2.1, 0.5, f"{shapes} × (21 + 4) outputs", "orange", 10.5)
        arrow(axes, (4.47, y), (4.9, y))
        label(axes, 6.3, y + 0.1, f"{count:,}", align="right")
        label(axes, 6.3, y - 0.13, f"from {SIZES[k]:.0f} px", "muted", 10, align="right")
    axes.plot([4.95, 6.35], [0.72, 0.72], color="#52606d", linewidth=1.2)
    label(axes, 6.3, 0.52, f"{total:,} boxes", align="right")
    box(axes, 2.7, 0.34, 5.1 - 0.8, 0.5, "score > 0.01, NMS per class, best 200", "green", 10.5)
    arrow(axes, (5.15, 0.5), (4.9, 0.4))
    return canvas
