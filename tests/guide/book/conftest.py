"""A book of one section made from a few lines of HTML, for tests that look at one thing."""

from __future__ import annotations

import datetime

import pytest

from guide.book import article, assemble, formulas
from guide.book.assemble import Book
from guide.book.contents import Entry

ENTRY = Entry("training/clipping.md", 2, "Gradient clipping")
TEX = "application/x-tex"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)


def section_of(html: str, entry: Entry = ENTRY) -> article.Section:
    """What the book makes of an article."""
    return article.read(entry, f"<html><body><article><h1 id='q'>Question</h1>{html}</article></body></html>")


@pytest.fixture
def section():
    return section_of


@pytest.fixture
def formula():
    """A formula as the site's pages hold it."""

    def make(tex: str, display: bool = False) -> str:
        annotation = f'<math><semantics><annotation encoding="{TEX}">{tex}</annotation></semantics></math>'
        inside = f'<span class="katex"><span class="katex-mathml">{annotation}</span></span>'
        if display:
            return f'<div class="arithmatex"><span class="katex-display">{inside}</span></div>'
        return f'<span class="arithmatex">{inside}</span>'

    return make


@pytest.fixture
def make_book(tmp_path):
    """A book with a chapter and one section in it; fails if the section has faults."""

    def make(html: str = "<p>Text.</p>", **pictures: bytes) -> Book:
        chapter = article.read(
            Entry("training/index.md", 1, "Training"), "<article><h1 id='training'>Training</h1></article>"
        )
        sections = [chapter, section_of(html)]
        done = assemble.typeset_all(sections, tmp_path / "formulas", lambda *counts: None)
        assert [str(fault) for section in sections for fault in section.faults] == []
        return Book(
            title="Minimal",
            description="The smallest book.",
            version="1.0",
            date=datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC),
            site_url="https://example.org/",
            license="Free.\n\nAs in the sun.",
            sections=sections,
            formulas=done,
            pictures={f"{name}.png": content for name, content in pictures.items()},
        )

    return make


@pytest.fixture
def pixel() -> bytes:
    return PIXEL


@pytest.fixture(autouse=True)
def _installed():
    if not formulas.BUNDLE.exists():
        pytest.fail("MathJax is not bundled: run `python3 -m guide.install site`")
