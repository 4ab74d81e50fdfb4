"""Rules about what stands in the text of a page: formulas and HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from guide.check.project import Project
from guide.check.rendering import render
from guide.faults import Fault, GuideError, shorten
from guide.markdown import katex
from guide.pages import Page

RAW_TAGS = {"br", "kbd", "sub", "sup", "div"}
MARKDOWN_TAGS = RAW_TAGS | {
    "a", "blockquote", "code", "del", "details", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img",
    "input", "label", "li", "ol", "p", "pre", "span", "strong", "summary", "table", "tbody", "td", "th",
    "thead", "tr", "ul",
}
UNSAFE_ATTRIBUTE = re.compile(r"on\w*|style|srcset|srcdoc|action|formaction|background|ping", re.IGNORECASE)
SAFE_SCHEMES = {"http", "https", "mailto"}


def maths_can_be_rendered(project: Project) -> Iterator[Fault]:
    """KaTeX understands every formula, and every formula is closed."""
    for page in project.pages:
        yield from project.memory.faults(_maths_of, page, content=[page.prose])


def _maths_of(page: Page) -> Iterator[Fault]:
    try:
        rendered = render(page)
    except GuideError as error:
        yield from error.faults
        return
    for tex, display in rendered.formulas:
        try:
            katex.render(tex, display)
        except katex.TexError as error:
            line = _line_of(page, tex, before="" if display else "$")
            yield Fault(page.path, line, f"formula `{shorten(tex)}` is not understood: {error}")
    for text in rendered.open_formulas:
        rest = text[text.index("$$"):]
        yield Fault(page.path, _line_of(page, rest),
                    f"formula `{shorten(rest, 40)}` is never closed: put `$$` on a line of its own "
                    "before and after it, with no empty line between")


def html_is_harmless(project: Project) -> Iterator[Fault]:
    """Raw HTML is limited to a few inert tags; no script, frame, event handler or script address."""
    for page in project.pages:
        yield from project.memory.faults(_html_of, page, content=[page.prose])


def _html_of(page: Page) -> Iterator[Fault]:
    try:
        rendered = render(page)
    except GuideError:
        return  # reported with the formulas
    tags = [(raw, tag) for raw in rendered.raw_html for tag in unsafe_tags(raw, RAW_TAGS)]
    opened = {_name(tag) for _, tag in tags if not tag.startswith("</")}
    for raw, tag in tags:
        if not tag.startswith("</") or _name(tag) not in opened:  # an end alone is reported, too
            yield Fault(page.path, _line_of(page, raw),
                        f"raw HTML `{shorten(tag)}`: write Markdown instead, or `&lt;` for a `<`")
    for tag, attributes in rendered.elements:
        yield from _check_element(page, tag, attributes)


def unsafe_tags(raw: str, allowed: set[str] | None) -> list[str]:
    """The tags in ``raw`` outside ``allowed`` (None allows all), or with a script or a style."""
    parser = _TagCollector()
    parser.feed(raw)
    parser.close()
    return [text for tag, attributes, text in parser.tags
            if (allowed is not None and tag not in allowed) or _unsafe_attributes(attributes)]


class _TagCollector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str], str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}, self.get_starttag_text() or tag))

    def handle_endtag(self, tag: str) -> None:
        self.tags.append((tag, {}, f"</{tag}>"))

    def handle_decl(self, decl: str) -> None:
        self.tags.append(("!", {}, f"<!{decl}>"))

    def unknown_decl(self, data: str) -> None:
        self.tags.append(("!", {}, f"<![{data}]>"))

    def handle_pi(self, data: str) -> None:
        self.tags.append(("?", {}, f"<?{data}>"))


def _name(tag: str) -> str:
    return re.sub(r"[\s/>].*", "", tag.lstrip("</"), flags=re.DOTALL).lower()


def _check_element(page: Page, tag: str, attributes: dict[str, str]) -> Iterator[Fault]:
    if tag not in MARKDOWN_TAGS:
        yield Fault(page.path, _line_of(page, f"<{tag}"), f"raw HTML `<{tag}>`: write Markdown instead")
    for name in _unsafe_attributes(attributes):
        value = attributes[name]
        if name in ("href", "src"):
            yield Fault(page.path, _line_of(page, value),
                        f"link `{shorten(value)}` is no address of a page: link to a page of the guide "
                        "or an https address")
        elif (tag, name) not in (("td", "style"), ("th", "style")):  # Markdown's own: a column's alignment
            yield Fault(page.path, _line_of(page, f"{name}="),
                        f"attribute `{name}` carries a script or a style: write classes and ids only "
                        "in `{ … }`")


def _unsafe_attributes(attributes: dict[str, str]) -> list[str]:
    return [name for name, value in attributes.items()
            if UNSAFE_ATTRIBUTE.fullmatch(name) or (name in ("href", "src") and not _safe_address(value))]


def _safe_address(address: str) -> bool:
    # As a browser reads it: entities decoded, control characters and blanks dropped.
    plain = re.sub(r"[\x00-\x20]", "", html.unescape(address))
    scheme = re.match(r"(?P<name>[a-zA-Z][\w+.-]*):", plain)
    return scheme is None or scheme["name"].lower() in SAFE_SCHEMES


def _line_of(page: Page, text: str, before: str = "") -> int:
    """The file's line on which ``text`` begins; 0 for a notebook, whose lines say nothing to its author."""
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    if page.is_notebook or not first:
        return 0
    for wanted in (before + first, first):
        for number, line in enumerate(page.prose.split("\n"), start=page.body_line):
            if wanted in line:
                return number
    return page.body_line
