"""TeX becomes an SVG that needs no style sheet, once; what cannot be printed is named."""

from __future__ import annotations

import re

import pytest

from guide.book import formulas
from guide.faults import GuideError
from guide.markdown.katex import MACROS, TexError


@pytest.fixture
def typeset(tmp_path):
    return lambda tex, display=False: formulas.typeset(tex, display, tmp_path / "formulas")


def test_sizes_are_in_em_of_the_text_and_depth_reaches_below_the_line(typeset):
    plain, deep = typeset("x"), typeset("y_g")
    assert 0.5 < plain.width < 0.7
    assert plain.depth < 0.05 < deep.depth < deep.height


def test_display_style_is_larger(typeset):
    assert typeset(r"\sum_i x_i", True).height > 1.5 * typeset(r"\sum_i x_i").height


@pytest.mark.parametrize("name", MACROS)
def test_every_macro_of_the_guide_is_known(typeset, name):
    assert typeset(f"a{name}{{x}}").width > 0


@pytest.mark.parametrize("tex", [r"\foo", r"\frac{a}", r"{a", r"\begin{aligned}a\end{matrix}"])
def test_wrong_tex_is_an_error(typeset, tex):
    with pytest.raises(TexError):
        typeset(tex)


def test_a_command_defined_in_one_formula_is_unknown_in_the_next(typeset):
    assert typeset(r"\newcommand{\mine}{x}\mine").width > 0
    with pytest.raises(TexError, match="mine"):
        typeset(r"\mine")


def test_a_character_outside_the_font_is_named(typeset):
    with pytest.raises(TexError, match="holds `é中`, which the formula font lacks"):
        typeset(r"\text{é中}")


def test_rules_of_an_array_are_drawn_without_mathjax_style_sheet(typeset):
    svg = typeset(r"\begin{array}{c:c}a&b\\\hline c&d\end{array}").svg
    lines = re.findall(r"<line [^>]*>", svg)
    assert len(lines) == 2
    assert all('stroke="currentColor" stroke-width="70"' in line for line in lines)
    assert sum("stroke-dasharray" in line for line in lines) == 1


def test_glyphs_are_filled_only(typeset):
    # A stroke of width 0 is a hairline in a PDF.
    assert "stroke" not in typeset(r"\frac{a}{b}").svg


def test_a_colored_part_keeps_its_color(typeset):
    assert 'fill="red" color="red"' in typeset(r"\color{red}{\cancel{x}}").svg


def test_no_attribute_of_mathjax_or_of_a_page_is_left(typeset):
    assert not re.search(r"data-|role=|focusable|class=", typeset(r"\norm{x}\mathbb{E}").svg)


def test_a_tag_is_kept_beside_the_formula(typeset):
    tagged = typeset(r"a = b \tag{3}", True)
    assert tagged.tag == "(3)"
    assert tagged.width == typeset("a = b", True).width
    with pytest.raises(TexError, match="more than one"):
        typeset(r"a \tag{1} b \tag{2}", True)


def test_a_formula_is_rendered_once(typeset, monkeypatch):
    first = typeset(r"\alpha + \beta")
    monkeypatch.setattr(formulas, "_render", lambda *arguments: pytest.fail("rendered again"))
    assert typeset("\\alpha  +\n\\beta") == first


def test_a_new_recipe_renders_again(typeset, monkeypatch):
    typeset("x")
    monkeypatch.setattr(formulas, "_recipe", lambda: "another")
    monkeypatch.setattr(formulas, "_render", lambda *arguments: pytest.fail("rendered again"))
    with pytest.raises(pytest.fail.Exception, match="rendered again"):
        typeset("x")


def test_a_missing_bundle_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(formulas, "BUNDLE", tmp_path / "mathjax.js")
    formulas._bundle.cache_clear()
    formulas._recipe.cache_clear()
    with pytest.raises(GuideError, match=r"run `python3 -m guide\.install site`"):
        formulas.typeset("x", False, tmp_path)
    formulas._recipe.cache_clear()
