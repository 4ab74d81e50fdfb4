"""Which pages the book takes, and in which order: that of the navigation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from guide import pages, syllabus
from guide.check.project import read_navigation
from guide.faults import GuideError
from guide.notebooks import page_address

# Behind the answers, where the navigation has them: the lists of questions, the reference, the licenses.
BACK = ("questions.md", "reference/", "about/index.md")


@dataclass(frozen=True)
class Entry:
    """One page of the site that becomes a chapter (level 1) or a section of one (level 2)."""

    source: str  # inside docs/
    level: int
    title: str  # short, for running heads and the EPUB's contents

    @property
    def path(self) -> str:
        return f"docs/{self.source}"

    @property
    def address(self) -> str:
        """The folder of the page on the site; empty for the first page."""
        return page_address(self.source)

    @property
    def id(self) -> str:
        """What all anchors of the page begin with in the book."""
        return self.address.replace("/", ".")

    def anchor(self, identifier: str) -> str:
        """A place of the page, by a name that no page has: theirs hold letters, digits, `_` and one dot."""
        return f"{self.id}--{identifier}"


def plan(root: Path) -> list[Entry]:
    """Topics with at least one answer, then what belongs behind them.

    Raises:
        GuideError: If a page of the navigation cannot be read.
    """
    found, faults = pages.read(root)
    if faults:
        raise GuideError(*faults)
    known = {page.source: page for page in found}
    order = [known[source] for source, _ in read_navigation(root) if source in known]
    answered = {page.topic for page in order if page.is_answer}
    topics = set(syllabus.load(root).topics)
    chapters = [page for page in order if page.topic in topics and page.topic in answered]
    back = [page for page in order if page.source.startswith(BACK)]
    return [
        Entry(page.source, 1 if page.stem == "index" or "/" not in page.source else 2, page.front.title)
        for page in chapters + back
    ]
