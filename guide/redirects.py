"""Addresses that changed: docs/redirects.yml, and the pages that lead on from the old ones.

Links to a page live on in bookmarks, decks and other sites. A page that moved therefore leaves one behind
that leads to its new address, also where no script runs.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from guide import files, history, yaml_lines
from guide.faults import Fault, GuideError
from guide.notebooks import page_address

PATH = "docs/redirects.yml"
OLD = re.compile(r"(?:\w[\w-]*/)*\w[\w-]*\.(?:md|ipynb)", re.ASCII)
PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>This page has moved</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <meta name="color-scheme" content="light dark">
    <link rel="canonical" href="{address}">
    <meta http-equiv="refresh" content="0; url={way}">
  </head>
  <body>
    <main>
      <h1>This page has moved</h1>
      <p>It stands at <a href="{way}">{address}</a> now.</p>
    </main>
  </body>
</html>
"""


def load(root: Path) -> dict[str, str]:
    """Old page by new page, both as paths inside docs/; empty without the file.

    Raises:
        GuideError: If the file cannot be read as such lines.
    """
    return _read(root)[0]


def _read(root: Path) -> tuple[dict[str, str], yaml_lines.Lines]:
    if not (root / PATH).exists():
        return {}, {}
    data, lines = yaml_lines.load(files.read(root, PATH), PATH)
    wrong = [Fault(PATH, lines[(old,)], f"`{old}` needs a page: write `old/page.md: new/page.md`")
             for old, new in data.items() if not isinstance(new, str)]
    if wrong:
        raise GuideError(*wrong)
    return data, lines


def faults(root: Path, pages: set[str]) -> Iterator[Fault]:
    """What is wrong with the redirects, and which page is gone without one.

    Args:
        root: The project's folder.
        pages: Every page that docs/ holds, as paths from the project's root.
    """
    redirects, lines = _read(root)
    for old, new in redirects.items():
        if f"docs/{new}" not in pages:
            yield Fault(PATH, lines[(old,)], f"`{old}` leads to `{new}`, which is no page of docs/: "
                                             "write the page that answers the question now")
        if not OLD.fullmatch(old):
            yield Fault(PATH, lines[(old,)], f"`{old}` is no path of a page inside docs/: write it as "
                                             "`optimization/adam.md`")
        if f"docs/{old}" in pages:
            yield Fault(PATH, lines[(old,)], f"`{old}` is a page of docs/: remove the line, or the page")
    for path in sorted(history.gone(root) - pages):
        if path.removeprefix("docs/") not in redirects:
            yield Fault(path, 0, f"was a page and is gone, with every link to it: add "
                                 f"`{path.removeprefix('docs/')}: topic/new_page.md` to {PATH}")


def finish(root: Path, site: Path) -> None:
    """Write a page at each old address that leads to the new one."""
    from guide.deck import site_address

    redirects = load(root)
    base = site_address(site) if redirects else ""
    for old, new in redirects.items():
        here, there = page_address(old), page_address(new)
        target = site / here / "index.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        way = f"{posixpath.relpath(there, here)}/"
        text = PAGE.format(address=escape(f"{base}{there}/"), way=escape(way))
        target.write_text(text, encoding="utf-8", newline="\n")


def is_redirect(page: Path) -> bool:
    """Whether a built page only leads on to another."""
    return 'http-equiv="refresh"' in page.read_text(encoding="utf-8")[:2_000]
