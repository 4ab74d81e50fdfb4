"""From the elements of a section to a program in Typst's language: calls of the functions in style.typ.

Typst could read the elements by itself, but its functions remember what they returned for their
arguments, and an element is an argument with all that is in it: that took a third of its time. Text
stands in the program as strings, in which only two characters have to be escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from guide.book import code
from guide.book.article import Section
from guide.book.assemble import Book, key

SPACE = "\u200b"  # of no width: a line may break there
LONG_NAME = re.compile(r"\S{24,}")
WITHOUT_SIGN = re.compile(f"[^{SPACE}]{{40,}}")
HEADING = re.compile(r"h[1-6]")
# Elements that stand in the line, and Typst's name for them.
MARKS = {
    **dict.fromkeys(("em", "i", "cite", "var", "dfn"), "emph"),
    **dict.fromkeys(("strong", "b"), "strong"),
    **dict.fromkeys(("del", "s"), "strike"),
    **dict.fromkeys(("ins", "u"), "underline"),
    "sub": "sub",
    "sup": "super",
    "mark": "highlight",
    "q": "quoted",
}
# Groups, and the function of style.typ that draws them.
BOXES = {
    "callout": "callout",
    "fold": "fold",
    "guide-files": "closing-note",
    "doc-section-title": "small-title",
}


def sections(book: Book) -> str:
    """The file that book.typ reads: what stands in each section, in order."""
    made = _array(_section(section, book) for section in book.sections)
    return f'#import "style.typ": *\n#let sections = {made}\n'


def _section(section: Section, book: Book) -> str:
    entry = section.entry
    body = _Renderer(book, entry.level - 1).inside(section.body)
    return f"(level: {entry.level}, title: {_string(entry.title)}, id: {_string(entry.id)}, body: {body})\n"


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _array(items: Iterable[str]) -> str:
    return f"({''.join(f'{item}, ' for item in items)})"  # the last comma makes one item an array, too


def _text(text: str) -> list[str]:
    """A space at an end of a text becomes Typst's own, which knows where a line begins."""
    words = text.strip(" ")
    parts = ["[ ]"] if text.startswith(" ") else []
    if words:
        parts.append(_string(words))
        parts += ["[ ]"] if text.endswith(" ") else []
    return parts


def breakable(text: str) -> str:
    """Names longer than a third of a line may break behind their signs, and anywhere if they have none."""

    def at_signs(long: re.Match) -> str:
        parts = re.sub(r"[_./=(,:-]", rf"\g<0>{SPACE}", long[0])
        return WITHOUT_SIGN.sub(lambda rest: SPACE.join(rest[0]), parts)

    return LONG_NAME.sub(at_signs, text)


def _words(element: etree._Element) -> str:
    return "".join(element.itertext())


def _classes(element: etree._Element) -> list[str]:
    return element.get("class", "").split()


def _anchored(element: etree._Element, body: str) -> str:
    identifier = element.get("id")
    return f"anchor({_string(identifier)}, {body})" if identifier else body


def _span(cell: etree._Element, name: str) -> int:
    return int(cell.get(name, "1"))


class _Renderer:
    """Renders one section; ``offset`` is added to the level of its headings."""

    def __init__(self, book: Book, offset: int):
        self.book, self.offset = book, offset

    def inside(self, element: etree._Element, part: str = "text") -> str:
        """What stands in an element; ``part`` is "cell" inside tables."""
        parts = _text(element.text or "")
        for child in element:
            parts.append(self.element(child, part))
            parts += _text(child.tail or "")
        return f"{{{'; '.join(parts)}}}" if parts else "[]"

    def element(self, element: etree._Element, part: str) -> str:
        """One element as an expression."""
        tag, kinds = element.tag, _classes(element)
        if "formula" in kinds:
            return self.formula(element, part)
        if HEADING.fullmatch(tag):
            return self.heading(element, part)
        if tag in MARKS:
            return f"{'small' if 'guide-facts' in kinds else MARKS[tag]}({self.inside(element, part)})"
        if "code" in kinds and tag == "div":
            *titles, pre = element
            look = "wrong" if "wrong" in kinds else "code"
            return _anchored(element, code_block(pre, look, *map(_words, titles)))
        if "guide-questions" in kinds:
            return self.question_list(element)
        if "guide-output" in kinds and all(child.tag == "pre" for child in element):
            return f"{{{'; '.join(code_block(child, 'output') for child in element)}}}"
        match tag:
            case "p":
                return _anchored(element, self.paragraph(element, kinds, part))
            case "code":
                return f"raw({_string(breakable(_words(element)))})"
            case "kbd" | "samp":
                return f"raw({_string(_words(element))})"
            case "a":
                return _anchored(element, self.link(element, part))
            case "img":
                return f"picture({_string(element.get('src'))}, {_string(element.get('alt'))})"
            case "br":
                return "linebreak()"
            case "hr":
                return "rule"
            case "ul" | "ol":
                return self.list(element, part)
            case "dt" | "dd" | "blockquote":
                return f"{'quotation' if tag == 'blockquote' else tag}({self.inside(element, part)})"
            case "table":
                return self.table(element)
            case "pre":
                return code_block(element, "code")
        box = next((BOXES[kind] for kind in BOXES if kind in kinds), None)
        inside = self.inside(element, part)
        return _anchored(element, f"{box}({inside})" if box else inside)

    def formula(self, element: etree._Element, part: str) -> str:
        formula = self.book.formulas[key(element)]
        sizes = f"width: {formula.width}, height: {formula.height}, depth: {formula.depth}"
        names = f"alt: {_string(element.get('data-tex'))}, file: {_string(f'formulas/{formula.name}')}"
        made = f"({names}, {sizes}, tag: {_string(formula.tag)})"
        return (
            f"display-formula({made})" if element.tag == "div" else f"inline-formula({made}, {_string(part)})"
        )

    def heading(self, element: etree._Element, part: str) -> str:
        # The contents name chapters and questions; bookmarks go one step further.
        level = int(element.tag[1]) + self.offset
        shown = f"outlined: {element.tag == 'h1'}, bookmarked: {level < 4}".lower()
        made = f"heading(level: {level}, {shown}, {self.inside(element, part)})"
        # Carries its label by itself.
        return f"[#{made}#label({_string(element.get('id'))})]" if element.get("id") else made

    def paragraph(self, element: etree._Element, kinds: list[str], part: str) -> str:
        inside = self.inside(element, part)
        if "title" in kinds:
            return f"title({inside})"
        if "guide-meta" in kinds:
            return f"meta-line({inside})"
        if len(element) == 1 and element[0].tag == "img":
            return inside
        # What announces a formula or a block of code stays with it.
        return f"{'announcement' if _words(element).endswith(':') else 'par'}({inside})"

    def link(self, element: etree._Element, part: str) -> str:
        inside, target = self.inside(element, part), element.get("href")
        if target is None:
            return inside
        place = f"label({_string(target[1:])})" if target.startswith("#") else _string(target)
        return f"link({place}, {inside})"

    def list(self, element: etree._Element, part: str) -> str:
        items = []
        for item in element:
            inside = self.inside(item, part)
            small = "guide-source" in _classes(item)
            items.append(_anchored(item, f"source({inside})" if small else inside))
        start = f"start: {element.get('start', '1')}, " if element.tag == "ol" else ""
        return f"{'enum' if start else 'list'}({start}{', '.join(items)})"

    def question_list(self, element: etree._Element) -> str:
        """Each question with the page on which it is answered."""
        lines = []
        for question, *facts in (item for child in element for item in child):
            shown = "; ".join(self.element(fact, "text") for fact in facts)
            target = f"label({_string(question.get('href')[1:])})"
            lines.append(f"({target}, {self.element(question, 'text')}, {{{shown}}})")
        return f"question-list({_array(lines)})"

    def table(self, element: etree._Element) -> str:
        head = [row for part in element if part.tag == "thead" for row in part]
        rows = [row for part in element if part.tag == "tbody" for row in part]
        rows += [row for row in element if row.tag == "tr"]
        columns = max(sum(_span(cell, "colspan") for cell in row) for row in head + rows)
        top = _array(self.cell(cell, "bottom") for row in head for cell in row)
        others = _array(self.cell(cell, "top") for row in rows for cell in row)
        return f"data-table({columns}, {top}, {others})"

    def cell(self, cell: etree._Element, vertical: str) -> str:
        """Aligned to the bottom in the head and to the top below it."""
        horizontal = cell.get("class") if cell.get("class") in ("right", "center") else "left"
        spans = f"colspan: {_span(cell, 'colspan')}, rowspan: {_span(cell, 'rowspan')}"
        return f"table.cell({spans}, align: {horizontal} + {vertical}, {self.inside(cell, 'cell')})"


def code_block(pre: etree._Element, look: str, title: str = "") -> str:
    """A block of code in lines that fit the page, with the site's highlighting."""
    lines = [part for line in code.lines(pre) for part in code.wrap(line, code.columns(pre))]
    shown = _array(_array(f"({_string(kind)}, {_string(text)})" for kind, text in line) for line in lines)
    return f"code-block({shown}, {_string(look)}" + (f", title: {_string(title)})" if title else ")")
