"""Rules about what stands in the text of a page: formulas and HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from guide import addresses
from guide.check.project import Project
from guide.check.rendering import Rendered, render
from guide.faults import Fault, GuideError, did_you_mean, shorten
from guide.markdown import katex
from guide.pages import SAY_FIRST, Page

RAW_TAGS = {"br", "kbd", "sub", "sup", "div"}
BOXES = ("note", "abstract", "info", "tip", "success", "question", "warning", "failure", "danger", "bug",
         "example", "quote")  # those that Material gives a color and a sign
NOTE_TO_SELF = re.compile(r"\b(TODO|FIXME|TBD|XXX)\b")
NOTE = re.compile(r"\[\^[^\]\s]+\]")
BOX = re.compile(r"^(?P<indent>[\s>]*)(?:!!!|\?\?\?\+?)\s+(?P<kind>[\w-]+)")
SAYS_NOTHING = re.compile(
    r"(click |see |read )?(here|this|more)\W*",
    re.IGNORECASE)
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
            line = line_of(page, tex, before="" if display else "$")
            yield Fault(page.path, line, f"formula `{shorten(tex)}` is not understood: {error}")
    for text in rendered.open_formulas:
        rest = text[text.index("$$"):]
        yield Fault(page.path, line_of(page, rest),
                    f"formula `{shorten(rest, 40)}` is never closed: put `$$` on a line of its own "
                    "before and after it, with no empty line between")


def links_say_where_they_lead(project: Project) -> Iterator[Fault]:
    """A link has words that say where it leads, and an address that every reader can open."""
    for page in project.pages:
        yield from project.memory.faults(_links_of, page, content=[page.prose])


def _links_of(page: Page) -> Iterator[Fault]:
    for address, text in _rendered(page).links:
        line = line_of(page, address, before="](")
        scheme = re.match(r"(https?:|//)", address, re.IGNORECASE)
        if scheme and (wrong := addresses.explain(address)):
            yield Fault(page.path, line, f"link `{shorten(address)}` {wrong}")
        elif not text.strip() or SAYS_NOTHING.fullmatch(text.strip()):
            yield Fault(page.path, line, f"link `{shorten(address)}` has the text `{text.strip()}`, which "
                                         "says nothing by itself: write what stands there")


def text_is_understood(project: Project) -> Iterator[Fault]:
    """Markdown takes links, notes, tables, boxes and code for what they were meant to be."""
    for page in project.pages:
        yield from project.memory.faults(_misunderstood, page, content=[page.prose])


LEFT_CURES = {
    "link": "is left as it stands: write a link as `[text](address)`, and other brackets as code",
    "table": "is left as it stands: a table needs an empty line before it, and as many columns in this "
             "line as in its first",
}


def _misunderstood(page: Page) -> Iterator[Fault]:
    rendered = _rendered(page)
    for found in NOTE.finditer(page.visible):
        yield Fault(page.path, line_of(page, found[0]), f"`{found[0]}` is a footnote, which the guide has "
                                                        "not: say it in the text, or cite a source")
    for found in NOTE_TO_SELF.finditer(page.visible):
        yield Fault(page.path, page.body_line + page.visible.count("\n", 0, found.start()),
                    f"`{found[0]}` is a note to yourself: write what is missing, or take it out")
    for found in rendered.left:
        yield Fault(page.path, line_of(page, found[0]),
                    f"`{shorten(found[0].strip(), 40)}` {LEFT_CURES[found.lastgroup]}")
    for row, cells, columns in rendered.rows:
        yield Fault(page.path, line_of(page, row),
                    f"row `{shorten(row, 40)}` has {cells} cells, its table has {columns} columns: write as "
                    "many, and `\\|` for a bar inside a cell")
    for code in rendered.indented:
        yield Fault(page.path, line_of(page, code),
                    f"`{shorten(code, 40)}` is indented by four spaces, which makes it code: put it into a "
                    "fence, or indent it less")
    lines = page.prose.split("\n")
    for number, found in ((number, found) for number, line in enumerate(lines) if (found := BOX.match(line))):
        line, kind = page.body_line + number, found["kind"]
        below = page.body.split("\n")[number + 1:]  # with fences
        inside = next((text for text in below if text.strip()), "")
        if kind not in BOXES:
            yield Fault(page.path, line, f"box `{kind}` is unknown: write one of "
                                         f"{', '.join(BOXES)}{did_you_mean(kind, BOXES)}")
        elif not inside.startswith(f"{found['indent']}    ") and not SAY_FIRST.match(lines[number]):
            yield Fault(page.path, line, f"box `{shorten(found[0].strip(), 60)}` is empty: write its text "
                                         "below it, indented by 4 spaces")


def _rendered(page: Page) -> Rendered:
    try:
        return render(page)
    except GuideError:
        return Rendered()  # reported with the formulas


def html_is_harmless(project: Project) -> Iterator[Fault]:
    """Raw HTML is limited to a few inert tags; no script, frame, event handler or script address."""
    for page in project.pages:
        yield from project.memory.faults(_html_of, page, content=[page.prose])


def _html_of(page: Page) -> Iterator[Fault]:
    rendered = _rendered(page)
    tags = [(raw, tag) for raw in rendered.raw_html for tag in unsafe_tags(raw, RAW_TAGS)]
    opened = {_name(tag) for _, tag in tags if not tag.startswith("</")}
    for raw, tag in tags:
        if not tag.startswith("</") or _name(tag) not in opened:  # an end alone is reported, too
            yield Fault(page.path, line_of(page, raw),
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

    def handle_comment(self, data: str) -> None:
        # A browser ends the first two at once, and the third before a reader of the source would.
        if data.startswith((">", "->")) or "--!>" in data:
            self.tags.append(("!", {}, f"<!--{data[:20]}"))

    def unknown_decl(self, data: str) -> None:
        self.tags.append(("!", {}, f"<![{data}]>"))

    def handle_pi(self, data: str) -> None:
        self.tags.append(("?", {}, f"<?{data}>"))


def _name(tag: str) -> str:
    return re.sub(r"[\s/>].*", "", tag.lstrip("</"), flags=re.DOTALL).lower()


def _check_element(page: Page, tag: str, attributes: dict[str, str]) -> Iterator[Fault]:
    if tag not in MARKDOWN_TAGS:
        yield Fault(page.path, line_of(page, f"<{tag}"), f"raw HTML `<{tag}>`: write Markdown instead")
    for name in _unsafe_attributes(attributes):
        value = attributes[name]
        if name in ("href", "src"):
            yield Fault(page.path, line_of(page, value),
                        f"link `{shorten(value)}` is no address of a page: link to a page of the guide "
                        "or an https address")
        elif (tag, name) not in (("td", "style"), ("th", "style")):  # Markdown's own: a column's alignment
            yield Fault(page.path, line_of(page, f"{name}="),
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


def line_of(page: Page, text: str, before: str = "") -> int:
    """The line on which ``text`` begins."""
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    if not first:
        return 0
    for wanted in (before + first, first):
        for number, line in enumerate(page.prose.split("\n"), start=page.body_line):
            if wanted in line:
                return number
    return page.body_line
