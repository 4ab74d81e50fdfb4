"""Code on paper: lines of tokens, and a visible mark where a line was too long for the page."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

COLUMNS = 84  # what fits into the width of the text; style.typ chooses the size of its type by it
NESTED = 4  # columns that each list, quotation or box around the code takes
MARK = "↪ "
BREAKABLE = " ,;([{=.+-*/|&"

Token = tuple[str, str]  # kind of the site's highlighting, text
AROUND = {"li", "blockquote", "dd"}


def columns(pre: etree._Element) -> int:
    """How many characters fit into a line of this block."""
    around = sum(
        parent.tag in AROUND or "callout" in parent.get("class", "") for parent in pre.iterancestors()
    )
    return COLUMNS - NESTED * around


def lines(pre: etree._Element) -> list[list[Token]]:
    """The text of a block line by line, without blank lines at its ends."""
    found: list[list[Token]] = [[]]
    for kind, text in _tokens(pre):
        first, *others = text.expandtabs(4).split("\n")
        found[-1].append((kind, first))
        found += [[(kind, other)] for other in others]
    found = [[token for token in line if token[1]] for line in found]
    while found and not _text(found[-1]).strip():
        found.pop()
    while found and not _text(found[0]).strip():
        found.pop(0)
    return found


def _tokens(element: etree._Element) -> Iterator[Token]:
    kind = element.get("class", "") if element.tag == "span" else ""
    if element.text:
        yield kind, element.text
    for child in element:
        yield from _tokens(child)
        if child.tail:
            yield kind, child.tail


def _text(line: list[Token]) -> str:
    return "".join(text for _, text in line)


def wrap(line: list[Token], width: int) -> list[list[Token]]:
    """Break a line that is longer than ``width``, at a space or sign where there is one.

    What was broken off stands under its line, two columns further in, behind a mark.
    """
    text = _text(line).rstrip()
    if len(text) <= width:
        return [_cut(line, 0, len(text))]
    indent = min(len(text) - len(text.lstrip()) + 2, width // 2)
    broken, start, room = [], 0, width
    while len(text) - start > room:
        end = _break(text, start, room, indent)
        broken.append(_cut(line, start, len(text[:end].rstrip())))
        start, room = end, width - indent - len(MARK)
        while text[start] == " ":
            start += 1
    broken.append(_cut(line, start, len(text)))
    lead = [("", " " * indent), ("mark", MARK)]
    return [broken[0], *(lead + part for part in broken[1:])]


def _break(text: str, start: int, room: int, indent: int) -> int:
    """Where to break: behind the last sign in the second half of the room, else at its end."""
    earliest = start + max(room // 2, indent)
    for end in range(start + room, earliest, -1):
        if text[end - 1] in BREAKABLE or text[end] == " ":
            return end
    return start + room


def _cut(line: list[Token], start: int, end: int) -> list[Token]:
    """The tokens of a line between two columns."""
    cut, column = [], 0
    for kind, text in line:
        part = text[max(start - column, 0) : max(end - column, 0)]
        if part:
            cut.append((kind, part))
        column += len(text)
    return cut
