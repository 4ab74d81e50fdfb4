"""What a reader can take along: links on the home page, with sizes that the finished files have.

``<!-- downloads -->`` in a page becomes the list below (see guide/markdown/lists.py); the links are
plain HTML, because MkDocs would look for their targets in docs/. The last step of the build puts
the sizes in and makes sure that every file is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

from guide.faults import Fault, GuideError

FOLDER = "downloads"
NAME = "deep-learning-interview-guide"
PENDING = '<span class="guide-facts" data-size="{file}"></span>'


@dataclass(frozen=True)
class Download:
    """One file below site/downloads/, and what a reader wants to know before taking it."""

    file: str
    title: str
    note: str


DOWNLOADS = [
    Download(f"{NAME}.pdf", "The book as PDF", "every answer, to print or to mark"),
    Download(f"{NAME}.epub", "The book as EPUB", "for an e-reader or a phone"),
    Download(f"{NAME}.apkg", "The answers as an Anki deck", "a newer one updates your cards in place"),
    Download(f"{NAME}-offline.zip", "This site without a network", "unpack it and open index.html"),
]


def links(to_top: str) -> list[str]:
    """The list as HTML, on a page from which ``to_top`` leads to the site's first page."""
    prefix = f"{to_top.rstrip('/')}/" if to_top not in ("", ".") else ""
    items = [f'<li><a href="{prefix}{FOLDER}/{item.file}" download>{escape(item.title)}</a>, '
             f"{escape(item.note)} {PENDING.format(file=item.file)}</li>" for item in DOWNLOADS]
    return ['<div class="guide-downloads"><ul>', *items, "</ul></div>"]


def path(site: Path, file: str) -> Path:
    """Where a download is written; its folder exists afterwards."""
    (site / FOLDER).mkdir(exist_ok=True)
    return site / FOLDER / file


def finish(root: Path, site: Path) -> None:
    """Put the size of each download behind its link.

    Raises:
        GuideError: If a download is missing or empty.
    """
    sizes = {item.file: _size(site, item.file) for item in DOWNLOADS}
    for page in sorted(site.rglob("index.html")):
        text = page.read_text(encoding="utf-8")
        if "data-size=" not in text:
            continue
        for file, size in sizes.items():
            place = PENDING.format(file=file)
            text = text.replace(place, place.replace("><", f">{size}<"))
        page.write_text(text, encoding="utf-8", newline="\n")


def _size(site: Path, file: str) -> str:
    found = site / FOLDER / file
    size = found.stat().st_size if found.is_file() else 0
    if not size:
        message = ("is promised on the home page and was not made: add the step that makes it to "
                   "guide/build.py, or take it out of guide/downloads.py")
        raise GuideError(Fault(f"site/{FOLDER}/{file}", 0, message))
    return human(size)


def human(size: int) -> str:
    """Bytes as a reader counts them: 640 KB, 2.4 MB."""
    if size < 999_500:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 1e6:.1f} MB" if size < 9.95e6 else f"{round(size / 1e6)} MB"
