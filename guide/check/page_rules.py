"""Rules about a page as a whole: its place, its slugs, its sections."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from guide import redirects, syllabus
from guide.check.project import Project
from guide.check.rendering import heading_ids
from guide.faults import Fault, did_you_mean
from guide.markdown import lists
from guide.pages import SAY_FIRST, Heading, Page

LINK = re.compile(
    r"(?:\]\(|^ *\[(?!\^)[^\]\n]+\]:) *<?(?=[^)>\s])"  # in the text, or where a reference is defined
    r"(?P<target>(?!//)[^()<>\s#?:]*)(?:#(?P<anchor>[^()<>\s]*))?(?=[)>\s])", re.MULTILINE)
ID = re.compile(r"(?:\{[^{}\n]*#|\bid=[\"']?)(?P<id>[\w.-]+)")
GENERATED = re.compile(r"<!-- *(questions|reference|topics)\b")  # pages that get headings from a program
MADE_SECTION = "Your turn"  # by the build, on each answer with code
MADE_ID = "your-turn"
SHORT_ANSWER_WORDS = (40, 120)
FOLLOW_UPS = (3, 5)
FOLLOW_UP_SECTION = "What they ask next"
SECTION_ORDER = ("Code", "Common mistakes", FOLLOW_UP_SECTION, "Sources")


def pages_in_navigation(project: Project) -> Iterator[Fault]:
    """Every page is in the navigation once, and every entry of the navigation is a page."""
    paths = {page.path for page in project.pages} | project.unreadable_pages
    names = {path.removeprefix("docs/") for path in paths}
    listed: dict[str, int] = {}
    for name, line in project.navigation:
        if re.match(r"https?://", name):
            continue
        if name in listed:
            yield Fault("mkdocs.yml", line, f"navigation names `{name}` a second time, first in line "
                                            f"{listed[name]}: keep one")
        elif name not in names:
            yield Fault("mkdocs.yml", line, f"navigation names `{name}`, which is not in docs/: write the "
                                            f"page or remove the entry{did_you_mean(name, names)}")
        listed.setdefault(name, line)
    for name in sorted(names - set(listed)):
        yield Fault(f"docs/{name}", 0, f"is not in the navigation: add `- {name}` below its topic "
                                       "in mkdocs.yml")


def moved_pages_are_redirected(project: Project) -> Iterator[Fault]:
    """No page goes without a line in docs/redirects.yml that says where its answer stands now."""
    paths = {page.path for page in project.pages} | project.unreadable_pages
    yield from redirects.faults(project.root, paths)


def topics_have_their_pages(project: Project) -> Iterator[Fault]:
    """Each topic has an index; each topic with code has a reference page."""
    paths = {page.path for page in project.pages} | project.unreadable_pages
    with_code = {snippet.topic for snippet in project.snippets if snippet.kind in ("numpy", "torch")}
    for topic in project.syllabus.topics:
        index, reference = f"docs/{topic}/index.md", f"docs/reference/{topic}.md"
        if index not in paths:
            yield Fault(index, 0, "is missing: write the topic's page, "
                                  f"with `<!-- questions topic={topic} -->`")
        if topic in with_code and reference not in paths:
            yield Fault(reference, 0, "is missing: write the page with the API of the topic's snippets, "
                                      f"`<!-- reference topic={topic} -->`")


def slugs_known_and_answered_once(project: Project) -> Iterator[Fault]:
    """Each slug is known, stands in its topic's folder, is answered once, and can be linked."""
    seen: dict[str, str] = {}
    for page in project.answers:
        ids = {heading.id for heading in page.headings}
        for index, slug in enumerate(page.front.answers):
            line = page.front_lines.get(("answers", str(index)), 0)
            question = project.syllabus.questions.get(slug)
            if question is None:
                near = did_you_mean(slug, project.syllabus.questions)
                yield Fault(page.path, line, f"slug `{slug}` is not in {syllabus.PATH}: use one of its "
                                             f"slugs, or add the question{near}")
                continue
            if slug in seen:
                yield Fault(page.path, line, f"slug `{slug}` is answered in {seen[slug]} already: "
                                             "remove it from one of them")
            seen.setdefault(slug, page.path)
            if question.topic != page.topic:
                yield Fault(page.path, line, f"slug `{slug}` belongs to the topic `{question.topic}`: "
                                             f"move the page to docs/{question.topic}/")
            if slug != page.stem and slug not in ids and not page.is_notebook:
                yield Fault(page.path, line, f"slug `{slug}` has no heading: "
                                             f"write one as `## … {{ #{slug} }}`")


def prerequisites_exist(project: Project) -> Iterator[Fault]:
    """A prerequisite is another answer of the guide."""
    known = {f"{page.topic}/{page.stem}" for page in project.answers}
    unreadable = {re.sub(r"^docs/|\.\w+$", "", path) for path in project.unreadable_pages}
    for page in project.answers:
        for index, name in enumerate(page.front.prerequisites):
            line = page.front_lines.get(("prerequisites", str(index)), 0)
            if name == f"{page.topic}/{page.stem}":
                yield Fault(page.path, line, f"prerequisite `{name}` is the page itself: remove it")
            elif name not in known | unreadable:
                yield Fault(page.path, line, f"prerequisite `{name}` is no answer: write `<topic>/<stem>` "
                                             f"of a page{did_you_mean(name, known)}")


def headings_in_order(project: Project) -> Iterator[Fault]:
    """A page has one top heading, and no heading skips a level."""
    for page in project.pages:
        top = [heading for heading in page.headings if heading.level == 1]
        if len(top) != 1:
            line = top[1].line if top else page.body_line
            yield Fault(page.path, line, f"has {len(top)} headings of level 1: "
                                         "write the question once, as `# …`")
        seen: dict[str, int] = {}
        previous = 1
        for heading in page.headings:
            if heading.id and seen.setdefault(heading.id, heading.line) != heading.line:
                yield Fault(page.path, heading.line, f"id `{heading.id}` stands here a second time, first in "
                                                     f"line {seen[heading.id]}: give this heading another")
            if heading.level > previous + 1:
                yield Fault(page.path, heading.line,
                            f"heading `{heading.text}` skips from level {previous} to {heading.level}: "
                            f"use `{'#' * (previous + 1)}`")
            previous = heading.level
        for found in re.finditer(r"^#{1,6}[ ]*$", page.prose, re.MULTILINE):
            yield Fault(page.path, page.body_line + page.prose.count("\n", 0, found.start()),
                        f"heading `{found[0].strip()}` is empty: write its words, or remove it")
        for found in re.finditer(r"(?:^|\n\n)(?P<text>\S[^\n]*)\n(?:=+|-+) *(?=\n|$)", page.prose):
            line = page.body_line + page.prose[: found.start("text")].count("\n")
            yield Fault(page.path, line, f"`{found['text'].strip()}` is made a heading by the line below it: "
                                         "write `## …`, or leave an empty line before `---`")


def short_answer_can_be_said(project: Project) -> Iterator[Fault]:
    """An answer starts with a short answer of the length that can be said aloud."""
    low, high = SHORT_ANSWER_WORDS
    for page in project.answers:
        if page.is_notebook:
            continue
        boxes = [line for line, text in enumerate(page.visible.split("\n"), start=page.body_line)
                 if SAY_FIRST.match(text)]
        if len(boxes) > 1:
            yield Fault(page.path, boxes[1], f'"Say this first" stands here a second time, first in line '
                                             f"{boxes[0]}: keep one")
        if not page.short_answer:
            top = next((heading.line for heading in page.headings), page.body_line)
            yield Fault(page.path, page.short_answer_line or top,
                        'section "Say this first" is missing: after the title write '
                        '`!!! abstract "Say this first"` and indent the answer by 4 spaces')
            continue
        words = len(re.sub(r"\${1,2}[^$]+\${1,2}", " x ", page.short_answer).split())
        if not low <= words <= high:
            yield Fault(page.path, page.short_answer_line,
                        f'"Say this first" has {words} words: say it in {low} to {high}')
        if any(heading.level > 1 and heading.line < page.short_answer_line for heading in page.headings):
            yield Fault(page.path, page.short_answer_line,
                        '"Say this first" stands below another section: move it right below the title')


def follow_ups_are_answered(project: Project) -> Iterator[Fault]:
    """An answer has three to five follow-up questions, each with its answer."""
    low, high = FOLLOW_UPS
    for page in project.answers:
        if page.is_notebook:
            continue
        heading = _section(page, FOLLOW_UP_SECTION)
        if heading is None:
            yield Fault(page.path, 0, f'section "{FOLLOW_UP_SECTION}" is missing: add '
                                      f'`## {FOLLOW_UP_SECTION}` with {low} to {high} `??? question "…"`')
            continue
        below = [other.line for other in page.headings if other.level <= 2 and other.line > heading.line]
        inside = [(text, line) for text, line in page.follow_ups
                  if heading.line < line < min(below, default=float("inf"))]
        if not low <= len(inside) <= high:
            yield Fault(page.path, heading.line,
                        f'"{FOLLOW_UP_SECTION}" has {len(inside)} questions: write {low} to {high}, '
                        'each as `??? question "…"`')

def sections_in_order(project: Project) -> Iterator[Fault]:
    """The sections that an answer has stand in the guide's order."""
    for page in project.answers:
        found = [heading for heading in page.headings
                 if heading.level == 2 and heading.text in SECTION_ORDER]
        wanted = sorted(found, key=lambda heading: SECTION_ORDER.index(heading.text))
        if found != wanted:
            misplaced = next(is_ for is_, should_be in zip(found, wanted, strict=True) if is_ != should_be)
            yield Fault(page.path, misplaced.line,
                        f"sections stand in the order {_names(found)}: put them as {_names(wanted)}")
        for heading in page.headings:
            if heading.text.lower() == MADE_SECTION.lower():
                yield Fault(page.path, heading.line, f'section "{MADE_SECTION}" is made by the build: remove '
                                                     "it, or name yours otherwise")


def lists_are_known(project: Project) -> Iterator[Fault]:
    """A comment that asks for a list asks for one that the guide can make."""
    for page in project.pages:
        for line, text in enumerate(page.prose.split("\n"), start=page.body_line):
            found = lists.DIRECTIVE.match(text)
            if found and (wrong := lists.explain(found, project.syllabus.topics)):
                yield Fault(page.path, line, wrong)


def minutes_are_those_of_answers(project: Project) -> Iterator[Fault]:
    """A list with reading times links to answers and to nothing else."""
    missing = {(fault.path, fault.line) for fault in links_lead_to_pages(project)}
    for page in project.pages:
        lines = page.prose.split("\n")
        for number, text in enumerate(lines):
            found = lists.DIRECTIVE.match(text)
            if found is None or (found["name"], found["key"]) != ("minutes", None):
                continue
            links = lists.list_above(lines[:number])
            at, wrong = lists.explain_minutes(project.root, page.source, links, project.unreadable_pages)
            line = page.body_line + number - len(links) + at
            if wrong and (page.path, line) not in missing:
                yield Fault(page.path, line, wrong)


def links_lead_to_pages(project: Project) -> Iterator[Fault]:
    """A link to a page of the guide leads to one that exists, by its file, and to an anchor that it has."""
    pages = {page.path: page for page in project.pages}
    paths = set(pages) | project.unreadable_pages
    for page in project.pages:
        drawn = {source for _, source, _ in page.images}
        anchors = []
        for found in LINK.finditer(page.visible):
            target, line = found["target"], page.body_line + page.visible.count("\n", 0, found.start())
            path = page.path
            if target:
                path = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            if target in drawn:
                continue
            elif path not in paths:
                yield Fault(page.path, line, _explain_link(target, did_you_mean(path, paths)))
            elif found["anchor"] and path in pages:
                anchors.append((found["anchor"], pages[path], line))
        outlines = [f"{anchor} {line} {_outline(other)}" for anchor, other, line in anchors]
        yield from project.memory.faults(_lost_anchors, page, anchors, content=[page.path, *outlines])


def _explain_link(target: str, near: str) -> str:
    if not target.endswith((".md", ".ipynb")) or target.startswith("/"):
        return (f"link `{target}` names no file of a page: write the path of its .md file from this page, as "
                f"in `../optimization/adam.md`{near}")
    return (f"link `{target}` leads to no page: write the path from this page, "
            f"or mention the answer without a link until it is there{near}")


def _lost_anchors(page: Page, anchors: list[tuple[str, Page, int]]) -> Iterator[Fault]:
    for anchor, other, line in anchors:
        if other.is_notebook or GENERATED.search(other.prose):
            continue  # the build looks at these
        known = heading_ids(other) | {found["id"] for found in ID.finditer(other.prose)} | {MADE_ID}
        if anchor not in known:
            yield Fault(page.path, line, f"link `#{anchor}` leads to nothing in {other.path}: write the id "
                                         f"of one of its headings{did_you_mean(anchor, known)}")


def _outline(page: Page) -> str:
    """What gives a page its ids."""
    return "\n".join(line for line in page.prose.split("\n") if re.search("#|id=|<!--", line))


def _section(page: Page, name: str) -> Heading | None:
    return next((heading for heading in page.headings if heading.level == 2 and heading.text == name), None)


def _names(headings: list[Heading]) -> str:
    return ", ".join(heading.text for heading in headings)
