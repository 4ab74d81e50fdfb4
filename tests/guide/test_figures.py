"""Figures are legible on both papers, follow the reader's colors, and are what their modules draw."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

matplotlib = pytest.importorskip("matplotlib")

from guide import figures  # noqa: E402  (needs Matplotlib)

ROOT = Path(__file__).parents[2]
COMMITTED = list(figures.figure_files(ROOT))
FILLS = [name for name in figures.PALETTE if name.endswith("_fill")]
LINES = [name for name in figures.PALETTE if name not in (*FILLS, "paper", "grid")]


def luminance(color: str) -> float:
    """Relative luminance of WCAG 2.2."""
    channels = [int(color[at: at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # WebAIM's published example


@pytest.mark.parametrize("paper", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", LINES)
def test_text_and_lines_stand_out_from_the_paper(name, paper):
    assert contrast(figures.PALETTE[name][paper], figures.PALETTE["paper"][paper]) >= 4.5


@pytest.mark.parametrize("paper", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("fill", FILLS)
def test_text_stands_out_from_every_fill(fill, paper):
    assert contrast(figures.PALETTE["ink"][paper], figures.PALETTE[fill][paper]) >= 4.5


def test_light_colors_are_different():
    """A color is found again by its light value when the SVG is written."""
    for one, other in itertools.combinations(figures.COLORS, 2):
        assert figures.COLORS[one] != figures.COLORS[other]


def drawing():
    _, axes = figures.diagram(3, 2)
    figures.box(axes, 1, 1, 1, 0.5, "box")
    figures.arrow(axes, (1.5, 1), (2.5, 1), "orange", bend=0.2)
    figures.label(axes, 2, 0.5, "label $x^2$", "green")
    return axes.figure


def test_same_figure_has_the_same_bytes():
    first = figures.to_svg(drawing())
    assert figures.to_svg(drawing()) == first
    assert first.startswith("<svg")
    assert first.endswith("</svg>\n")


def test_svg_carries_both_palettes_and_no_other_color():
    svg = figures.to_svg(drawing())
    style, _, body = svg.partition("</style>")
    for light, dark in figures.PALETTE.values():
        assert light in style
        assert dark in style.partition("prefers-color-scheme:dark")[2]
    assert set(re.findall(r"(?:fill|stroke): ([^;\"]+)", body)) == {
        "none", "var(--blue)", "var(--blue_fill)", "var(--ink)", "var(--orange)", "var(--green)"}


def test_svg_loads_nothing_and_runs_nothing():
    svg = figures.to_svg(drawing())
    assert "<script" not in svg
    assert "<image" not in svg
    assert set(re.findall(r'(?:href|src)="(.)', svg)) == {"#"}


def line(axes) -> None:
    axes.plot([0, 1], [0, 1], color="tab:red")


def text(axes) -> None:
    axes.text(1, 1, "a", color="#123456")


def black_text(axes) -> None:
    axes.text(1, 1, "a", color="black")


def black_shape(axes) -> None:
    axes.add_patch(matplotlib.patches.Rectangle((0, 0), 1, 1, facecolor="black", edgecolor="none"))


@pytest.mark.parametrize(("draw", "color"), [(line, "#d62728"), (text, "#123456"), (black_text, "#000000"),
                                             (black_shape, "#000000")])
def test_color_outside_the_palette_is_refused(draw, color):
    figure, axes = figures.diagram()
    draw(axes)
    with pytest.raises(ValueError, match=f"{color} are not in the palette"):
        figures.to_svg(figure)


def test_figures_are_found_by_name(tmp_path):
    folder = tmp_path / "snippets" / "data"
    folder.mkdir(parents=True)
    (folder / "leakage_figure.py").write_text("def figure():\n    ...\ndef figure_split():\n    ...\n"
                                              "def figures():\n    ...\ndef _figure():\n    ...\n")
    found = [(path.relative_to(tmp_path).as_posix(), name)
             for _, path, name in figures.figure_files(tmp_path)]
    assert found == [("docs/data/leakage.svg", "figure"), ("docs/data/leakage_split.svg", "figure_split")]


@pytest.mark.parametrize(("module", "path", "function"), COMMITTED,
                         ids=[path.relative_to(ROOT / "docs").as_posix() for _, path, _ in COMMITTED])
def test_committed_figure_is_what_its_module_draws(module, path, function):
    assert figures.draw(module, function) == path.read_text(encoding="utf-8"), (
        f"{path.name} is stale: run `python -m guide figures {module.parent.name}/"
        f"{module.stem.removesuffix('_figure')}`")
