"""The book as PDF: the assembled sections as a program, which Typst sets in type.

book.typ holds the pages, style.typ what each kind of block looks like, render.py makes the calls of
style.typ's functions. Typst refuses what PDF/UA-1 forbids, such as a picture without a text
alternative.
"""

from __future__ import annotations

import dataclasses
import io
import json
import tempfile
from pathlib import Path

import typst

from guide.book import render
from guide.book.assemble import Book
from guide.faults import Fault, GuideError

TEMPLATES = ("book.typ", "style.typ")
STANDARD = "ua-1"
INK = "#1a1f26"  # the color of the text in style.typ


def make(book: Book) -> bytes:
    """Set the whole book.

    Raises:
        GuideError: If Typst refuses it.
    """
    return packed(_compile(book, part="book", format="pdf", pdf_standards=[STANDARD]))


def packed(content: bytes) -> bytes:
    """The same PDF at half its size: Typst leaves its many small objects, most of them tags, uncompressed."""
    import pikepdf  # only here: a build that finds nothing changed makes no book and need not wait for it

    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        document.save(
            made,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            fix_metadata_version=False,
            deterministic_id=True,
        )
    return made.getvalue()


def make_cover(book: Book) -> bytes:
    """The first page as a PNG, for e-readers."""
    only_cover = dataclasses.replace(book, sections=[], formulas={}, pictures={})
    return _compile(only_cover, part="cover", format="png", ppi=200.0)


def _compile(book: Book, part: str, **options) -> bytes:
    with tempfile.TemporaryDirectory(prefix="guide-book-") as name:
        folder = Path(name)
        write_inputs(book, folder)
        try:
            return typst.compile(
                str(folder / "book.typ"),
                root=str(folder),
                ignore_system_fonts=True,
                sys_inputs={"part": part},
                timestamp=int(book.date.timestamp()),
                **options,
            )
        except typst.TypstError as error:
            hints = "".join(f"; {hint}" for hint in getattr(error, "hints", []))
            message = f"Typst refuses the book: {error}{hints}"
            raise GuideError(Fault("guide/book/book.typ", 0, message)) from None


def write_inputs(book: Book, folder: Path) -> None:
    """Everything that the template reads, in one folder."""
    for name in TEMPLATES:
        (folder / name).write_bytes(Path(__file__).with_name(name).read_bytes())
    for name, content in (("about.json", json.dumps(about(book))), ("sections.typ", render.sections(book))):
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
    for name in ("formulas", "pictures"):
        (folder / name).mkdir()
    for formula in book.formulas.values():
        svg = formula.svg.replace("currentColor", INK)
        (folder / "formulas" / formula.name).write_text(svg, encoding="utf-8", newline="\n")
    for name, content in book.pictures.items():
        (folder / "pictures" / name).write_bytes(content)


def about(book: Book) -> dict[str, str | int]:
    """What cover, license page and the file's own metadata say."""
    return {
        "title": book.title,
        "description": book.description,
        "version": book.version,
        "year": book.date.year,
        "month": book.date.month,
        "day": book.date.day,
        "address": book.site_url,
        "license": book.license,
    }
