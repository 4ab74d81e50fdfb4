"""One built page becomes one section of the book: only what a reader on paper can use.

The result is plain XHTML of few elements, the same for PDF and EPUB. Tabs and folds stand open
under their labels, formulas are placeholders that carry their TeX, ids begin with the page's own.
Whatever the book has no form for is reported, never dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree, html

from guide.book import screen
from guide.book.contents import Entry
from guide.faults import Fault, shorten

Node = str | etree._Element

# Elements that mean the same in the book.
KEPT = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "blockquote", "hr", "ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "thead", "tbody", "tr", "th", "td", "pre", "br"),
    *("code", "em", "strong", "b", "i", "s", "u", "sub", "sup", "del", "ins", "mark", "kbd", "cite", "small"),
    *("abbr", "q", "var", "samp", "dfn"),
}
KEPT_ATTRIBUTES = ("start", "colspan", "rowspan")
# Elements that only group; their content stays.
GROUPS = {"div", "section", "article", "figure", "figcaption", "span", "label", "center", "main"}
# Elements for fingers, scripts and other pages.
SCREEN_ONLY = {
    "script",
    "style",
    "button",
    "form",
    "aside",
    "nav",
    "template",
    "noscript",
    "input",
    "select",
    "textarea",
    "meta",
    "link",
    "progress",
    "dialog",
}
SCREEN_ONLY_CLASSES = {
    "headerlink",
    "md-content__button",
    "guide-search",
    "footnote-backref",
    "linenos",
    "guide-open",
    "guide-topics",
    "guide-downloads",
    "md-icon",
}
# Classes that the book draws in its own way.
STYLED = {
    "guide-meta",
    "guide-files",
    "guide-source",
    "guide-citation",
    "guide-questions",
    "guide-facts",
    "guide-output",
    "doc-section-title",
}
# What Pygments calls a piece of code, or the first letter of it, as far as the site colors it.
TOKENS = {
    "c": "comment",
    "k": "keyword",
    "s": "string",
    "m": "number",
    "nf": "function",
    "fm": "function",
    "nc": "function",
    "ow": "keyword",
    "se": "special",
    "si": "special",
    "gp": "prompt",
    "go": "output",
}

ANNOTATION = './/*[local-name()="annotation"][@encoding="application/x-tex"]'


@dataclass
class Section:
    """One page of the book; ``body`` has a heading of level 1 and whatever follows it."""

    entry: Entry
    body: etree._Element
    faults: list[Fault] = field(default_factory=list)

    def report(self, message: str) -> None:
        self.faults.append(Fault(self.entry.path, 0, message))


def read(entry: Entry, text: str) -> Section:
    """Take the article out of a built page.

    The section's ``faults`` name what is missing or has no form in the book.
    """
    section = Section(entry, etree.Element("section", id=entry.id))
    article = next(iter(html.fromstring(text).xpath("//article")), None)
    if article is None:
        section.report("its built page has no <article>: the book expects Material's")
        return section
    screen.leave_out(article)
    for node in _children(article, section):
        _append(section.body, node)
    _check_headings(section)
    return section


def _children(element: etree._Element, section: Section) -> Iterator[Node]:
    if element.text:
        yield _collapse(element.text)
    for child in element:
        yield from _convert(child, section)
        if child.tail:
            yield _collapse(child.tail)


def _collapse(text: str) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text)


def _convert(element: etree._Element, section: Section) -> Iterator[Node]:
    """What ``element`` becomes: nothing, itself, its content, or another element."""
    tag, classes = element.tag, set(element.get("class", "").split())
    if not isinstance(tag, str):
        return  # a comment
    if (
        tag == "input"
        and element.get("type") == "checkbox"
        and "task-list-control" in _parent_classes(element)
    ):
        yield "☑ " if element.get("checked") is not None else "☐ "
    elif tag in SCREEN_ONLY or classes & SCREEN_ONLY_CLASSES or element.get("hidden") is not None:
        return
    elif tag == "li" and element.xpath('.//*[@class="guide-open"]'):
        return  # a question without an answer
    elif "arithmatex" in classes:
        yield from _formula(element, section)
    elif "tabbed-set" in classes:
        yield from _tabs(element, section)
    elif tag == "details" or "admonition" in classes:
        yield _callout(element, classes, section)
    elif tag == "summary" or "admonition-title" in classes:
        yield _make("p", _children(element, section), **{"class": "title"})
    elif "highlight" in classes or tag == "pre":
        yield _code(element, classes, section)
    elif tag == "img":
        yield from _picture(element, section)
    elif tag == "a":
        yield from _link(element, section)
    elif tag in GROUPS:
        yield from _group(element, classes, section)
    elif tag == "code" and not len(element) and not element.text:
        return  # a place for an icon
    elif "guide-meta" in classes:
        yield _meta_line(element, section)
    elif tag in KEPT:
        yield _kept(element, classes, section)
    else:
        section.report(
            f"holds <{tag}>, which the book has no form for: write it in Markdown, "
            "or teach guide/book/article.py"
        )


def _parent_classes(element: etree._Element) -> set[str]:
    return {name for parent in element.iterancestors() for name in parent.get("class", "").split()}


def _make(tag: str, children: Iterator[Node] | list[Node] = (), **attributes: str) -> etree._Element:
    made = etree.Element(tag, {name: value for name, value in attributes.items() if value})
    for child in children:
        _append(made, child)
    return made


def _append(parent: etree._Element, node: Node) -> None:
    """Add text or an element, wherever lxml wants the text."""
    if not isinstance(node, str):
        parent.append(node)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + node
    else:
        parent.text = (parent.text or "") + node


def _own_id(element: etree._Element, section: Section) -> str:
    """The element's id in the book; ids that only scripts of the site know are left out."""
    identifier = element.get("id") or ""
    return "" if not identifier or identifier.startswith("__") else section.entry.anchor(identifier)


def _styled(classes: set[str]) -> str:
    return " ".join(sorted(classes & STYLED))


def _kept(element: etree._Element, classes: set[str], section: Section) -> etree._Element:
    made = _make(
        element.tag, _children(element, section), id=_own_id(element, section), **{"class": _styled(classes)}
    )
    for name in KEPT_ATTRIBUTES:
        if element.get(name):
            made.set(name, element.get(name))
    if element.tag in ("th", "td") and (align := re.search(r"text-align:\s*(\w+)", element.get("style", ""))):
        made.set("class", align[1])
    return made


def _meta_line(element: etree._Element, section: Section) -> etree._Element:
    """Level, frequency and time, which a style sheet keeps apart on the site."""
    made = _make("p", **{"class": "guide-meta"})
    for node in _children(element, section):
        if not isinstance(node, str) or node.strip():
            extend_line(made, node)
    return made


def extend_line(line: etree._Element, node: Node) -> None:
    """Add one more part to a line whose parts are kept apart by dots."""
    if line.text or len(line):
        _append(line, " · ")
    _append(line, node)


def _group(element: etree._Element, classes: set[str], section: Section) -> Iterator[Node]:
    """A group that the book draws stays; of any other only the content and the anchor do."""
    identifier, styled = _own_id(element, section), _styled(classes)
    if styled:
        tag = "span" if element.tag in ("span", "label") else "div"
        yield _make(tag, _children(element, section), id=identifier, **{"class": styled})
        return
    if identifier:
        yield _make("a", id=identifier)
    only = element[0] if len(element) == 1 and not (element.text or "").strip() else None
    if "doc-md-description" in classes and only is not None and only.tag == "p":
        element = only  # one paragraph goes on in the line of what it describes
    yield from _children(element, section)


def _formula(element: etree._Element, section: Section) -> Iterator[Node]:
    annotation = next(iter(element.xpath(ANNOTATION)), None)
    if annotation is None:
        shown = shorten(element.text_content())
        section.report(f"formula `{shown}` was not rendered: the book needs the TeX that KaTeX keeps")
        return
    display = bool(element.xpath('.//*[@class="katex-display"]'))
    yield _make(
        "div" if display else "span", **{"class": "formula", "data-tex": " ".join(annotation.text.split())}
    )


def _tabs(element: etree._Element, section: Section) -> Iterator[Node]:
    """Every alternative, one after the other, each under its label."""
    labels = element.xpath('./div[contains(@class, "tabbed-labels")]/label')
    blocks = element.xpath('./div[contains(@class, "tabbed-content")]/div[contains(@class, "tabbed-block")]')
    if not labels or len(labels) != len(blocks):
        counts = f"{len(labels)} labels and {len(blocks)} contents"
        section.report(f'has tabs with {counts}: write each as `=== "Label"`')
        return
    for label, block in zip(labels, blocks, strict=True):
        title = _make("p", _children(label, section), **{"class": "title"})
        yield _make("div", [title, *_children(block, section)], **{"class": "tab"})


def _callout(element: etree._Element, classes: set[str], section: Section) -> etree._Element:
    """An admonition, or a fold that stands open."""
    fold = element.tag == "details"
    kind = "question" if "question" in classes else "abstract" if "abstract" in classes else "note"
    made = _make("div", id=_own_id(element, section), **{"class": f"{'fold' if fold else 'callout'} {kind}"})
    for node in _children(element, section):
        _append(made, node)
    return made


def _code(element: etree._Element, classes: set[str], section: Section) -> etree._Element:
    """A block of code: its language, its title, and its text with the site's highlighting."""
    numbered, plain = element.xpath('.//td[@class="code"]//pre'), element.xpath("descendant-or-self::pre")
    source = next(iter([*numbered, *plain]), element)
    language = next(
        (name.removeprefix("language-") for name in classes if name.startswith("language-")), "text"
    )
    pre = _make("pre", [_make("code", _tokens(source, ""))], **{"class": language})
    if element.tag == "pre":
        return pre  # what a program printed
    title = next(iter(element.xpath('.//*[@class="filename"]')), None)
    wrong = "guide-wrong" in classes
    parts = [_make("p", [title.text_content()], **{"class": "title"})] if title is not None else []
    return _make(
        "div", [*parts, pre], id=_own_id(element, section), **{"class": "code wrong" if wrong else "code"}
    )


def _tokens(element: etree._Element, kind: str) -> Iterator[Node]:
    """Text and colored spans, one level deep; line anchors and other markup go."""
    if element.text:
        yield _make("span", [element.text], **{"class": kind}) if kind else element.text
    for child in element:
        if isinstance(child.tag, str):
            yield from _tokens(child, _token_kind(child.get("class", "")) or kind)
        if child.tail:
            yield _make("span", [child.tail], **{"class": kind}) if kind else child.tail


def _token_kind(name: str) -> str:
    return (TOKENS.get(name) or TOKENS.get(name[:1], "")) if len(name) < 3 else ""


def _picture(element: etree._Element, section: Section) -> Iterator[Node]:
    source, alt = element.get("src", ""), " ".join(element.get("alt", "").split())
    if not alt:
        section.report(f"image `{shorten(source)}` has no text alternative: say what it shows")
    yield _make("img", src=source, alt=alt)


def _link(element: etree._Element, section: Section) -> Iterator[Node]:
    identifier = _own_id(element, section) or (
        section.entry.anchor(element.get("name")) if element.get("name") else ""
    )
    if element.get("href") is None:
        if identifier:
            yield _make("a", id=identifier)
        yield from _children(element, section)
    else:
        classes = _styled(set(element.get("class", "").split()))
        yield _make(
            "a", _children(element, section), href=element.get("href"), id=identifier, **{"class": classes}
        )


def _check_headings(section: Section) -> None:
    """One title, and no level left out: both the PDF's and the EPUB's outline are made of them."""
    before = 0
    for heading in section.body.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        level, text = int(heading.tag[1]), shorten("".join(heading.itertext()))
        if (level == 1) != (before == 0):
            section.report(f"heading `{text}` is of level {level}: a page has one of level 1, its first")
        elif level > before + 1:
            section.report(f"heading `{text}` is of level {level} below level {before}: leave none out")
        before = level
    if not before:
        section.report("has no heading: start it with `# Title`")
