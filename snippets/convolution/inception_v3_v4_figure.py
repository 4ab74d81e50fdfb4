"""Figure of the answer on Inception v3 and v4: the nine modules, read off their definitions."""

import torch
from matplotlib.figure import Figure
from torch import nn

from guide.figures import COLORS, arrow, box, diagram, label
from snippets.convolution.inception_v3_v4_torch import (
    Branches,
    ConvBN,
    Residual,
    residual_a,
    residual_b,
    residual_c,
    v3_a,
    v3_b,
    v3_c,
    v4_a,
    v4_b,
    v4_c,
)

STEP, WIDE = 0.37, 0.46


def figure() -> Figure:
    """Three grids as rows, three networks as columns."""
    drawing, axes = diagram(6.4, 8.4)
    with torch.device("meta"):
        rows = [("35 × 35", 3, (v3_a(288, 64), v4_a(), residual_a())),
                ("17 × 17", 5, (v3_b(768, 192), v4_b(), residual_b())),
                ("8 × 8", 4.55, (v3_c(2048), v4_c(), residual_c()))]
    names = ("Inception v3", "Inception v4", "Inception-ResNet v2")
    for x, name in zip((1.12, 3.2, 5.22), names, strict=True):
        label(axes, x, 8.24, name, size=11, weight="bold")
    top = 7.9
    for size, depth, modules in rows:
        axes.plot([0.1, 6.3], [top + 0.16, top + 0.16], color=COLORS["grid"], linewidth=1, linestyle="-")
        label(axes, 3.2, top, size, color="muted", size=10)
        for center, module in zip((1.12, 3.2, 5.22), modules, strict=True):
            _module(axes, center, top - 0.14, depth, module)
        top -= 0.37 * depth + 1.12
    return drawing


def _module(axes, center: float, top: float, depth: float, module: nn.Module) -> None:
    residual = isinstance(module, Residual)
    branches = module.branches if residual else module
    bottom = top - STEP * depth - 0.28
    center -= 0.15 if residual else 0  # room for the shortcut
    left = center - (len(branches) - 1) * (WIDE + 0.04) / 2
    for i, branch in enumerate(branches):
        x, y = left + i * (WIDE + 0.04), bottom + STEP * 0.9
        texts = _texts(branch)
        for text, color in reversed(texts):
            height = 0.5 if "\n" in text else 0.27
            box(axes, x, y + (height - 0.27) / 2, WIDE, height, text, color=color, size=10)
            y += STEP + (height - 0.27)
        axes.plot([x, x], [bottom, top], color=COLORS["muted"], linewidth=1, linestyle="-", zorder=0)
    width = len(branches) * (WIDE + 0.04)
    axes.plot([center - width / 2, center + width / 2], [top, top], color=COLORS["ink"], linewidth=1.5,
              linestyle="-")
    if not residual:
        box(axes, center, bottom, 1.96, 0.27, f"join: {_channels(branches)}", color="ink", size=10)
        return
    box(axes, center, bottom, 1.5, 0.27, f"join, 1×1: {module.expand.out_channels}", color="orange",
        size=10)
    sum_y = bottom - 0.34
    box(axes, center, sum_y, 0.3, 0.25, "+", color="ink", size=11)
    arrow(axes, (center, bottom - 0.13), (center, sum_y + 0.125), color="muted")
    label(axes, center - 0.27, sum_y, f"× {module.scale:.2f}", size=10, align="right")
    right = center + 0.97
    axes.plot([center + width / 2, right, right], [top, top, sum_y], color=COLORS["ink"], linewidth=1.5,
              linestyle="-")
    arrow(axes, (right, sum_y), (center + 0.15, sum_y))


def _texts(branch: nn.Module) -> list[tuple[str, str]]:
    """The steps of a branch, first to last, as text and color."""
    texts = []
    for step in branch:
        if isinstance(step, ConvBN):
            height, width = step[0].kernel_size
            texts.append((f"{height}×{width}", "blue"))
        elif isinstance(step, Branches):
            texts.append(("1×3\n3×1", "green"))
        else:
            texts.append(("avg", "purple"))
    return texts


def _channels(branches: Branches) -> int:
    """Output channels of joined branches."""
    total = 0
    for branch in branches:
        last = branch[-1]
        total += _channels([[part] for part in last]) if isinstance(last, Branches) else last[0].out_channels
    return total
