"""Every link of the book leads somewhere: to a place in the book, or to an address on the web."""

from __future__ import annotations

import posixpath
from pathlib import Path
from urllib.parse import unquote, urlsplit

from guide.book.article import Section
from guide.faults import shorten


def resolve(sections: list[Section], site: Path, site_url: str) -> None:
    """Turn links between pages into links inside the book, and links to the rest of the site into web ones.

    A link that leads nowhere is reported in its section.
    """
    anchors = {section.entry.address: anchors_of(section) for section in sections}
    entries = {section.entry.address: section.entry for section in sections}
    for section in sections:
        for link in section.body.iter("a"):
            if link.get("href") is None:
                continue
            target = urlsplit(link.get("href"))
            if target.scheme or target.netloc:
                continue
            shown, path = shorten(link.get("href")), section.entry.address
            if target.path:
                path = posixpath.normpath(posixpath.join(path, unquote(target.path))).removeprefix("/")
            path = "" if path == "." else path.removesuffix("/index.html")
            if path in entries:
                entry = entries[path]
                place = entry.anchor(target.fragment) if target.fragment else entry.id
                if place not in anchors[path]:
                    section.report(
                        f"links to `{shown}`, but that page has no such place: "
                        "take the id that its heading has"
                    )
                link.set("href", f"#{place}")
            elif path.startswith("..") or not (site / path).exists():
                section.report(f"links to `{shown}`, which is not on the site: mend the link")
            else:
                link.set("href", _on_the_web(site, site_url, path, target.fragment))


def anchors_of(section: Section) -> set[str]:
    """Every id of a section, its own among them; one that stands twice is reported."""
    found = section.body.xpath("//@id")
    for twice in {identifier for identifier in found if found.count(identifier) > 1}:
        name = twice.removeprefix(section.entry.anchor(""))
        section.report(f"has the id `{name}` twice: rename one of them")
    return set(found)


def _on_the_web(site: Path, site_url: str, path: str, fragment: str) -> str:
    slash = "/" if path and (site / path).is_dir() else ""
    return f"{site_url.rstrip('/')}/{path}{slash}" + (f"#{fragment}" if fragment else "")
