"""Rules about figures: files of the guide, drawn by a module, described in words."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from guide import snippets
from guide.check.project import Project
from guide.check.rendering import render
from guide.check.text_rules import line_of
from guide.faults import Fault, GuideError
from guide.pages import Page

ALT_WORDS = 4


def images_exist_and_are_described(project: Project) -> Iterator[Fault]:
    """An image is a file of the guide, with a text alternative."""
    drawn = drawn_figures(project)
    for page in project.pages:
        for alt, source, line in page.images:
            path = image_path(page, source)
            if re.match(r"[a-z][\w+.-]*:|//", source, re.IGNORECASE):
                yield Fault(page.path, line, f"image `{source}` is loaded from elsewhere: "
                                             "put the file beside the page")
            elif not path.startswith("docs/"):
                yield Fault(page.path, line, f"image `{source}` is outside docs/: "
                                             "put the file beside the page")
            elif not (project.root / path).is_file():
                cure = (f"run `python -m guide figures {page.topic}/{page.stem}`" if path in drawn else
                        f"draw it in snippets/{page.topic}/{page.stem}_figure.py")
                yield Fault(page.path, line, f"figure `{source}` is missing: {cure}")
            if len(alt.split()) < ALT_WORDS:
                yield Fault(page.path, line, f"image `{source}` needs a text alternative of {ALT_WORDS} "
                                             f"words or more that says what it shows: `![…]({source})`")
        yield from project.memory.faults(_images_by_reference, page, content=[page.prose, page.visible])


def _images_by_reference(page: Page) -> Iterator[Fault]:
    try:
        elements = render(page).elements
    except GuideError:
        return  # reported with the formulas
    known = {source for _, source, _ in page.images}
    for tag, attributes in elements:
        source = attributes.get("src", "")
        if tag == "img" and source not in known:
            yield Fault(page.path, line_of(page, source), f"image `{source}` is not written in the one way "
                                                          f"that is checked: write `![…]({source})`")


def figures_are_drawn_and_shown(project: Project) -> Iterator[Fault]:
    """A figure has a module that draws it, and a page that shows it."""
    shown = {image_path(page, source) for page in project.pages for _, source, _ in page.images}
    drawn = drawn_figures(project)
    for path, module in drawn.items():
        if path in shown or not project.all_pages_read:
            continue
        if (project.root / path).exists():
            yield Fault(path, 0, "is shown on no page: show it, or remove it and what draws it")
        else:
            yield Fault(module, 0, f"its figure {path} was never written: show it on the page "
                                   "and run `python -m guide figures`")
    for snippet in project.snippets:
        drawing = snippet.kind == "figure" and snippet.path in project.modules
        if drawing and snippet.path not in drawn.values():
            yield Fault(snippet.path, 0, "draws nothing: write `def figure():` or `def figure_<what>():`")
    for file in sorted(project.root.glob("docs/*/*.svg")):
        path = file.relative_to(project.root).as_posix()
        if path not in drawn and file.parent.name in project.syllabus.topics:
            yield Fault(path, 0, "is drawn by no program: write `figure()` in "
                                 f"snippets/{file.parent.name}/<stem>_figure.py, or remove it")


def drawn_figures(project: Project) -> dict[str, str]:
    """Each figure that a module draws, and the module."""
    return {f"docs/{snippet.topic}/{snippet.stem}{what}.svg": snippet.path
            for snippet in project.snippets if snippet.kind == "figure" and snippet.path in project.modules
            for what in snippets.figures(project.modules[snippet.path].text)}


def image_path(page: Page, source: str) -> str:
    """The file that an image names, from the project's root."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page.path), re.split("[?#]", source)[0]))
