"""One style for every figure, and the step from a Matplotlib figure to a committed SVG.

A snippet's figures live in ``snippets/<topic>/<stem>_figure.py``: ``figure()`` draws
``docs/<topic>/<stem>.svg`` and ``figure_<what>()`` draws ``docs/<topic>/<stem>_<what>.svg``.
``python -m guide figures`` writes them; a test draws them again and compares.

An SVG carries both palettes: its colors are CSS variables that a media query
switches, and a browser resolves that query against the color scheme of the
element that shows the image. One file serves light, dark and print.
"""

from __future__ import annotations

import importlib.util
import io
import re
from collections.abc import Iterator
from pathlib import Path

import matplotlib

matplotlib.use("svg")  # chosen before pyplot is imported

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Patch
from matplotlib.text import Text

from guide import snippets

# name: (on light paper, on dark paper). Lines and text reach 4.5:1 on both papers.
PALETTE = {
    "ink": ("#1f2933", "#e4e7eb"),
    "muted": ("#52606d", "#a3aeba"),
    "grid": ("#d5dbe1", "#3a4450"),
    "paper": ("#fefefe", "#1b1f26"),
    "blue": ("#1f5fbf", "#7db4ff"),
    "orange": ("#b54708", "#ffb070"),
    "green": ("#0b7a4b", "#5fd3a0"),
    "purple": ("#6941c6", "#bca4ff"),
    "red": ("#c4231f", "#ff8a80"),
    "blue_fill": ("#e3edfb", "#1d2f4d"),
    "orange_fill": ("#fdecdc", "#4a2f18"),
    "green_fill": ("#dff3e8", "#17402d"),
    "purple_fill": ("#ece5fa", "#352a55"),
    "red_fill": ("#fce4e3", "#54211f"),
    "grey_fill": ("#eef1f4", "#2a323c"),
}
COLORS = {name: light for name, (light, _) in PALETTE.items()}
CYCLE = ["blue", "orange", "green", "purple", "red"]  # pair with line styles: color never alone

STYLE = {
    "svg.fonttype": "path",
    "svg.hashsalt": "guide",
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.labelsize": 11,
    "axes.edgecolor": COLORS["muted"],
    "axes.labelcolor": COLORS["ink"],
    "axes.titlecolor": COLORS["ink"],
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": matplotlib.cycler(
        color=[COLORS[name] for name in CYCLE], linestyle=["-", "--", "-.", ":", (0, (5, 1, 1, 1))]
    ),
    "figure.facecolor": "none",
    "grid.color": COLORS["grid"],
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "legend.labelcolor": COLORS["ink"],
    "lines.linewidth": 2,
    "patch.edgecolor": COLORS["ink"],
    "text.color": COLORS["ink"],
    "xtick.color": COLORS["muted"],
    "xtick.labelcolor": COLORS["ink"],
    "ytick.color": COLORS["muted"],
    "ytick.labelcolor": COLORS["ink"],
}


def plot(width: float = 6.4, height: float = 3.6, columns: int = 1, rows: int = 1,
         **options) -> tuple[Figure, Axes]:
    """A figure in the guide's style with one or several axes; sizes in inches, 6.4 is the text's width."""
    with plt.rc_context(STYLE):
        return plt.subplots(rows, columns, figsize=(width, height), layout="constrained", **options)


def diagram(width: float = 6.4, height: float = 3.6) -> tuple[Figure, Axes]:
    """An empty canvas for boxes and arrows: one unit is one inch, origin at the lower left."""
    with plt.rc_context(STYLE):
        figure = plt.figure(figsize=(width, height))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(0, height))
        axes.axis("off")
        return figure, axes


def box(axes: Axes, x: float, y: float, width: float, height: float, text: str = "", color: str = "blue",
        size: float = 11) -> None:
    """A rounded box with its center at (x, y) and a line of ``color`` around that color's fill."""
    fill = COLORS.get(f"{color}_fill", COLORS["grey_fill"])
    axes.add_patch(FancyBboxPatch((x - width / 2, y - height / 2), width, height,
                                  boxstyle="round,pad=0,rounding_size=0.06", linewidth=1.4,
                                  edgecolor=COLORS[color], facecolor=fill))
    label(axes, x, y, text, size=size)


def label(axes: Axes, x: float, y: float, text: str, color: str = "ink", size: float = 11,
          align: str = "center", **options) -> None:
    """Text centered at (x, y), or starting or ending there with ``align`` left or right."""
    axes.text(x, y, text, color=COLORS[color], fontsize=size, ha=align, va="center",
              fontfamily="DejaVu Sans", linespacing=1.25, **options)


def arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], color: str = "ink",
          bend: float = 0.0, style: str = "-|>", dashed: bool = False) -> None:
    """An arrow from start to end; ``bend`` curves it, positive to the left of its way."""
    axes.add_patch(FancyArrowPatch(start, end, arrowstyle=style, mutation_scale=12, linewidth=1.5,
                                   linestyle="--" if dashed else "-", color=COLORS[color],
                                   connectionstyle=f"arc3,rad={-bend}", shrinkA=0, shrinkB=0))


def to_svg(figure: Figure) -> str:
    """The figure as SVG text with both palettes: the same bytes on every run.

    Raises:
        ValueError: If a color outside the palette is used: it would not follow the reader's color scheme.
    """
    with plt.rc_context(STYLE):
        buffer = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(buffer, format="svg", metadata=nothing, transparent=True)
    plt.close(figure)
    names = {light: name for name, light in COLORS.items()}
    strangers = {color for color in _unwritten_colors(figure) if color not in names}

    def variable(match: re.Match) -> str:
        color = match[0].lower()
        if color not in names:
            strangers.add(color)
        return f"var(--{names.get(color, 'ink')})"

    head, brace, body = buffer.getvalue().partition("<defs>")
    # Paint appears as `fill: #…` or `stroke: #…`; references such as url(#clip) and href="#glyph" do not.
    body = re.sub(r"(?<=fill: )#[0-9a-fA-F]{6}|(?<=stroke: )#[0-9a-fA-F]{6}", variable, brace + body)
    if strangers:
        found = ", ".join(sorted(strangers))
        raise ValueError(f"colors {found} are not in the palette: use guide.figures.COLORS")
    head = head[head.index("<svg"):]
    head = re.sub(r"<metadata>.*?</metadata>\s*", "", head, flags=re.DOTALL)
    lines = (line.rstrip() for line in (head + _style() + body).splitlines())
    return "\n".join(lines) + "\n"


def _unwritten_colors(figure: Figure) -> Iterator[str]:
    """Colors of texts and filled shapes, asked from Matplotlib: it does not write black, SVG's default."""
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip():
            yield to_hex(text.get_color())
    for patch in figure.findobj(Patch):
        if patch.get_visible() and patch.get_fill() and to_rgba(patch.get_facecolor())[3] > 0:
            yield to_hex(patch.get_facecolor())


def _style() -> str:
    light = "".join(f"--{name}:{light};" for name, (light, _) in PALETTE.items())
    dark = "".join(f"--{name}:{dark};" for name, (_, dark) in PALETTE.items())
    return f"<style>:root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}</style>\n "


def figure_files(root: Path) -> Iterator[tuple[Path, Path, str]]:
    """Each figure as (drawing module, SVG path, function name), found by name."""
    for module in sorted(root.glob("snippets/*/*_figure.py")):
        stem = module.stem.removesuffix("_figure")
        for what in snippets.figures(module.read_text(encoding="utf-8")):
            yield module, root / "docs" / module.parent.name / f"{stem}{what}.svg", f"figure{what}"


def draw(module: Path, function: str) -> str:
    """Run one figure function and return its SVG text."""
    spec = importlib.util.spec_from_file_location(module.stem, module)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    with plt.rc_context(STYLE):
        return to_svg(getattr(loaded, function)())
