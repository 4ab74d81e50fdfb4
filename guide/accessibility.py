"""What Material's pages lack for a keyboard and a screen reader: names, and labels that act as buttons.

Material opens its search and its menus by labels of hidden checkboxes, which nobody reaches by keyboard and
which say nothing. They become buttons with a name; docs/assets/guide/keyboard.js gives them the space bar.
"""

from __future__ import annotations

import re
from pathlib import Path

from guide.faults import Fault, GuideError

BUTTON = 'role="button" tabindex="0" aria-label="{name}"'
HEADER_LABEL = r'(<label class="md-header__button md-icon" for="{toggle}">)(\s*<svg.*?</svg>\s*)(</label>)'
TOGGLE_OFF = r'(\s*<input class="md-toggle" data-md-toggle="{name}"[^>]*) autocomplete="off"([^>]*>)'
# What it is, how Material writes it, and what stands there afterwards. The button stands inside its label,
# which passes a click on to the hidden checkbox, because a label itself may be no button.
CHANGES = [
    # Firefox keeps a toggle over a reload unless autocomplete is off, which a form may say and no toggle.
    (
        "the toggles of the menu and the search",
        TOGGLE_OFF.format(name="drawer") + TOGGLE_OFF.format(name="search"),
        r'<form id="__toggles" autocomplete="off" hidden></form>\1 form="__toggles"\2\3 form="__toggles"\4',
    ),
    ("the search dialog", r'(<div class="md-search"[^>]*? role="dialog")', r'\1 aria-label="Search"'),
    # Its results are links; before there are any, it was a stop of the keyboard with nothing to see.
    ("the results of the search", r'(<div class="md-search__scrollwrap") tabindex="0"', r"\1"),
    ("the path above a page", r'(<nav class="md-path" aria-label=)"[^"]*"', r'\1"Path"'),
    (
        "the label of the menu",
        HEADER_LABEL.format(toggle="__drawer"),
        rf"\1<span {BUTTON.format(name='Menu')}>\2</span>\3",
    ),
    (
        "the label of the search",
        HEADER_LABEL.format(toggle="__search"),
        rf"\1<span {BUTTON.format(name='Search')}>\2</span>\3",
    ),
    # It has a name only where its label has words, and with an index page the label is an arrow.
    (
        "a topic's pages in the menu",
        r'(<nav class="md-nav" data-md-level="1") aria-labelledby="__nav_\d+_label" aria-expanded="\w+"',
        r'\1 aria-label="Pages of this topic"',
    ),
    (
        "the arrow of a topic in the menu",
        r'(<label class="md-nav__link ?[^"]*" for="(__nav_\d+)" id="\2_label") tabindex="0"'
        r'(>\s*<span class="md-nav__icon md-icon")',
        rf"\1\3 {BUTTON.format(name='Show the pages of this topic')}",
    ),
    # The table of contents is one landmark, not one for each heading with others below it.
    (
        "a heading with others below it in the table of contents",
        r'<nav class="md-nav" aria-label="[^"]*">',
        '<nav class="md-nav" role="none">',
    ),
]
# Where the corner of a table is empty, the first cell of a row says what the row is about.
NAMED_ROWS = re.compile(r"<table>\s*<thead>\s*<tr>\s*<td[^>]*></td>.*?</table>", re.DOTALL)
FIRST_CELL = re.compile(r"(<tr>\s*)<td(?P<attributes>[^>]*)>(?P<content>(?!</td>).*?)</td>", re.DOTALL)
# Material's script gives the buttons of each block of code a navigation of their own: twenty landmarks
# without a name on a page, which a screen reader announces one by one.
SCRIPTS = "assets/javascripts/bundle.*.min.js"
NAVIGATION, GROUP = '"nav",{class:"md-code__nav"}', '"div",{class:"md-code__nav"}'
# On the page of a topic Material names a toggle for the table of contents and writes none.
TOGGLE, FOR_TOGGLE = 'id="__toc"', ' for="__toc"'
# A corner of a table that heads nothing: as a heading it would be read out, and say nothing.
EMPTY_HEADING = re.compile(r"<th(?P<attributes>(?: [^>]*)?)>\s*</th>")


def finish(root: Path, site: Path) -> None:
    """Write names and roles into every page.

    Raises:
        GuideError: If no page has what is to be named, because Material writes it differently.
    """
    found = dict.fromkeys((name for name, *_ in CHANGES), 0)
    for page in sorted(site.rglob("*.html")):
        for name in finish_page(page):
            found[name] += 1
    found["a navigation of its own at each block of code"] = sum(map(finish_script, site.glob(SCRIPTS)))
    missing = [name for name, count in found.items() if not count]
    if missing:
        cure = "as Material used to write it: look at a built page and mend the pattern"
        place = "guide/accessibility.py"
        raise GuideError(*(Fault(place, 0, f"no page has {name} {cure}") for name in missing))


def finish_page(page: Path) -> list[str]:
    """Write names and roles into one page, and say which of them it had."""
    text = EMPTY_HEADING.sub(r"<td\g<attributes>></td>", page.read_text(encoding="utf-8"))
    text = NAMED_ROWS.sub(_with_names_of_rows, text)
    if TOGGLE not in text:
        text = text.replace(FOR_TOGGLE, "")
    found = []
    for name, pattern, replacement in CHANGES:
        text, count = re.subn(pattern, replacement, text, flags=re.DOTALL)
        found += [name] if count else []
    page.write_text(text, encoding="utf-8", newline="\n")
    return found


def _with_names_of_rows(table: re.Match) -> str:
    head, end, body = table[0].partition("</thead>")
    return head + end + FIRST_CELL.sub(r'\1<th scope="row"\g<attributes>>\g<content></th>', body)


def finish_script(script: Path) -> bool:
    """Make the buttons of a block of code no landmark, and say whether they were one."""
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace(NAVIGATION, GROUP), encoding="utf-8", newline="\n")
    return NAVIGATION in text
