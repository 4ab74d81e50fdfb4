"""Figures: the gates on the way to a device, and what each program costs per image."""

import json
from pathlib import Path

from matplotlib.figure import Figure

from guide.figures import COLORS, arrow, box, diagram, label, plot

MEASURED = json.loads(Path(__file__).with_name("deploy_to_hardware_experiment.json").read_text())


def figure() -> Figure:
    """The steps from left to right and back, each with the gate that it has to pass."""
    canvas, axes = diagram(height=3.5)
    steps = [("train", "10 errors\nof 382"), ("export", "logits within\n1e-4, labels equal"),
             ("int8", "errors, refusals\nas before"), ("on the device", "p99, memory,\nheat"),
             ("shadow", "agrees on\nlive inputs"), ("canary", "few users,\nrollback ready"),
             ("everyone", "alarms have\nan owner")]
    for i, (name, gate) in enumerate(steps):
        column, row = (i, 0) if i < 4 else (7 - i, 1)
        x, y = 0.85 + 1.57 * column, 2.9 - 1.85 * row
        color = "blue" if row == 0 else "green"
        box(axes, x, y, 1.28, 0.5, name, color=color)
        label(axes, x, y - 0.58, gate, color="muted", size=10)
        if i == 3:
            arrow(axes, (x, y - 0.95), (x, y - 1.58))
        elif i < 6:
            step = 1 if row == 0 else -1
            arrow(axes, (x + step * 0.66, y), (x + step * 0.91, y))
    arrow(axes, (0.85 + 1.57 - 0.66, 1.05), (0.3, 2.62), color="orange", bend=0.4, dashed=True)
    label(axes, 0.8, 0.62, "errors found\nbecome data", color="orange", size=10)
    return canvas


def figure_cost() -> Figure:
    """Processor time per image against the batch size for four programs."""
    table = MEASURED["latency"]
    batches = [int(batch) for batch in table]
    canvas, axes = plot(height=3.5)
    lines = [("torch", "PyTorch", "purple", "^", ":"), ("dynamic", "int8, dynamic", "orange", "s", "--"),
             ("float", "float32", "blue", "o", "-"), ("static", "int8, static", "green", "D", "-.")]
    for name, text, color, marker, style in lines:
        axes.plot(batches, [1000 * row[name]["cpu"] / int(batch) for batch, row in table.items()],
                  label=text, color=COLORS[color], marker=marker, linestyle=style)
    axes.set(xscale="log", yscale="log", xlabel="batch size", ylabel="µs per image",
             yticks=[5, 10, 20, 50, 100], yticklabels=["5", "10", "20", "50", "100"])
    axes.set_xticks(batches, [str(batch) for batch in batches])
    axes.minorticks_off()
    axes.legend()
    return canvas
