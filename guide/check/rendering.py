"""A page as Markdown reads it, code left out: its formulas, raw HTML, and the elements it makes.

What is a formula or a tag is a question only Markdown can answer: `a < b`, `<https://…>`,
a price of \\$5 and a tag inside backticks look alike to anything simpler.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import markdown
from markdown.extensions.tables import TableProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

from guide.faults import Fault, GuideError
from guide.pages import HEADING, Page
from guide.references import CITATION

# Those of mkdocs.yml that decide what is a formula, a tag or an attribute.
EXTENSIONS = ["admonition", "attr_list", "md_in_html", "tables", "pymdownx.arithmatex", "pymdownx.details",
              "pymdownx.tabbed", "toc"]
OPTIONS = {"pymdownx.arithmatex": {"generic": True}, "pymdownx.tabbed": {"alternate_style": True}}
# What stays in the text when Markdown does not take it for what it was meant to be.
LEFT = re.compile(r"(?P<link>\]\([^)\n]*|\[[^\[\]\n]+\]\[[^\[\]\n]*\])"
                  r"|(?P<table>^ *\|? *:?-{3,}:? *(?:\|[ :|-]*)+$)", re.MULTILINE)


@dataclass
class Rendered:
    formulas: list[tuple[str, bool]] = field(default_factory=list)  # TeX, and whether it is displayed
    open_formulas: list[str] = field(default_factory=list)  # text with a `$$` that is never closed
    raw_html: list[str] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # tag and attributes
    links: list[tuple[str, str]] = field(default_factory=list)  # address, and what a reader presses
    left: list[re.Match] = field(default_factory=list)  # of LEFT
    rows: list[tuple[str, int, int]] = field(default_factory=list)  # text, cells, its table's columns
    indented: list[str] = field(default_factory=list)  # text that four spaces made code


class _Collector(Treeprocessor):
    """Runs last, when attributes have been set and before raw HTML is put back."""

    def run(self, root: Element) -> None:
        found = self.found
        self._visit(root)
        found.raw_html = [block for block in self.md.htmlStash.rawHtmlBlocks if isinstance(block, str)]

    def _visit(self, element: Element) -> None:
        text = element.text or ""
        if element.get("class") == "arithmatex":
            self.found.formulas.append((text[2:-2].strip(), text.startswith("\\[")))
        elif element.tag != "code":
            self._read(text)
        attributes = {name: value.replace(AMP_SUBSTITUTE, "&") for name, value in element.attrib.items()}
        self.found.elements.append((str(element.tag), attributes))
        if element.tag == "a":
            pictures = "".join(image.get("alt", "") for image in element.iter("img"))
            shown = "".join(element.itertext()) + pictures
            self.found.links.append((attributes.get("href", ""), shown))
        elif element.tag == "pre":
            self.found.indented.append("".join(element.itertext()))
        for child in element:
            self._visit(child)
            self._read(child.tail or "")

    def _read(self, text: str) -> None:
        if "$$" in text:
            self.found.open_formulas.append(text)
        self.found.left += LEFT.finditer(text)


class _Tables(TableProcessor):
    """Notes each row with more or fewer cells than the table has columns: Markdown cuts it or fills it up."""

    def _build_row(self, row: str, parent: Element, align: list) -> None:
        cells = len(self._split_row(row))
        if cells != len(align):
            self.collector.found.rows.append((row, cells, len(align)))
        super()._build_row(row, parent, align)


@functools.cache
def _markdown() -> tuple[markdown.Markdown, _Collector]:
    md = markdown.Markdown(extensions=EXTENSIONS, extension_configs=OPTIONS)
    collector = _Collector(md)
    md.treeprocessors.register(collector, "collect", -1)
    tables = _Tables(md.parser, {"use_align_attribute": False})
    tables.collector = collector
    md.parser.blockprocessors.register(tables, "table", 75)
    return md, collector


@functools.lru_cache(maxsize=2_000)
def _render(text: str) -> Rendered:
    md, collector = _markdown()
    md.reset()
    collector.found = Rendered()
    md.convert(text)
    return collector.found


def heading_ids(page: Page) -> set[str]:
    """The ids that a page's headings have, written or made from their words."""
    lines = [line for line in page.prose.split("\n") if HEADING.match(line)]
    elements = _render(CITATION.sub(r"\1", "\n\n".join(lines))).elements if lines else []
    return {attributes["id"] for tag, attributes in elements if re.fullmatch("h[1-6]", tag)}


def render(page: Page) -> Rendered:
    """Read a page as Markdown does.

    Raises:
        GuideError: If Markdown gives up.
    """
    # A citation is no link; without the guide's own extension Markdown would take some for one.
    text = CITATION.sub(r"\1", page.prose)
    if not text.strip():
        return Rendered()
    try:
        return _render(text)
    except RecursionError:
        _markdown.cache_clear()
        raise GuideError(Fault(page.path, 0, "Markdown is nested too deeply: write lists and quotes of a "
                                             "few levels")) from None
