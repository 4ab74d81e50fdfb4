"""The program for Typst says what the elements say, whatever characters they hold."""

from __future__ import annotations

import json

import pytest
import typst

from guide.book import pdf, render


def evaluated(expression: str) -> str:
    """What Typst takes a string of the program for."""
    return json.loads(typst.eval(b"", expression, ignore_system_fonts=True))


@pytest.mark.parametrize("text", ['say "x"', r"a\b", "\\", '\\"', "#let x = 1", "$x$ *b* `c`", "\\u{41}\n–"])
def test_a_string_stands_for_its_own_characters(text):
    assert evaluated(render._string(text)) == text


def test_spaces_at_the_ends_of_a_text_are_typsts_own():
    assert render._text(" a b ") == ["[ ]", '"a b"', "[ ]"]
    assert render._text("a") == ['"a"']
    assert render._text(" ") == ["[ ]"]
    assert render._text("") == []


def test_long_names_may_break_behind_their_signs_and_others_anywhere():
    name = "torch.nn.functional.scaled_dot_product_attention(query)"
    assert render.breakable(name).split(render.SPACE)[:4] == ["torch.", "nn.", "functional.", "scaled_"]
    assert render.breakable("short.name") == "short.name"
    assert render.breakable("x" * 30) == "x" * 30
    assert render.breakable("x" * 50) == render.SPACE.join("x" * 50)
    assert render.breakable(f"call {name} now").replace(render.SPACE, "") == f"call {name} now"


def test_markup_of_typst_in_a_page_is_text(make_book):
    pymupdf = pytest.importorskip("pymupdf")
    text = r'#pagebreak() $x$ "quoted" \ * _ ` [a] <b> // c'
    html = text.replace("&", "&amp;").replace("<", "&lt;")
    made = pdf.make(make_book(f"<p>{html}</p><div class='highlight'><pre><code>{html}</code></pre></div>"))
    shown = " ".join(pymupdf.open(stream=made, filetype="pdf")[-1].get_text().split())
    assert shown.count(text) == 2


def test_an_empty_element_is_no_error(make_book):
    pdf.make(make_book("<p></p><p>a<strong></strong></p><ul><li></li></ul><table><tr><td></td></tr></table>"))
