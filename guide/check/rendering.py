"""A page as Markdown reads it, code left out: its formulas, raw HTML, and the elements it makes.

What is a formula or a tag is a question only Markdown can answer: `a < b`, `<https://…>`,
a price of \\$5 and a tag inside backticks look alike to anything simpler.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AMP_SUBSTITUTE

from guide.faults import Fault, GuideError
from guide.pages import Page
from guide.references import CITATION

# Those of mkdocs.yml that decide what is a formula, a tag or an attribute.
EXTENSIONS = ["admonition", "attr_list", "md_in_html", "tables", "pymdownx.arithmatex", "pymdownx.details",
              "pymdownx.tabbed"]
OPTIONS = {"pymdownx.arithmatex": {"generic": True}, "pymdownx.tabbed": {"alternate_style": True}}


@dataclass
class Rendered:
    formulas: list[tuple[str, bool]] = field(default_factory=list)  # TeX, and whether it is displayed
    open_formulas: list[str] = field(default_factory=list)  # text with a `$$` that is never closed
    raw_html: list[str] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # tag and attributes


class _Collector(Treeprocessor):
    """Runs last, when attributes have been set and before raw HTML is put back."""

    def run(self, root: Element) -> None:
        found = self.found = Rendered()
        self._visit(root)
        found.raw_html = [block for block in self.md.htmlStash.rawHtmlBlocks if isinstance(block, str)]

    def _visit(self, element: Element) -> None:
        text = element.text or ""
        if element.get("class") == "arithmatex":
            self.found.formulas.append((text[2:-2].strip(), text.startswith("\\[")))
        elif element.tag != "code" and "$$" in text:
            self.found.open_formulas.append(text)
        attributes = {name: value.replace(AMP_SUBSTITUTE, "&") for name, value in element.attrib.items()}
        self.found.elements.append((str(element.tag), attributes))
        for child in element:
            self._visit(child)
            if "$$" in (child.tail or ""):
                self.found.open_formulas.append(child.tail)


@functools.cache
def _markdown() -> tuple[markdown.Markdown, _Collector]:
    md = markdown.Markdown(extensions=EXTENSIONS, extension_configs=OPTIONS)
    collector = _Collector(md)
    md.treeprocessors.register(collector, "collect", -1)
    return md, collector


@functools.lru_cache(maxsize=2_000)
def _render(text: str) -> Rendered:
    md, collector = _markdown()
    md.reset()
    md.convert(text)
    return collector.found


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
