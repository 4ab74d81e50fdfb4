"""The search: a small index of the answers, fetched at the first query, and the worker that reads it.

Material's own search fetches the text of every section with each first page and indexes it on the
reader's phone. Here its window, keys and list of results stay, and behind them stands
guide/web/bundles/search.js, which speaks the same four messages. It finds a page by its name, the
names people use for it, its headings and its words, misspelled or cut short, and needs a third of
the bytes for it (168 KB instead of 480 for 161 pages), because a word of a page is listed once.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from guide import pages, security
from guide.faults import Fault, GuideError

MATERIALS = "search/search_index.json"  # Material fetches it with each first page
INDEX = "search/answers.json"
WORKER = "assets/vendor/search/search.js"

EXCERPT = 120  # characters of a section that a result shows
OFTEN = 4  # a page that says a word so often is about it
NOT_TEXT = re.compile(r"<pre.*?</pre>|<[^>]+>", re.DOTALL)
WORD = re.compile(r"[a-z]{2,24}[0-9]{0,2}")  # and no formula with its blanks lost
PLURAL = re.compile(r"(?<=\w{3})(?<![siu])s$")
NAMED = str.maketrans({"α": " alpha ", "β": " beta ", "γ": " gamma ", "δ": " delta ", "ε": " epsilon ",
                       "θ": " theta ", "λ": " lambda ", "μ": " mu ", "π": " pi ", "ρ": " rho ",
                       "σ": " sigma ", "τ": " tau ", "φ": " phi ", "∇": " gradient ", "×": "x"})


def finish(root: Path, site: Path) -> None:
    """Write the index, empty Material's and name our worker on every page.

    Raises:
        GuideError: If our worker is missing, or a page is without the place where Material names its own.
    """
    found = json.loads((site / MATERIALS).read_text(encoding="utf-8"))
    fronts = {location(page.source): page.front for page in pages.read(root)[0]}
    _write(site / INDEX, condense(found["docs"], fronts))
    _write(site / MATERIALS, found | {"docs": []})
    faults = []
    if not (site / WORKER).exists():
        faults.append(Fault(f"site/{WORKER}", 0, "is missing: run `python3 -m guide.install site`, which "
                                                 "bundles it"))
    for path in sorted(site.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        config = security.CONFIG.search(text)
        if config is None:
            continue  # a redirect
        changed = re.sub(r'("search": "[^"]*?)assets/javascripts/workers/search\.\w+\.min\.js"',
                         rf'\g<1>{WORKER}"', config[0])
        if changed == config[0]:
            name = path.relative_to(site).as_posix()
            faults.append(Fault(f"site/{name}", 0, "names no search worker where guide/search.py looks for "
                                                   "it: mend the pattern there"))
        path.write_text(text.replace(config[0], changed), encoding="utf-8", newline="\n")
    if faults:
        raise GuideError(*faults)


def condense(docs: list[dict], fronts: Mapping[str, pages.PageFront]) -> list[dict]:
    """One entry for each page out of Material's, which has one for each section.

    Args:
        docs: ``location``, ``title`` and ``text`` as HTML.
        fronts: The front matter of pages by location, such as ``optimization/adam/``.

    Returns:
        For each page its location, title, names, description, the words it says often and the others,
        and its sections: id, heading, beginning.
    """
    by_page: dict[str, list[dict]] = {}
    for entry in docs:
        by_page.setdefault(entry["location"].partition("#")[0], []).append(entry)
    counts = {page: Counter(word for entry in entries if not entry["location"].endswith("#sources")
                            for word in words(_plain(entry["text"])))
              for page, entries in by_page.items() if not page.startswith("reference/")}
    # What stands on every third page tells none from another.
    pages_with = Counter(word for count in counts.values() for word in count)
    common = {word for word, number in pages_with.items() if number > max(10, len(counts) / 3)}
    return [_entry(page, entries, counts.get(page, Counter()), common, fronts.get(page))
            for page, entries in by_page.items()]


def words(text: str) -> list[str]:
    """The words of a text as the worker sees those of a query: plain letters and digits, no plural.

    >>> words("Schrödinger's β₂, L₁ losses and 1×1: C++")
    ['schrodinger', 'beta', '2', 'l1', 'losse', 'and', '1x1', 'cplusplus']
    """
    text = unicodedata.normalize("NFKD", text.lower().replace("c++", "cplusplus").translate(NAMED))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    found = re.split(r"[^a-z0-9]+", text)
    return [PLURAL.sub("", word) for word in found if len(word) > 1 or word.isdigit()]


def _entry(page: str, entries: list[dict], count: Counter, common: set[str],
           front: pages.PageFront | None) -> dict:
    kept = {word: number for word, number in count.items()
            if word not in common and WORD.fullmatch(word)}
    sections = [[entry["location"].partition("#")[2], entry["title"],
                 "" if page.startswith("reference/") else _beginning(entry["text"])]
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


def _plain(text: str) -> str:
    return html.unescape(NOT_TEXT.sub(" ", text))


def _beginning(text: str) -> str:
    """The first words of a section, whole ones."""
    plain = " ".join(_plain(text).split())
    return plain if len(plain) <= EXCERPT else plain[:EXCERPT].rsplit(" ", 1)[0] + " …"


def _write(path: Path, data: object) -> None:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, encoding="utf-8", newline="\n")
