"""From the built site to one book as data: sections in order, their formulas and their pictures."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lxml import etree, html

from guide import release
from guide.book import article, contents, formulas, links, pictures
from guide.book.article import Section
from guide.book.formulas import Formula
from guide.faults import Fault, GuideError, shorten
from guide.markdown.katex import TexError

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Book:
    """Everything that is printed, the same for PDF and EPUB."""

    title: str
    description: str
    version: str
    date: datetime.datetime
    site_url: str
    license: str
    sections: list[Section]
    formulas: dict[tuple[str, bool], Formula]  # by TeX, and whether on a line of its own
    pictures: dict[str, bytes]  # by name


def read_site(root: Path, site: Path, progress: Progress) -> Book:
    """Read the site.

    Raises:
        GuideError: With everything that is missing or that the book has no form for, by page.
    """
    entries = contents.plan(root)
    sections = []
    for number, entry in enumerate(entries, start=1):
        sections.append(read_page(entry, site))
        progress("pages", number, len(entries))
    about = read_about(site)
    for section in sections:
        link_to_site(section, about["site_url"])
    links.resolve(sections, site, about["site_url"])
    shown = pictures.collect(sections, site)
    typeset = typeset_all(sections, root / formulas.CACHE, progress)
    faults = [fault for section in sections for fault in section.faults]
    if faults:
        raise GuideError(*faults)
    license_text = (root / "LICENSE").read_text(encoding="utf-8")
    return Book(
        **about,
        version=release.version(root),
        date=release.date(root),
        license=license_text,
        sections=sections,
        formulas=typeset,
        pictures=shown,
    )


def read_page(entry: contents.Entry, site: Path) -> Section:
    """One page of the site as a section."""
    page = site / entry.address / "index.html"
    if not page.is_file():
        raise GuideError(Fault(entry.path, 0, "was not built, so the book lacks it: see what MkDocs says"))
    return article.read(entry, page.read_text(encoding="utf-8"))


def link_to_site(section: Section, site_url: str) -> None:
    """Beside an answer's level: where its code runs, and where its newest version is."""
    for line in section.body.xpath('.//p[@class="guide-meta"]'):
        link = etree.Element("a", href=f"{site_url.rstrip('/')}/{section.entry.address}/")
        link.text = "on the web"
        article.extend_line(line, link)


def read_about(site: Path) -> dict[str, str]:
    """Title, description and address of the site, as its first page states them."""
    head = html.fromstring((site / "index.html").read_text(encoding="utf-8"))

    def first(xpath: str, what: str) -> str:
        found = head.xpath(xpath)
        if not found or not found[0].strip():
            raise GuideError(Fault("mkdocs.yml", 0, f"the site's first page names no {what}: set it there"))
        return found[0].strip()

    return {
        "title": first('//meta[@property="og:site_name"]/@content', "site_name"),
        "description": first('//meta[@name="description"]/@content', "description"),
        "site_url": first('//link[@rel="canonical"]/@href', "site_url"),
    }


def typeset_all(sections: list[Section], cache: Path, progress: Progress) -> dict[tuple[str, bool], Formula]:
    """Render every formula once; one that MathJax rejects is reported in its section."""
    places: dict[tuple[str, bool], Section] = {}
    for section in sections:
        for element in section.body.iter("span", "div"):
            if element.get("class") == "formula":
                places.setdefault(key(element), section)
    done: dict[tuple[str, bool], Formula] = {}
    for number, ((tex, display), section) in enumerate(places.items(), start=1):
        try:
            done[tex, display] = formulas.typeset(tex, display, cache)
        except TexError as error:
            section.report(f"formula `{shorten(tex)}` cannot be printed: {error}")
        progress("formulas", number, len(places))
    return done


def key(element: etree._Element) -> tuple[str, bool]:
    """What a placeholder stands for, as :class:`Book` names its formulas."""
    return element.get("data-tex"), element.tag == "div"
