"""The style sheets of a page become one file: a browser paints nothing before it has them all.

Material, KaTeX and the guide come in seven files, which over a phone's network are seven times the wait for a
first byte, on fewer connections than there are files. In the preview they stay apart.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from pathlib import Path

from guide.faults import Fault, GuideError

FOLDER = "assets"
LINK = re.compile(r'<link rel="stylesheet" href="(?P<href>[^"]+)">\s*')
URL = re.compile(r"url\((?P<quote>[\"']?)(?P<target>[^)\"']+)(?P=quote)\)")
COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


def finish(root: Path, site: Path) -> None:
    """Join the style sheets of every page, and leave out the files that no page names any more.

    Raises:
        GuideError: Naming each style sheet that a page asks for and the site does not have.
    """
    joined: dict[tuple[str, ...], str] = {}
    faults = [fault for page in sorted(site.rglob("*.html")) for fault in finish_page(page, site, joined)]
    if faults:
        raise GuideError(*faults)
    for name in {name for names in joined for name in names}:
        (site / name).unlink()


def finish_page(page: Path, site: Path, joined: dict[tuple[str, ...], str]) -> list[Fault]:
    """Name one style sheet instead of a page's many; ``joined`` keeps what became of each list of them."""
    text = page.read_text(encoding="utf-8")
    links = list(LINK.finditer(text))
    if not links:
        return []
    place = page.relative_to(site).as_posix()
    top = links[0]["href"].partition(f"{FOLDER}/")[0]  # also where it is an address from the server's root
    names = tuple(link["href"].removeprefix(top) for link in links)
    missing = [name for name in names if not (site / name).is_file()]
    if missing:
        return [Fault(f"site/{place}", 0, f"asks for the style sheet {name}, which the site does not have: "
                      "name it in mkdocs.yml by its path in docs/") for name in missing]
    if names not in joined:
        joined[names] = join(names, site)
    start, end = links[0].start(), links[0].end()
    rest = LINK.sub("", text[end:])
    link = f'<link rel="stylesheet" href="{top}{joined[names]}">\n'
    page.write_text(text[:start] + link + rest, encoding="utf-8", newline="\n")
    return []


def join(names: tuple[str, ...], site: Path) -> str:
    """Write style sheets into one file, in their order, and return its name, which follows its content."""
    parts = [moved(COMMENT.sub("", (site / name).read_text(encoding="utf-8")), name) for name in names]
    text = "\n".join(part.strip() for part in parts) + "\n"
    target = f"{FOLDER}/styles.{hashlib.sha256(text.encode()).hexdigest()[:8]}.css"
    (site / target).write_text(text, encoding="utf-8", newline="\n")
    return target


def moved(text: str, name: str) -> str:
    """A style sheet whose addresses count from the folder of the joined file.

    >>> moved("src: url(fonts/a.woff2), url('data:,')", "assets/vendor/katex/katex.css")
    "src: url(vendor/katex/fonts/a.woff2), url('data:,')"
    """

    def move(match: re.Match) -> str:
        target = match["target"]
        if re.match(r"[a-z]+:|/|#", target):
            return match[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        return f"url({match['quote']}{posixpath.relpath(path, FOLDER)}{match['quote']})"

    return URL.sub(move, text)
