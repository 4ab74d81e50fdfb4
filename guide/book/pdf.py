"""The book as PDF: the assembled sections as one XML file, which Typst sets in type.

Typst reads XML by itself, so nothing has to be escaped for it. book.typ holds the pages, render.typ
says what becomes of each element, style.typ what it looks like. Typst refuses what PDF/UA-1
forbids, such as a picture without a text alternative.
"""

from __future__ import annotations

import copy
import dataclasses
import tempfile
from pathlib import Path

import typst
from lxml import etree

from guide.book import code
from guide.book.assemble import Book, key
from guide.faults import Fault, GuideError

TEMPLATES = ("book.typ", "render.typ", "style.typ")
STANDARD = "ua-1"
INK = "#1a1f26"  # the color of the text in style.typ


def make(book: Book) -> bytes:
    """Set the whole book.

    Raises:
        GuideError: If Typst refuses it.
    """
    return _compile(book, part="book", format="pdf", pdf_standards=[STANDARD])


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
    (folder / "book.xml").write_bytes(etree.tostring(to_xml(book), encoding="utf-8"))
    for name in ("formulas", "pictures"):
        (folder / name).mkdir()
    for formula in book.formulas.values():
        svg = formula.svg.replace("currentColor", INK)
        (folder / "formulas" / formula.name).write_text(svg, encoding="utf-8", newline="\n")
    for name, content in book.pictures.items():
        (folder / "pictures" / name).write_bytes(content)


def to_xml(book: Book) -> etree._Element:
    """The book for the template: sections with sizes of formulas, and code in lines that fit the page."""
    top = etree.Element(
        "book",
        title=book.title,
        description=book.description,
        version=book.version,
        year=str(book.date.year),
        month=str(book.date.month),
        day=str(book.date.day),
        address=book.site_url,
        license=book.license,
    )
    for section in book.sections:
        body = copy.deepcopy(section.body)
        for element in list(body.iter("span", "div", "pre")):
            if element.tag == "pre":
                _set_lines(element)
            elif element.get("class") == "formula":
                _set_sizes(element, book)
        body.set("level", str(section.entry.level))
        body.set("title", section.entry.title)
        body.set("kind", "reference" if section.entry.is_reference else "text")
        top.append(body)
    return top


def _set_sizes(element: etree._Element, book: Book) -> None:
    formula = book.formulas[key(element)]
    element.attrib.update(
        {
            "file": f"formulas/{formula.name}",
            "width": str(formula.width),
            "height": str(formula.height),
            "depth": str(formula.depth),
            "tag": formula.tag,
        }
    )


def _set_lines(pre: etree._Element) -> None:
    """Put `line` elements of `t` elements in place of the text, wrapped for the width that is left."""
    wrapped = [part for line in code.lines(pre) for part in code.wrap(line, code.columns(pre))]
    for child in list(pre):
        pre.remove(child)
    pre.text = None
    for line in wrapped:
        made = etree.SubElement(pre, "line")
        for kind, text in line:
            token = etree.SubElement(made, "t", {"kind": kind} if kind else {})
            token.text = text
