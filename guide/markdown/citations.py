"""``[@pascanu2013]`` becomes a link to the page's Sources, and a Sources entry becomes the full reference."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from guide import references
from guide.faults import Fault, GuideError, did_you_mean
from guide.markdown import current_page, project_root


def _known() -> dict[str, references.Reference]:
    root = project_root()
    return _load(root, (root / references.PATH).stat().st_mtime_ns)


@functools.lru_cache(maxsize=2)
def _load(root: Path, mtime: int) -> dict[str, references.Reference]:
    return references.load(root)


class SourcesPreprocessor(Preprocessor):
    """Takes the colon from `- [@key]: note`: a note of one word would make the entry a link definition."""

    def run(self, lines: list[str]) -> list[str]:
        return [re.sub(r"^([-*]\s+\[@[^\]\s]+\]):", r"\1", line) for line in lines]


class CitationProcessor(InlineProcessor):
    def handleMatch(self, match, data):
        key = match[1]
        known = _known()
        if key not in known:
            page = current_page(self.md)
            message = f"source `{key}` is not in {references.PATH}: add it there{did_you_mean(key, known)}"
            raise GuideError(Fault(f"docs/{page}" if page else "citation", 0, message))
        link = Element("a", {"class": "guide-citation", "href": f"#source-{key}", "data-source": key})
        link.text = f"[{known[key].label}]"
        return link, match.start(0), match.end(0)


class SourcesTreeprocessor(Treeprocessor):
    """A list item that begins with a citation is the entry that the others point to."""

    def run(self, root: Element) -> None:
        for item in root.iter("li"):
            holder = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
            first = holder[0] if len(holder) and not (holder.text or "").strip() else None
            if first is None or first.get("class") != "guide-citation":
                continue
            key = first.get("data-source")
            item.set("id", f"source-{key}")
            item.set("class", "guide-source")
            reference = _known()[key]
            note = (first.tail or "").lstrip(": ").rstrip()
            holder.remove(first)
            entry = self.md.htmlStash.store(reference.html())
            holder.text = f"{entry} {note[:1].upper()}{note[1:]} " if note else entry
        for link in root.iter("a"):
            link.attrib.pop("data-source", None)


class CitationsExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(SourcesPreprocessor(md), "guide_sources", 20)  # fences are taken out at 25
        # Before Markdown's own links (160) and references (170) look at square brackets.
        md.inlinePatterns.register(CitationProcessor(references.CITATION.pattern, md), "guide_citation", 175)
        md.treeprocessors.register(SourcesTreeprocessor(md), "guide_sources", 14)


def makeExtension(**options) -> CitationsExtension:
    return CitationsExtension(**options)
