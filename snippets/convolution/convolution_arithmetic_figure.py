"""Figures of the answer on convolution arithmetic: a field drawn, and how it is used."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from guide.figures import COLORS, diagram, label, plot
from snippets.convolution.convolution_arithmetic import paths


def figure() -> Figure:
    """The field of the first output of three layers, row by row, on 15 pixels."""
    drawing, axes = diagram(6.4, 3.7)
    side, left = 0.34, 0.9
    # name, centers in the input of all positions, of those that output 0 reads
    rows = [("input", list(range(15)), list(range(13))),
            ("K 3", list(range(1, 14)), list(range(1, 12))),
            ("K 3, S 2", list(range(2, 14, 2)), [2, 6, 10]),
            ("K 3, D 2", [6, 8], [6])]
    rows[1] = (rows[1][0], rows[1][1], [1, 2, 3, 5, 6, 7, 9, 10, 11])
    taps = {1: [-1, 0, 1], 2: [-1, 0, 1], 3: [-4, 0, 4]}
    for depth, (name, centers, read) in enumerate(rows):
        y = 0.55 + 0.87 * depth
        label(axes, 0.06, y + side / 2, name, size=10, align="left")
        for center in centers:
            x = left + 0.36 * center
            color = "orange_fill" if depth == 3 and center == 6 else "blue_fill"
            axes.add_patch(Rectangle((x, y), side, side, edgecolor=COLORS["muted"], linewidth=1,
                                     facecolor=COLORS[color] if center in read else "none"))
        for center in read if depth else []:
            for tap in taps[depth]:
                axes.plot([left + 0.36 * center + side / 2, left + 0.36 * (center + tap) + side / 2],
                          [y, y - 0.87 + side], color=COLORS["ink"], linewidth=0.9, linestyle="-")
    for pixel in range(15):
        label(axes, left + 0.36 * pixel + side / 2, 0.55 + side / 2, str(pixel), size=10)
    axes.plot([left, left + 0.36 * 12 + side], [0.38, 0.38], color=COLORS["orange"], linewidth=2,
              linestyle="-")
    label(axes, left + 0.36 * 6 + side / 2, 0.18, "receptive field of the first output: 13",
          color="orange", size=10)
    return drawing


def figure_effective() -> Figure:
    """Paths per pixel: a bell that narrows relative to the field, and dilations with holes."""
    drawing, (top, bottom) = plot(6.4, 5.6, rows=2)
    for count, color, style in ((5, "green", "-."), (20, "blue", "-"), (80, "orange", "--")):
        profile = paths([(3, 1, 1, 1)] * count)
        position = np.linspace(-0.5, 0.5, len(profile))
        top.plot(position, profile / profile.max(), color=COLORS[color], linestyle=style,
                 label=f"{count} layers, field {len(profile)}")
    top.set(xlabel="position in units of the receptive field", ylabel="paths, peak = 1", ylim=(-0.05, 1.6),
            title="3×3 layers at stride 1")
    top.legend(loc="upper right")
    for offset, (dilations, color) in enumerate((((1, 2, 4), "blue"), ((2, 2, 2), "orange"))):
        profile = paths([(3, 1, 0, d) for d in dilations])
        position = np.arange(len(profile)) - len(profile) // 2
        bottom.bar(position + (0.2 if offset else -0.2), profile, 0.36,
                   color=COLORS[f"{color}_fill" if offset else color],
                   edgecolor=COLORS[color], linewidth=1,
                   label=f"dilations {', '.join(map(str, dilations))}: field {len(profile)}")
    bottom.set(xlabel="pixel, from the center", ylabel="paths", title="Three dilated layers")
    bottom.set_xticks(range(-6, 7, 2))
    bottom.legend(loc="upper left")
    bottom.set(ylim=(0, 10.5))
    return drawing
