"""Rules about citations and the sources they point to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guide import references
from guide.check.project import Project
from guide.faults import Fault, did_you_mean, shorten

CITATION_LIKE = re.compile(r"\[[^\[\]()]*@[\w:.-]+[^\[\]()]*\](?!\()")


def citations_are_listed(project: Project) -> Iterator[Fault]:
    """Each citation names a known source that the page lists; each source listed is cited."""
    for page in project.pages:
        listed: dict[str, int] = {}
        for key, line in page.sources:
            if key in listed:
                yield Fault(page.path, line, f"lists `{key}` a second time, first in line {listed[key]}: "
                                             "keep one")
            listed.setdefault(key, line)
        for key, line in [*page.citations, *listed.items()]:
            if key not in project.references:
                yield Fault(page.path, line, f"source `{key}` is not in {references.PATH}: add it "
                                             f"there{did_you_mean(key, project.references)}")
        cited = {key for key, _ in page.citations}
        if cited and not any(heading.level == 2 and heading.text == "Sources" for heading in page.headings):
            yield Fault(page.path, page.citations[0][1], 'cites a source, but section "Sources" is missing: '
                                                         "add `## Sources` with one `- [@key]: …` each")
            continue
        for key, line in page.citations:
            if key not in listed and key in project.references:
                yield Fault(page.path, line, f"cites `{key}`, which this page's Sources do not list: "
                                             f"add `- [@{key}]: …`")
        for key, line in listed.items():
            if key not in cited and key in project.references:
                yield Fault(page.path, line, f"lists `{key}`, which the text never cites: "
                                             f"cite it as `[@{key}]` where it backs a claim")
        for line, text in enumerate(page.visible.split("\n"), start=page.body_line):
            for found in CITATION_LIKE.finditer(text):
                if not references.CITATION.fullmatch(found[0]):
                    yield Fault(page.path, line, f"citation `{shorten(found[0])}` is not understood: "
                                                 "write `[@key]`, one pair of brackets for each source")


def references_are_cited(project: Project) -> Iterator[Fault]:
    """No source is idle."""
    used = {key for page in project.pages for key, _ in [*page.citations, *page.sources]}
    for key in project.references:
        if key not in used and project.all_pages_read:
            yield Fault(references.PATH, project.reference_lines[key],
                        f"source `{key}` is cited by no page: remove it")


def sources_stand_once(project: Project) -> Iterator[Fault]:
    """One paper has one key, or its readers meet it as two."""
    seen: dict[tuple[str, str], str] = {}
    for key, reference in project.references.items():
        for name in ("arxiv", "doi", "url"):
            value = getattr(reference, name)
            first = seen.setdefault((name, value.rstrip("/").lower()), key) if value else key
            if first != key:
                yield Fault(references.PATH, project.reference_lines[key],
                            f"source `{key}` has the {name} of `{first}`, `{shorten(value)}`: "
                            f"cite `{first}` and remove this entry")
