"""Three figures: the tree for the training loss, the tree for the test loss, and the curves."""

import json
from pathlib import Path

from guide.figures import COLORS, arrow, box, diagram, label, plot

QUESTION, CAUSE = 1.62, 5.05


def tree(rows, last, height):
    """Questions down the left, what the answer to the right of each one means."""
    drawing, axes = diagram(height=height)
    step = (height - 0.5) / len(rows)
    for k, (question, answer, onward, causes, color) in enumerate(rows):
        y = height - 0.42 - k * step
        box(axes, QUESTION, y, 2.9, 0.66, f"{k + 1}. {question}", size=10.5)
        arrow(axes, (QUESTION + 1.45, y), (CAUSE - 1.28, y))
        label(axes, 3.42, y + 0.14, answer, size=10)
        box(axes, CAUSE, y, 2.54, 0.66, causes, color=color, size=10)
        below = y - step + 0.33
        arrow(axes, (QUESTION, y - 0.33), (QUESTION, below))
        label(axes, QUESTION + 0.12, (y - 0.33 + below) / 2, onward, size=10, align="left")
    box(axes, QUESTION, 0.2, 2.9, 0.38, last, color="green", size=10.5)
    return drawing


def figure():
    rows = [
        ("Finite, and do inputs\nand labels vary?", "no", "yes", "NaN; constant input;\none label", "red"),
        ("Neighbors share labels,\nbatches mixed?", "no", "yes", "labels shuffled;\ndata sorted", "red"),
        ("Logits, in the shape\nof the targets?", "no", "yes",
         "1.46, 0.50: squashed twice;\nVar(y): broadcast", "red"),
        ("Does the optimizer\nhold every weight?", "no", "yes", "exactly constant:\nold copy, frozen", "red"),
        ("Does a gradient\nreach each of them?", "None", "yes", "detach, no_grad,\na new leaf", "red"),
        ("Units alive\nand different?", "no", "yes", "ln K: zero start, dead\nor saturated units", "red"),
        ("Does one step move\nthe weights?", "no", "yes",
         "exactly constant: rate 0,\nzero_grad too late", "red"),
        ("Does one batch\nreach zero?", "no", "yes", "rate; halve the model\nuntil it does", "red"),
    ]
    return tree(rows, "rate × 3, × 10, then capacity", 7.9)


def figure_test():
    rows = [
        ("In evaluation mode?", "no", "yes", "batch norm, dropout\nas in training", "red"),
        ("Are these the weights\njust trained?", "no", "yes",
         "checkpoint, old copy,\nslow average", "red"),
        ("Training set through this\ncode: training loss?", "no", "yes",
         "preprocessing,\nreduction", "red"),
        ("Same label as the nearest\ntraining example?", "no", "yes",
         "test labels: order,\nother numbering", "red"),
        ("Features alive in training\nand constant in the test?", "yes", "no", "leak", "red"),
        ("Is only a thresholded\nmetric flat?", "yes", "no", "scores on one side\nof the threshold", "red"),
    ]
    return tree(rows, "overfitting or shift", 6.5)


def figure_curves():
    path = Path(__file__).with_name("loss_stays_constant_experiment.json")
    faults = json.loads(path.read_text(encoding="utf-8"))["faults"]
    drawing, (left, right) = plot(height=3.8, columns=2)
    shown = [("healthy", "healthy", "green", "-", 0.10),
             ("old_parameters", "old weights", "blue", "--", 2.17),
             ("rate_too_high", "rate too high", "red", "-.", 2.75),
             ("softmax_twice", "softmax twice", "purple", ":", 1.38)]
    for name, text, color, style, height in shown:
        left.plot(faults[name]["runs"][0]["losses"], color=COLORS[color], linestyle=style)
        label(left, 40, height, text, color, size=10, align="right")
    left.set(title="training loss", xlabel="epoch", ylabel="cross-entropy", ylim=(0, 2.9))
    shown = [("healthy", "healthy", "green", "-", 0.28), ("stale_copy", "old copy", "blue", "--", 2.44),
             ("slow_average", "slow average", "red", "-.", 2.06),
             ("leak", "leak", "orange", ":", 1.50)]
    for name, text, color, style, height in shown:
        right.plot(faults[name]["runs"][0]["tests"], color=COLORS[color], linestyle=style)
        label(right, 40, height, text, color, size=10, align="right")
    right.set(title="test loss", xlabel="epoch", ylim=(0, 2.9))
    return drawing
