"""The template sets what the assembler hands it: nothing leaves the page, nothing lacks its text."""

from __future__ import annotations

import dataclasses

import pytest

from guide.book import pdf
from guide.faults import GuideError

pymupdf = pytest.importorskip("pymupdf")
pypdf = pytest.importorskip("pypdf")

MILLIMETER = 72 / 25.4
MARGIN = 22 * MILLIMETER
WORD = "unbreakable_word_of_the_longest_kind" * 4


def open_pdf(content: bytes) -> pymupdf.Document:
    return pymupdf.open(stream=content, filetype="pdf")


def outside(document: pymupdf.Document) -> list[str]:
    """Words that begin before the left margin or end behind the right one."""
    return [
        word[4]
        for page in document
        for word in page.get_text("words")
        if word[0] < MARGIN - 1 or word[2] > page.rect.width - MARGIN + 1
    ]


def test_the_same_book_has_the_same_bytes(make_book, formula):
    book = make_book(f"<p>{formula('a^2')}</p>")
    assert pdf.make(book) == pdf.make(book)
    assert pdf.make_cover(book) == pdf.make_cover(book)


def test_bytes_depend_on_the_date_of_the_book(make_book):
    book = make_book()
    later = dataclasses.replace(book, date=book.date.replace(year=2027))
    assert pdf.make(book) != pdf.make(later)


def test_cover_license_and_text_are_there(make_book):
    document = open_pdf(pdf.make(make_book("<p>The text of the answer.</p>")))
    pages = [page.get_text() for page in document]
    assert "Minimal" in pages[0]
    assert "Version 1.0, 20 November 2026" in pages[0]
    assert "As in the sun." in pages[1]
    assert "Contents" in pages[2]
    assert "The text of the answer." in pages[-1]


def test_running_heads_name_the_chapter_left_and_the_section_right(make_book):
    document = open_pdf(pdf.make(make_book("<p>Text of the answer.</p>" * 120)))
    head = 20 * MILLIMETER
    heads = [" ".join(page.get_text(clip=(0, 0, page.rect.width, head)).split()) for page in document]
    first = next(number for number, page in enumerate(document) if "Text of the answer." in page.get_text())
    assert heads[:first] == [""] * first, "neither the pages before the text nor the chapter's first has one"
    assert heads[first : first + 3] == ["2 Training", "Gradient clipping 3", "4 Training"]


def test_wide_things_stay_on_the_page(make_book, formula):
    cells = "".join(f"<td>{WORD}</td>" for _ in range(6))
    long_line = " + ".join(f"summand_{number}" for number in range(40))
    document = open_pdf(
        pdf.make(
            make_book(
                f"<p>Call <code>{WORD}</code>.</p>"
                f"<div class='highlight'><pre><code>{long_line}\n{WORD}{WORD}</code></pre></div>"
                f"<ul><li><div class='highlight'><pre><code>{long_line}</code></pre></div></li></ul>"
                f"<div class='admonition abstract'><pre><code>{long_line}</code></pre></div>"
                f"<table><thead><tr>{cells.replace('td', 'th')}</tr></thead>"
                f"<tbody><tr>{cells}</tr></tbody></table>"
                f"{formula(' + '.join('abcdefghijklmnopqrstuvwxyz' * 3), display=True)}"
                f"<p>{formula('+'.join('abcdefghijklmnopqrstuvwxyz' * 3))}</p>"
            )
        )
    )
    assert outside(document) == []
    for page in document:
        for drawing in page.get_drawings():
            assert drawing["rect"].x1 <= page.rect.width - MARGIN + 1, "a formula or a table is cut off"


def test_a_long_table_goes_on_with_its_head(make_book):
    rows = "".join(f"<tr><td>row {number}</td><td>{number**2}</td></tr>" for number in range(120))
    document = open_pdf(
        pdf.make(
            make_book(
                f"<table><thead><tr><th>Number</th><th>Square</th></tr></thead><tbody>{rows}</tbody></table>"
            )
        )
    )
    pages = [page.get_text() for page in document if "row " in page.get_text()]
    assert len(pages) > 2
    assert all("Square" in page for page in pages)
    assert sum(page.count("row ") for page in pages) == 120


def test_a_broken_line_of_code_shows_it(make_book):
    text = open_pdf(
        pdf.make(make_book(f"<div class='highlight'><pre><code>{'word ' * 30}</code></pre></div>"))
    )[-1].get_text()
    assert "↪" in text


@pytest.mark.parametrize("lines", [24, 120])
def test_code_of_any_length_is_complete(make_book, lines):
    code = "\n".join(f"line_{number}" for number in range(lines))
    document = open_pdf(
        pdf.make(make_book(f"<p>{'x ' * 900}</p><div class='highlight'><pre>{code}</pre></div>"))
    )
    found = [word for page in document for word in page.get_text().split() if word.startswith("line_")]
    assert found == code.split("\n")


def test_formulas_and_pictures_are_tagged_with_their_text(make_book, formula, pixel):
    book = make_book(
        f"<p>{formula('a')}</p>{formula('b', display=True)}"
        f"<table><thead><tr><th>{formula('c')}</th></tr></thead><tbody><tr><td>{formula('d')}</td></tr></tbody></table>"
        "<p><img src='pictures/pixel.png' alt='A single point'></p>",
        pixel=pixel,
    )
    described = sorted(tags(pdf.make(book)))
    assert described == [
        ("/Figure", "A single point"),
        ("/Formula", "a"),
        ("/Formula", "b"),
        ("/Formula", "c"),
        ("/Formula", "d"),
    ]


def tags(content: bytes) -> list[tuple[str, str]]:
    """Kind and text alternative of each formula and figure."""
    import io

    reader = pypdf.PdfReader(io.BytesIO(content))
    found: list[tuple[str, str]] = []
    waiting = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, list):
            waiting += element
        elif isinstance(element, dict):
            if element.get("/S") in ("/Formula", "/Figure"):
                found.append((element["/S"], str(element.get("/Alt", ""))))
            if "/K" in element:
                waiting.append(element["/K"])
    return found


def test_a_numbered_formula_shows_its_number_at_the_right(make_book, formula):
    document = open_pdf(pdf.make(make_book(formula(r"a = b \tag{7}", display=True))))
    (number,) = [word for word in document[-1].get_text("words") if word[4] == "(7)"]
    assert number[2] == pytest.approx(document[-1].rect.width - MARGIN, abs=1)


def test_packing_makes_it_smaller_and_loses_nothing(make_book, formula, pixel, monkeypatch):
    rows = "".join(f"<tr><td>{number}</td><td>{formula('a')}</td></tr>" for number in range(60))
    book = make_book(
        f"<h2 id='b'>Rows</h2><p>See <a href='#training.clipping--b'>the rows</a>, {formula('x')}.</p>"
        f"<table>{rows}</table><p><img src='pictures/pixel.png' alt='A point'></p>",
        pixel=pixel,
    )
    packed = pdf.make(book)
    monkeypatch.setattr(pdf, "packed", lambda content: content)
    loose = pdf.make(book)
    assert len(packed) < 0.7 * len(loose)
    assert tags(packed) == tags(loose)
    before, after = open_pdf(loose), open_pdf(packed)
    assert before.get_toc() == after.get_toc() != []
    assert before.metadata == after.metadata
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert old.get_text() == new.get_text()
        assert old.get_label() == new.get_label()
        places = [[(link["from"], link.get("to")) for link in page.get_links()] for page in (old, new)]
        assert places[0] == places[1]
        assert old.get_pixmap().samples == new.get_pixmap().samples
    assert b"pdfuaid:part" in packed, "who claims to be PDF/UA says so where a program finds it as text"


def test_what_typst_refuses_is_an_error(make_book, pixel):
    book = make_book("<p><img src='pictures/pixel.png' alt='A single point'></p>", pixel=pixel)
    book.pictures.clear()
    with pytest.raises(GuideError, match=r"guide/book/book\.typ: Typst refuses the book: .*pixel\.png"):
        pdf.make(book)


def test_every_kind_of_block_is_set(make_book):
    document = open_pdf(
        pdf.make(
            make_book(
                "<h2 id='b'>Blocks</h2><blockquote><p>Quoted.</p></blockquote><hr>"
                "<ol start='3'><li>Third</li></ol><dl><dt>Term</dt><dd>Meaning</dd></dl>"
                "<p>H<sub>2</sub>O<sup>+</sup> <del>old</del><ins>new</ins> "
                "<mark>m</mark> <kbd>Ctrl</kbd> <q>said</q><br>next</p><h3>Deeper</h3>"
                "<details class='question'><summary>Folded?</summary><p>Open.</p></details>"
                "<div class='guide-questions'><ul><li><a href='#training.clipping--b'>Listed?</a> "
                "<em class='guide-facts'>core, asked often</em></li></ul></div>"
                "<div class='guide-output'><pre>printed</pre></div>"
                "<table><tbody><tr><td rowspan='2'>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>"
            )
        )
    )
    text = " ".join(" ".join(page.get_text() for page in document).split())
    for words in (
        "Quoted.",
        "3. Third",
        "Term",
        "Meaning",
        "old",
        "new",
        "Ctrl",
        "said",
        "Deeper",
        "Folded?",
        "Open.",
        "Listed? core, asked often",
        "printed",
    ):
        assert words in text, words
