"""Figures: two towers against a projector; how many tokens an image becomes."""

from guide.figures import arrow, box, diagram, label


def figure():
    """Left CLIP: two encoders and a cosine. Right LLaVA: patches, projector, language model."""
    drawing, axes = diagram(height=3.5)
    label(axes, 1.35, 3.25, "two towers (CLIP)", "muted")
    box(axes, 0.7, 0.4, 1.1, 0.5, "image", "blue")
    box(axes, 2.0, 0.4, 1.1, 0.5, "text", "orange")
    box(axes, 0.7, 1.35, 1.1, 0.6, "image\nencoder", "blue", 10)
    box(axes, 2.0, 1.35, 1.1, 0.6, "text\nencoder", "orange", 10)
    box(axes, 1.35, 2.6, 1.5, 0.55, "one cosine", "purple")
    for x, end in ((0.7, 1.05), (2.0, 1.65)):
        arrow(axes, (x, 0.65), (x, 1.05))
        arrow(axes, (x, 1.65), (end, 2.32))
    label(axes, 0.42, 2.05, "1 vector", size=10)
    label(axes, 2.3, 2.05, "1 vector", size=10)
    label(axes, 4.75, 3.25, "tokens (LLaVA)", "muted")
    box(axes, 3.7, 0.4, 1.1, 0.5, "image", "blue")
    box(axes, 5.6, 0.4, 1.3, 0.5, "question", "orange")
    box(axes, 3.7, 1.15, 1.1, 0.5, "encoder", "blue", 10)
    box(axes, 3.7, 1.9, 1.1, 0.5, "projector", "green", 10)
    box(axes, 4.75, 2.75, 2.9, 0.5, "language model", "purple")
    arrow(axes, (3.7, 0.65), (3.7, 0.9))
    arrow(axes, (3.7, 1.4), (3.7, 1.65))
    arrow(axes, (3.7, 2.15), (3.7, 2.5))
    arrow(axes, (5.6, 0.65), (5.6, 2.5))
    label(axes, 4.33, 2.33, "576 tokens", size=10, align="left")
    return drawing
