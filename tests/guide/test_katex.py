"""Formulas become HTML for the eye and MathML for the ear, and wrong TeX ends quickly with a message."""

import threading
import time

import pytest

from guide.faults import GuideError
from guide.markdown import katex


def test_formula_has_both_forms():
    html = katex.render("x^2", False)
    assert '<span class="katex-html" aria-hidden="true">' in html
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in html
    assert '<annotation encoding="application/x-tex">x^2</annotation>' in html
    assert "katex-display" not in html
    assert "katex-display" in katex.render("x^2", True)


@pytest.mark.parametrize(("tex", "mathml"), [
    (r"\lambda_{\max}", "<msub><mi>λ</mi><mrow><mi>max</mi><mo>\u2061</mo></mrow></msub>"),
    (r"x_{\min}^2", "<msubsup><mi>x</mi><mrow><mi>min</mi><mo>\u2061</mo></mrow><mn>2</mn></msubsup>"),
    (r"\frac{\log}{2}", "<mfrac><mrow><mi>log</mi><mo>\u2061</mo></mrow><mn>2</mn></mfrac>"),
    (r"\log x \lt y", "<mi>log</mi><mo>\u2061</mo><mi>x</mi><mo>&lt;</mo><mi>y</mi>"),
    (r"i \bmod 2", '<mo lspace="0.22em" rspace="0.22em">mod</mo>'),
])
def test_mathml_has_one_child_in_each_place_and_text_in_operators(tex, mathml):
    html = katex.render(tex, False)
    assert mathml in html
    assert html.startswith('<span class="katex"><span class="katex-mathml"><math xmlns="http://www.w3.org/1998/')


@pytest.mark.parametrize(("tex", "words"), [
    (r"\foo", r"Undefined control sequence: \foo"),
    (r"\frac{1}{", "expected '}'"),
    ("x^", "Expected group"),
    (r"\begin{aligned} a", "aligned"),
    ("größe", "Unicode"),
    ("a % b", "comment"),
    (r"\href{javascript:alert(1)}{x}", r"\href is not allowed"),
    (r"\includegraphics{a.png}", "includegraphics is not allowed"),
    (r"\htmlStyle{color:red}{x}", "HTML extension"),
])
def test_wrong_or_unsafe_tex_is_refused(tex, words):
    with pytest.raises(katex.TexError, match=words.replace("\\", "\\\\")):
        katex.render(tex, False)


@pytest.mark.parametrize("tex", [
    r"\def\a{\a\a}\a",
    r"\def\a#1{#1#1}" + r"\a{" * 60 + "x" + "}" * 60,
    r"\gdef\a{\b}\gdef\b{\a}\a",
    r"\newcommand{\a}{x\a}\a",
    "{" * 20_000,
])
def test_endless_tex_ends_quickly(tex):
    start = time.perf_counter()
    with pytest.raises(katex.TexError):
        katex.render(tex, True)
    assert time.perf_counter() - start < 5


def test_one_formula_leaves_nothing_to_the_next():
    katex.render(r"\gdef\left{x}\gdef\leftover{x}\leftover", False)
    with pytest.raises(katex.TexError, match="leftover"):
        katex.render(r"\leftover", False)
    assert katex.render(r"\norm{x}", False)


@pytest.mark.parametrize("macro", list(katex.MACROS))
def test_macro_of_the_guide_is_understood(macro):
    argument = "{x}" if "#1" in katex.MACROS[macro] else ""
    assert katex.render(f"A{macro}{argument}", False)


def test_other_thread_may_render():
    """MkDocs' live server does not say which thread builds."""
    found = []
    thread = threading.Thread(target=lambda: found.append(katex.render("y_{thread}", False)))
    thread.start()
    thread.join()
    assert found == [katex.render("y_{thread}", False)]


def test_missing_katex_is_named_with_its_cure(monkeypatch, tmp_path):
    monkeypatch.setattr(katex, "KATEX", tmp_path / "katex.min.js")
    with pytest.raises(GuideError, match=r"run `python3 -m guide\.install site`"):
        katex._engine.__wrapped__()
