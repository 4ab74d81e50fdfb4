"""The loop that collects the negatives on which the model fails."""

from guide.figures import arrow, box, diagram, label


def figure():
    """Train, run, collect, check, add; beside it people whom the loop never feeds."""
    drawing, axes = diagram(height=3.7)
    box(axes, 1.2, 3.15, 2.0, 0.8, "train", "blue")
    box(axes, 3.7, 3.15, 1.9, 0.8, "run on new footage\nwithout the gesture", "purple", size=10)
    box(axes, 5.62, 3.15, 1.3, 0.8, "collect\nwhat fires", "orange")
    box(axes, 5.62, 1.75, 1.3, 0.8, "a person\nlooks", "orange")
    box(axes, 3.7, 1.75, 1.9, 0.8, "add to the training\nset, box included", "orange", size=10)
    box(axes, 1.2, 0.5, 2.0, 0.8, "fixed validation set:\nother people and days", "green", size=10)
    box(axes, 4.53, 0.5, 3.48, 0.8, "recall at the agreed false triggers an hour:\n"
        "no better? stop, open the test set once", "green", size=10)
    arrow(axes, (2.2, 3.15), (2.75, 3.15))
    arrow(axes, (4.65, 3.15), (4.97, 3.15))
    arrow(axes, (5.62, 2.75), (5.62, 2.15))
    arrow(axes, (4.97, 1.75), (4.65, 1.75))
    arrow(axes, (2.75, 1.75), (1.55, 2.75), bend=0.25)
    arrow(axes, (0.7, 2.75), (0.7, 0.9), color="green", dashed=True)
    arrow(axes, (2.2, 0.5), (2.79, 0.5), color="green", dashed=True)
    label(axes, 5.5, 2.45, "scores hidden", "muted", size=10, align="right")
    label(axes, 0.82, 1.6, "every round,\nnever back", "green", size=10, align="left")
    return drawing
