"""``$…$`` and ``$$…$$`` become KaTeX's HTML and MathML when the site is built.

PyMdown's Arithmatex finds the formulas; this extension replaces what it found.
"""

from __future__ import annotations

from html import unescape
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from guide.faults import Fault, GuideError
from guide.markdown import current_page, katex


class MathsTreeprocessor(Treeprocessor):
    def run(self, root: Element) -> None:
        faults = []
        for element in root.iter():
            if element.get("class") != "arithmatex":
                continue
            source = unescape(element.text or "")  # Arithmatex escapes displayed formulas, not inline ones
            display = source.startswith("\\[")
            tex = source.removeprefix("\\[" if display else "\\(").removesuffix("\\]" if display else "\\)")
            try:
                html = katex.render(tex, display)
            except katex.TexError as error:
                page = current_page(self.md)
                path = f"docs/{page}" if page else "formula"
                faults.append(Fault(path, 0, f"formula `{tex.strip()}` is not understood: {error}"))
                continue
            element.text = self.md.htmlStash.store(html)
        if faults:
            raise GuideError(*faults)


class MathsExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        # After inline patterns (20) have found `$…$`, before headings are read for the contents (5).
        md.treeprocessors.register(MathsTreeprocessor(md), "guide_maths", 15)


def makeExtension(**options) -> MathsExtension:
    return MathsExtension(**options)
