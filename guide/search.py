"""The search: a small index of the answers, fetched at the first query, and the worker that reads it.

Material's own search fetches the text of every section with each first page and indexes it on the
reader's phone. Here its window, keys and list of results stay, and behind them stands
guide/web/bundles/search.js, which speaks the same four messages. It finds a page by its name, the
names people use for it, its headings, the papers it is about and its words, misspelled or cut short.
A word of a page is listed once, which keeps the bytes down: 236 KiB compressed for 228 pages.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree, html

from guide import pages, references, security
from guide.faults import Fault, GuideError

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

MATERIALS = "search/search_index.json"  # Material fetches it with each first page
INDEX = "search/answers.json"
WORKER = "assets/vendor/search/search.js"

EXCERPT = 120  # characters of a section that a result shows
OFTEN = 4  # a page that says a word so often is about it, as about what it says first or is asked next
BEGINNING, OLD = 1930, 1960  # a paper of 1990 counts half as much again as one of 2020
PAPERS = 3  # that a page is about, at most
AUTHORS = 3  # people remember the first ones
# Code, and the second copy of a formula: most of a page, and not even to be parsed.
NO_PROSE = re.compile(r"<(?P<tag>pre|math)\b[^<]*(?:<(?!/(?P=tag)>)[^<]*)*</(?P=tag)>")
TEXT = etree.XPath("string()")
NOT_OF_THE_PAGE = ("headerlink", "katex-mathml", "linenodiv")
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
APART = {"p", "code", "li", "ol", "ul", "sub", "sup"}  # ends one word and begins another
NO_TEXT = {"object", "script", "style"}
WORD = re.compile(r"[a-z]{2,24}[0-9]{0,2}")  # and no formula with its blanks lost
PLURALS = [(re.compile(r"(ss|sh|tch|nch|rch|x|ias)es$"), r"\1"), (re.compile(r"(?<=\w{2})ies$"), "y"),
           (re.compile(r"(?<=\w{3})(?<![siu])(?<!ia)s$"), "")]
NAMED = str.maketrans({"α": " alpha ", "β": " beta ", "γ": " gamma ", "δ": " delta ", "ε": " epsilon ",
                       "θ": " theta ", "λ": " lambda ", "μ": " mu ", "π": " pi ", "ρ": " rho ",
                       "σ": " sigma ", "τ": " tau ", "φ": " phi ", "η": " eta ", "ω": " omega ",
                       "∇": " gradient ", "∂": " gradient ", "√": " sqrt ", "‖": " norm ", "∑": " sum ",
                       "∩": " intersection ", "∪": " union ", "×": "x"})


def keep_material_from_reading(config: MkDocsConfig) -> None:
    """Let Material's plugin write an index of nothing: reading the pages takes it half of MkDocs' time.

    It stays switched on, because the templates show the search only then.
    """
    config.plugins.events["page_context"].remove(config.plugins["material/search"].on_page_context)


def finish(root: Path, site: Path) -> None:
    """Write the index and name our worker on every page.

    Raises:
        GuideError: If our worker is missing, or a page is without the place where Material names its own.
    """
    write(site, read(root, site))
    faults = []
    if not (site / WORKER).exists():
        faults.append(Fault(f"site/{WORKER}", 0, "is missing: run `python3 -m guide.install site`, which "
                                                 "bundles it"))
    for path in sorted(site.rglob("*.html")):
        if not finish_page(path):
            name = path.relative_to(site).as_posix()
            faults.append(Fault(f"site/{name}", 0, "names no search worker where guide/search.py looks for "
                                                   "it: mend the pattern there"))
    if faults:
        raise GuideError(*faults)


def finish_page(path: Path) -> bool:
    """Name our worker on a page, and say whether it has the place for that."""
    text = path.read_text(encoding="utf-8")
    config = security.CONFIG.search(text)
    if config is None:
        return True  # it only leads on to another
    changed = re.sub(r'("search": "[^"]*?)assets/javascripts/workers/search\.\w+\.min\.js"',
                     rf'\g<1>{WORKER}"', config[0])
    path.write_text(text.replace(config[0], changed), encoding="utf-8", newline="\n")
    return changed != config[0] or f'{WORKER}"' in config[0]


def read(root: Path, site: Path) -> list[dict]:
    """The index of the built pages, in the order in which MkDocs reads them: by folder, its index first.

    Raises:
        GuideError: Naming the pages that were not built.
    """
    docs, fronts, faults = [], {}, []
    found = sorted(pages.read(root)[0], key=lambda page: (page.topic, page.stem != "index", page.path))
    for page in found:
        here = location(page.source)
        built = site / here / "index.html"
        if not built.exists():
            faults.append(Fault(page.path, 0, "was not built: list it in the `nav` of mkdocs.yml"))
            continue
        fronts[here] = page.front
        docs += sections(built.read_text(encoding="utf-8"), here, page.front.title)
    if faults:
        raise GuideError(*faults)
    return condense(docs, fronts, papers(root, found))


def papers(root: Path, found: Sequence[pages.Page]) -> dict[str, list[str]]:
    """By location, the sources that a page is about: family names, title and year of each.

    A page cites many papers. Whoever types an author or a title wants the page on what that paper brought:
    the one whose names share words with the title, best such that few pages go by, or those of its short
    title. An original stands before its followers.
    """
    titles = {page.path: _telling(page.front.title) for page in found}
    called = {page.path: titles[page.path] | _telling(*getattr(page.front, "aliases", [])) for page in found}
    pages_with = Counter(word for names in called.values() for word in names)
    known = references.load(root) if any(page.sources for page in found) else {}
    brought = {}
    for page in found:
        rated = []
        for source in (known[key] for key, _ in page.sources if key in known and known[key].venue):
            title = _telling(source.title)
            rate = sum((3 if word in titles[page.path] else 1) / pages_with[word]
                       for word in called[page.path] & title) / max(1, len(title))
            rate /= max(source.year, OLD) - BEGINNING
            rated.append((-rate, source.year, source.title, source.authors))
        brought[location(page.source)] = [
            " ".join([*(name for name in authors[:AUTHORS] if name != "others"), title, str(year)])
            for rate, year, title, authors in sorted(rated)[:PAPERS] if rate]
    return brought


def _telling(*names: str) -> set[str]:
    return {word for name in names for word in words(name) if len(word) > 2}


def write(site: Path, index: list[dict]) -> None:
    """Write what our worker reads."""
    (site / INDEX).parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    (site / INDEX).write_text(text, encoding="utf-8", newline="\n")


@dataclass
class Section:
    """What stands under one heading, as far as no heading below it takes it."""

    heading: html.HtmlElement | None = None
    depth: float = 0
    id: str = ""
    title: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def sections(page: str, location: str, title: str) -> list[dict[str, str]]:
    """What a page says under each of its headings, as Material's search cuts it.

    A heading inside a box ends with the box: what follows belongs to the section around it. Code is left
    out, so is the second copy of a formula, and what says ``data-search-exclude``.

    Args:
        page: A built page.
        location: Where it stands in the site.
        title: That of what stands before the first heading.

    Returns:
        For each section its ``location``, ``title`` as HTML, ``text``, and what of the text is ``told`` first
        or asked next.
    """
    cut = _Cut()
    start, end = page.find("<article "), page.rfind("</article>")
    if 0 <= start < end:
        for element in html.fragment_fromstring(NO_PROSE.sub(" ", page[start:end])):
            cut.read(element, 1)
            cut.add(element.tail)
    return [{"location": f"{location}#{section.id}" if section.id else location,
             "title": "".join(section.title).strip() or title, "text": "".join(section.text),
             "told": " ".join(section.told)}
            for section in cut.found
            if section.heading is None or "data-search-exclude" not in section.heading.attrib]


class _Cut:
    """The sections of a page, filled element by element."""

    def __init__(self) -> None:
        self.found: list[Section] = []
        self.now = Section()  # nothing yet
        self.in_title = False

    def add(self, text: str | None) -> None:
        if not text or not (self.found or text.strip()):
            return
        if not self.found:
            self.found.append(self.now)
        if self.in_title:
            self.now.title.append(escape(text, quote=False).replace("\n", " "))
        else:
            self.now.text.append(text)

    def read(self, element: html.HtmlElement, depth: int) -> None:
        """Take up an element that stands ``depth`` deep in the article."""
        tag, kind = element.tag, element.get("class", "")
        if not isinstance(tag, str) or kind in NOT_OF_THE_PAGE or kind.startswith("md-content__button"):
            return
        asked = tag == "summary" and element.getparent().get("class") == "question"
        if asked or kind == "admonition abstract":
            self.now.told.append(TEXT(element))
        begins = tag in HEADINGS and "id" in element.attrib
        if begins:
            if not self.found and tag != "h1":
                self.found.append(self.now)
            self.now = Section(element, depth, element.get("id") if self.found else "")
            self.found.append(self.now)
            self.in_title = True
        elif not self.found:
            self.found.append(self.now)
        if kind == "katex-html":  # hundreds of elements, all of them parts of one word
            self.add(TEXT(element))
        elif tag not in NO_TEXT and "data-search-exclude" not in element.attrib:
            self._read_inside(element, depth)
        if begins:
            self.in_title = False
        if self.now.depth > depth:  # its box ends here, and it is not taken up again
            self.now.depth = math.inf
            self.now = next(section for section in reversed(self.found) if section.depth <= depth)

    def _read_inside(self, element: html.HtmlElement, depth: int) -> None:
        begin, end = "", ""
        if element.tag in APART:  # kept in a title, which is shown; in a text it only ends a word
            shown = self.in_title and TEXT(element).strip()
            begin, end = (f"<{element.tag}>", f"</{element.tag}>") if shown else (" ", " ")
        into = self.now.title if self.in_title else self.now.text
        into.append(begin)
        self.add(element.text)
        for child in element:
            self.read(child, depth + 1)
            self.add(child.tail)
        (self.now.title if self.in_title else self.now.text).append(end)


def condense(docs: list[dict[str, str]], fronts: Mapping[str, pages.PageFront],
             papers: Mapping[str, list[str]] | None = None) -> list[dict]:
    """One entry for each page out of one for each section.

    Args:
        docs: ``location``, ``title`` as HTML and ``text`` of each section.
        fronts: The front matter of pages by location, such as ``optimization/adam/``.
        papers: What each page is about of what it cites.

    Returns:
        For each page its location, title, names, description, papers, the words it says often and the
        others, and its sections: id, heading, beginning.
    """
    by_page: dict[str, list[dict]] = {}
    for entry in docs:
        by_page.setdefault(entry["location"].partition("#")[0], []).append(entry)
    counts = {page: Counter(word for entry in entries if not entry["location"].endswith("#sources")
                            for word in words(entry["text"]))
              for page, entries in by_page.items() if not page.startswith("reference/")}
    # What stands on every third page tells none from another.
    pages_with = Counter(word for count in counts.values() for word in count)
    common = {word for word, number in pages_with.items() if number > max(10, len(counts) / 3)}
    # What a section such as Common mistakes begins with is not worth its bytes: its name leads nobody there.
    headings = Counter(entry["title"] for entry in docs)
    for entry in docs:
        if headings[entry["title"]] > max(10, len(counts) / 4):
            entry["beginning"] = ""
    for page, entries in by_page.items():
        for word in words(" ".join(entry.get("told", "") for entry in entries)):
            if page in counts and word in counts[page]:
                counts[page][word] += OFTEN
    return [_entry(page, entries, counts.get(page, Counter()), common, fronts.get(page))
            | {"papers": (papers or {}).get(page, [])}
            for page, entries in by_page.items()]


def words(text: str) -> list[str]:
    """The words of a text as the worker sees those of a query: plain letters and digits, no plural.

    >>> words("Schrödinger's β₂, L₁ losses and 1×1: C++")
    ['schrodinger', 'beta', '2', 'l1', 'loss', 'and', '1x1', 'cplusplus']
    """
    text = unicodedata.normalize("NFKD", text.lower().replace("c++", "cplusplus").translate(NAMED))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    found = re.split(r"[^a-z0-9]+", text)
    return [singular(word) for word in found if len(word) > 1 or word.isdigit()]


def singular(word: str) -> str:
    """A word without its plural's ending.

    >>> [singular(word) for word in ["losses", "boxes", "queries", "gates", "bias", "radius"]]
    ['loss', 'box', 'query', 'gate', 'bias', 'radius']
    """
    for ending, instead in PLURALS:
        if ending.search(word):
            return ending.sub(instead, word)
    return word


def _entry(page: str, entries: list[dict], count: Counter, common: set[str],
           front: pages.PageFront | None) -> dict:
    kept = {word: number for word, number in count.items()
            if word not in common and WORD.fullmatch(word)}
    sections = [[entry["location"].partition("#")[2], entry["title"],
                 "" if page.startswith("reference/") else entry.get("beginning", _beginning(entry["text"]))]
                for entry in entries[1:] if not entry["location"].endswith("#sources")]
    names = [front.title, *getattr(front, "aliases", [])] if front else []
    return {"location": page, "title": entries[0]["title"], "names": names,
            "about": front.description if front else "",
            "often": " ".join(sorted(word for word, number in kept.items() if number >= OFTEN)),
            "words": " ".join(sorted(word for word, number in kept.items() if number < OFTEN)),
            "sections": sections}


def location(source: str) -> str:
    """Where a page of docs/ stands on the site."""
    folder = re.sub(r"(^|/)index$", r"\1", source.rpartition(".")[0])
    return folder if not folder or folder.endswith("/") else f"{folder}/"


def _beginning(text: str) -> str:
    """The first words of a section, whole ones."""
    plain = " ".join(text.split())
    return plain if len(plain) <= EXCERPT else plain[:EXCERPT].rsplit(" ", 1)[0] + " …"
