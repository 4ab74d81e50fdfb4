"""The whole guide as PDF and EPUB, made from the finished site.

    site/**/*.html ── assemble ── Book ─┬─ pdf  (book.typ, Typst)
      contents: which pages, in which order    └─ epub (epub.css)
      article:  one page as plain XHTML
      links, pictures, formulas: what it refers to

A fault is reported with its page and stops the build before anything is written.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from guide import downloads
from guide.book import assemble, epub, pdf


def finish(root: Path, site: Path) -> None:
    """Write the PDF and the EPUB into the site's downloads.

    Raises:
        GuideError: With everything that is missing; neither file is then written.
    """
    book = assemble.read_site(root, site, show)
    pages, cover = pdf.make(book), pdf.make_cover(book)
    write(downloads.path(site, f"{downloads.NAME}.pdf"), pages)
    epub.write(downloads.path(site, f"{downloads.NAME}.epub"), book, cover)


def write(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def show(what: str, done: int, total: int) -> None:
    """How far it is: counting up on a terminal, one line in a log."""
    if sys.stdout.isatty():
        print(f"\r    {what}: {done} of {total}", end="\n" if done == total else "", flush=True)
    elif done == total:
        print(f"    {what}: {total}", flush=True)
