"""Figures of the answer on MobileNet: the blocks of v1, v2 and v3, and the measured speed."""

import json
from pathlib import Path

from matplotlib.figure import Figure

from guide.figures import COLORS, arrow, box, diagram, label, plot
from snippets.convolution.mobilenet import convolution_cost, intensity

RESULT = Path(__file__).with_name("mobilenet_experiment.json")


def figure() -> Figure:
    """The separable layer of v1, the inverted residuals of v2 and of v3, widths to scale."""
    drawing, axes = diagram(6.4, 5.6)
    columns = [
        (0.95, "v1", "separable layer", "512 × 14 × 14", "blue",
         [(1.5, "3×3 depthwise\n512, BN, ReLU6"), (1.5, "1×1, 512\nBN, ReLU6")], "512 × 14 × 14"),
        (3.0, "v2", "inverted residual", "64 × 14 × 14", "green",
         [(1.5, "1×1, 384\nBN, ReLU6"), (1.5, "3×3 depthwise\n384, BN, ReLU6"),
          (0.9, "1×1, 64\nBN")], "64 × 14 × 14"),
        (5.2, "v3", "with squeeze", "112 × 14 × 14", "purple",
         [(1.5, "1×1, 672\nBN, h-swish"), (1.5, "3×3 depthwise\n672, BN, h-swish"),
          (1.5, "× gate from\nthe means"), (0.9, "1×1, 112\nBN")], "112 × 14 × 14"),
    ]
    for x, title, name, shape, color, layers, end in columns:
        label(axes, x, 5.42, title, size=12, weight="bold")
        label(axes, x, 5.18, name, color="muted", size=10)
        label(axes, x, 4.86, shape, size=10)
        top, previous = 4.25, 4.74
        for width, text in layers:
            arrow(axes, (x, previous), (x, top + 0.25))
            box(axes, x, top, width, 0.5, text, color=color, size=10)
            previous, top = top - 0.25, top - 0.82
        if title == "v1":
            arrow(axes, (x, previous), (x, 0.32))
        else:
            arrow(axes, (x, previous), (x, 0.85))
            box(axes, x, 0.7, 0.3, 0.3, "+", color="ink", size=12)
            side = x + 0.9
            axes.plot([x, side, side], [4.64, 4.64, 0.7], color=COLORS["ink"], linewidth=1.5,
                      linestyle="-")
            arrow(axes, (side, 0.7), (x + 0.15, 0.7))
            arrow(axes, (x, 0.55), (x, 0.32))
        label(axes, x, 0.18, end, size=10)
    return drawing


def figure_speed() -> Figure:
    """Multiply-adds per nanosecond against intensity, and counted against measured speedup."""
    result = json.loads(RESULT.read_text(encoding="utf-8"))["channels last"]
    drawing, (top, bottom) = plot(6.4, 6.6, rows=2, height_ratios=[1.35, 1])
    merged = {("standard", 28): "", ("standard", 56): "28, 56", ("pointwise", 28): "",
              ("pointwise", 14): "14, 28", ("depthwise", 28): "", ("depthwise", 56): "28, 56"}
    for name, kernel, depthwise, color, marker in (
            ("standard 3×3", 3, False, "orange", "s"), ("1×1", 1, False, "blue", "o"),
            ("depthwise 3×3", 3, True, "green", "^")):
        key = {"standard 3×3": "standard", "1×1": "pointwise"}.get(name, "depthwise")
        xs, ys = [], []
        for channels, size in ((128, 56), (256, 28), (512, 14), (1024, 7)):
            groups = channels if depthwise else 1
            xs.append(intensity(convolution_cost(channels, channels, kernel, size, groups)))
            ys.append(result[str(size)][key]["per_nanosecond"])
            text = merged.get((key, size), str(size))  # neighbors share one label
            beside = depthwise and size < 28  # above it stands the next marker
            top.annotate(text, (xs[-1], ys[-1]), textcoords="offset points",
                         ha="left" if beside else "center", xytext=(8, -4) if beside else (0, 8),
                         fontsize=10, color=COLORS["ink"])
        top.plot(xs, ys, marker, color=COLORS[color], markersize=7, label=name)
    top.set(xscale="log", yscale="log", xlabel="multiply-adds per byte moved", ylim=(4, 200),
            ylabel="multiply-adds per ns", title="Speed of one layer (labels: size of the map)")
    top.set_xticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    top.set_yticks([5, 10, 30, 100], ["5", "10", "30", "100"])
    top.minorticks_off()
    top.legend(loc="lower right")
    rows = result["networks"]
    names = ["v1", "v2", "v3-Large"]
    counted = [rows["standard"]["multiply_adds"] / rows[n]["multiply_adds"] for n in names]
    measured = [rows[n]["speedup"][1] for n in names]
    places = [2, 1, 0]
    bottom.barh([p + 0.18 for p in places], counted, 0.32, color=COLORS["grey_fill"],
                edgecolor=COLORS["ink"], label="fewer multiply-adds")
    bottom.barh([p - 0.18 for p in places], measured, 0.32, color=COLORS["blue"],
                edgecolor=COLORS["ink"], label="faster")
    for place, c, m in zip(places, counted, measured, strict=True):
        label(bottom, c + 0.3, place + 0.18, f"{c:.1f}", size=10, align="left")
        label(bottom, m + 0.3, place - 0.18, f"{m:.1f}", size=10, align="left")
    bottom.set_yticks(places, names)
    bottom.set(xlabel="times, against v1 with standard convolutions", xlim=(0, 26),
               title="Whole network")
    bottom.grid(axis="y", visible=False)
    bottom.legend(loc="upper right")
    return drawing
