"""What every answer carries besides its text: level, frequency and reading time under the
title; aliases for the search and the files of the answer at the end."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from guide import pages, snippets
from guide.markdown import current_page, project_root

ASKED_WORDS = {"often": "asked often", "sometimes": "asked sometimes", "rare": "asked rarely"}


class AnswerTreeprocessor(Treeprocessor):
    def __init__(self, md: Markdown, repository: str):
        super().__init__(md)
        self.repository = repository

    def run(self, root: Element) -> None:
        name = current_page(self.md)
        if not name or not name.endswith(".md"):
            return
        page = pages.find(project_root(), name)  # runs for every docstring too: reads nothing else
        if page is None or not page.is_answer:
            return
        for index, element in enumerate(root):
            if element.tag == "h1":
                root.insert(index + 1, meta_line(page))
                break
        root.append(files_note(page, self.repository))


def meta_line(page: pages.Page) -> Element:
    """Level, how often it is asked, and reading time."""
    line = Element("p", {"class": "guide-meta"})
    level = SubElement(line, "a", {"href": f"../questions.md#level-{page.front.level}"})
    level.text = page.front.level
    asked = SubElement(line, "a", {"href": f"../questions.md#asked-{page.front.asked}"})
    asked.text = ASKED_WORDS[page.front.asked]
    minutes = SubElement(line, "span")
    minutes.text = f"{page.minutes} min"
    return line


def files_note(page: pages.Page, repository: str) -> Element:
    """Aliases for the search, and where the code of the page and its tests stand."""
    footer = Element("div", {"class": "guide-files"})
    if page.front.aliases:
        aliases = SubElement(footer, "p")
        aliases.text = "Also searched as: " + ", ".join(page.front.aliases) + "."
    if page.is_notebook:
        line = SubElement(footer, "p")
        link = SubElement(line, "a", {"href": f"{page.stem}.ipynb", "download": ""})
        link.text = "Download the notebook"
        link.tail = " and run it yourself."
    shown = sorted({include.file for include in page.includes})
    if shown:
        line = SubElement(footer, "p")
        line.text = "Code of this page: "
        for file in shown:
            snippet = snippets.parse(f"snippets/{file}")
            link = SubElement(line, "a", {"href": f"{repository}/blob/main/{snippet.path}"})
            SubElement(link, "code").text = f"{snippet.name}.py"
            link.tail = ", "
            tests = SubElement(line, "a", {"href": f"{repository}/blob/main/{snippet.test}"})
            tests.text = "its tests"
            if snippet.kind in ("numpy", "torch"):
                tests.tail = ", "
                api = SubElement(line, "a", {"href": f"../reference/{snippet.topic}.md#{snippet.name}"})
                api.text = "its reference"
            line[-1].tail = "." if file == shown[-1] else "; "
    return footer


class AnswerExtension(Extension):
    def __init__(self, **options):
        self.config = {"repository": ["", "Address of the public repository, without a slash at its end"]}
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:
        processor = AnswerTreeprocessor(md, self.getConfig("repository").rstrip("/"))
        md.treeprocessors.register(processor, "guide_answer", 12)


def makeExtension(**options) -> AnswerExtension:
    return AnswerExtension(**options)
