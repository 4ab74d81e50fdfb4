"""Figures of the answer on GoogLeNet: the module without and with reductions, and the network."""

from matplotlib.figure import Figure

from guide.figures import COLORS, arrow, box, diagram, label
from snippets.convolution.inception_torch import MODULES, module_channels, module_weights

COLUMNS = (0.85, 2.42, 3.99, 5.56)


def figure() -> Figure:
    """Module 3a, above in its naive form, below as published, with the channels of each step."""
    drawing, axes = diagram(6.4, 5.1)
    inputs, one, (three_in, three), (five_in, five), pooled = MODULES["3a"]
    naive = [[("1×1", one)], [("3×3", three)], [("5×5", five)], [("3×3 max", inputs)]]
    published = [[("1×1", one)], [("1×1", three_in), ("3×3", three)], [("1×1", five_in), ("5×5", five)],
                 [("3×3 max", inputs), ("1×1", pooled)]]
    for top, title, branches, reduce in ((4.9, "Naive", naive, False),
                                         (2.6, "With 1×1 reductions: module 3a", published, True)):
        steps = max(len(branch) for branch in branches)
        label(axes, 0.15, top, title, size=12, align="left", weight="bold")
        label(axes, 6.25, top, f"{module_weights('3a', reduce):,} weights", size=10, color="muted",
              align="right")
        y_in = top - 0.42
        box(axes, 3.2, y_in, 6.1, 0.34, f"input: {inputs} channels", color="ink", size=10)
        y_out = y_in - 0.62 * (steps + 1)
        for x, branch in zip(COLUMNS, branches, strict=True):
            start = (x, y_in - 0.17)
            for i, (kind, channels) in enumerate(branch):
                # a single step stands in the last row, beside the large kernels
                y = y_in - 0.62 * (i + 1 + steps - len(branch)) - 0.05
                reduction = reduce and kind == "1×1" and len(branch) > 1
                color = "orange" if reduction else "purple" if "max" in kind else "blue"
                arrow(axes, start, (x, y + 0.2), color="muted")
                box(axes, x, y, 1.36, 0.4, f"{kind}: {channels}", color=color, size=10)
                start = (x, y - 0.2)
            arrow(axes, start, (x, y_out + 0.17), color="muted")
        box(axes, 3.2, y_out, 6.1, 0.34, f"concatenation: {module_channels('3a', reduce)} channels",
            color="ink", size=10)
    return drawing


def figure_network() -> Figure:
    """The nine modules by resolution, with their output channels and the two heads."""
    drawing, axes = diagram(6.4, 4.7)
    rows = [("224 × 224", [("7×7 / 2\n64", "grey"), ("pool / 2", "purple"), ("1×1\n64", "grey"),
                           ("3×3\n192", "grey"), ("pool / 2", "purple")])]
    for size, names in (("28 × 28", ("3a", "3b")), ("14 × 14", ("4a", "4b", "4c", "4d", "4e")),
                        ("7 × 7", ("5a", "5b"))):
        boxes = [(f"{name}\n{module_channels(name)}", "blue") for name in names]
        boxes += [("average\n1024", "green"), ("linear\n1000", "green")] if size == "7 × 7" else [
            ("pool / 2", "purple")] if size == "28 × 28" else []
        rows.append((size, boxes))
    heights = (4.3, 3.4, 2.5, 0.72)
    for (size, boxes), y in zip(rows, heights, strict=True):
        label(axes, 0.5, y, size, size=10)
        for i, (text, color) in enumerate(boxes):
            x = 1.52 + 1.06 * i
            box(axes, x, y, 0.92, 0.5, text, color="ink" if color == "grey" else color, size=10)
            if i:
                arrow(axes, (x - 0.6, y), (x - 0.46, y), color="muted")
            if text.startswith(("4a", "4d")):
                arrow(axes, (x, y - 0.25), (x, y - 0.52), color="orange", dashed=True)
                box(axes, x, y - 0.8, 1.0, 0.54, "head, only\nin training", color="orange", size=10)
    for (_, boxes), above, below in zip(rows, heights, heights[1:], strict=False):
        x = 1.52 + 1.06 * (len(boxes) - 1)
        middle = below + 0.38
        axes.plot([x, x, 1.52], [above - 0.25, middle, middle], color=COLORS["muted"], linewidth=1.5,
                  linestyle="-")
        arrow(axes, (1.52, middle), (1.52, below + 0.25), color="muted")
    label(axes, 5.45, 1.24, "pool / 2", color="muted", size=10)
    label(axes, 3.2, 0.14, "second line: output channels; / 2: stride 2", color="muted", size=10)
    return drawing
