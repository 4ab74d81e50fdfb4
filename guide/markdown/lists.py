"""Lists that nobody keeps by hand: a comment in a page becomes the list it names.

``<!-- questions topic=data -->``, ``level=core`` or ``asked=often``: questions with their answers.
``<!-- topics -->``: the topics, with how many questions are answered.
``<!-- reference topic=data -->``: the API of a topic's snippets.
``<!-- minutes -->``: below a list of links to answers, how long each takes to read, and all together.
``<!-- search -->``: a field that opens the search.
``<!-- downloads -->``: what a reader can take along, see guide/downloads.py.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container
from pathlib import Path

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from guide import downloads, pages, snippets, syllabus
from guide.faults import Fault, GuideError, shorten
from guide.markdown import current_page, project_root
from guide.markdown.answer import ASKED_WORDS
from guide.notebooks import page_address

DIRECTIVE = re.compile(r"^<!--\s*(?P<name>[a-z]+)(?:\s+(?P<key>[a-z]+)=(?P<value>[\w-]+))?\s*-->\s*$")

LINKED = re.compile(r"^- \[.+\]\((?P<target>[^)#\s]+)\)$")


# What a comment can ask for, and who makes it.
LISTS = {
    ("questions", "topic"): "_topic",
    ("questions", "level"): "_front",
    ("questions", "asked"): "_front",
    ("topics", None): "_topics",
    ("reference", "topic"): "_reference",
    ("minutes", None): "_minutes",
    ("search", None): "_search",
    ("downloads", None): "_downloads",
}


def explain(match: re.Match, topics: list[str]) -> str:
    """What is wrong with a comment that asks for a list, and what to write instead; empty if nothing is."""
    name, key, value = match["name"], match["key"], match["value"]
    if (name, key) not in LISTS:
        known = ", ".join(f"`{name} {key}=…`" if key else f"`{name}`" for name, key in LISTS)
        return f"`{match[0].strip()}` asks for no list of the guide: write one of {known}"
    choices = {"topic": topics, "level": pages.LEVELS, "asked": pages.ASKED}.get(key, ())
    if choices and value not in choices:
        return f"`{match[0].strip()}` names no {key} of the guide: write one of {', '.join(choices)}"
    return ""


def list_above(lines: list[str]) -> list[str]:
    """The lines down to the end of ``lines``, back to the last empty one.

    >>> list_above(["Read:", "", "- [A](a.md)", "- [B](b.md)"])
    ['- [A](a.md)', '- [B](b.md)']
    """
    first = len(lines)
    while first and lines[first - 1].strip():
        first -= 1
    return lines[first:]


def explain_minutes(root: Path, source: str, links: list[str],
                    unreadable: Container[str] = ()) -> tuple[int, str]:
    """What is wrong with the lines above ``<!-- minutes -->``: which of them, and what to write instead.

    The text is empty if nothing is. Pages that are ``unreadable``, as paths from the root, have faults of
    their own.
    """
    if not links:
        return 0, ("`<!-- minutes -->` stands below no list: write "
                   "it after lines such as `- [Momentum](../optimization/momentum.md)`")
    seen = set()
    for number, link in enumerate(links):
        found = LINKED.match(link)
        if found is None:
            return number, (f"`{shorten(link)}` above `<!-- minutes -->` is no link to an answer: write "
                            "each line as `- [Momentum](../optimization/momentum.md)` and nothing else, "
                            "with an empty line before the first")
        page = linked_page(root, source, found["target"])
        if page is None and f"docs/{_target(source, found['target'])}" in unreadable:
            continue
        if page is None or not page.is_answer:
            return number, (f"`{found['target']}` above `<!-- minutes -->` is no "
                            "answer: link to the page of one, or take the line out of the list")
        if page.source in seen:
            return number, (f"`{found['target']}` stands twice above `<!-- minutes -->`, which would count "
                            "its minutes twice: keep one")
        seen.add(page.source)
    return 0, ""


def linked_page(root: Path, source: str, target: str) -> pages.Page | None:
    """The page that a link of the page at ``source`` leads to; None if none can be read there."""
    return pages.find(root, _target(source, target))


def _target(source: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), target))


class ListsPreprocessor(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        result: list[str] = []
        prose = pages.split_fences("\n".join(lines), 1)[1]
        for line, outside_code in zip(lines, prose, strict=True):
            match = DIRECTIVE.match(outside_code)
            if match is None:
                result.append(line)
                continue
            self.page = current_page(self.md) or "index.md"
            self.above = result
            wrong = explain(match, syllabus.load(project_root()).topics)
            if wrong:
                raise GuideError(Fault(f"docs/{self.page}", 0, wrong))
            make = getattr(self, LISTS[match["name"], match["key"]])
            result += ["", *make(match["key"], match["value"]), ""]
        return result

    def _link(self, target: str) -> str:
        return posixpath.relpath(target, posixpath.dirname(self.page) or ".")

    def _answers(self) -> dict[str, pages.Page]:
        found = pages.read(project_root())[0]
        return {slug: page for page in found if page.is_answer for slug in page.front.answers}

    def _topic(self, key: str, topic: str) -> list[str]:
        answers = self._answers()
        questions = syllabus.load(project_root()).of_topic(topic)
        items = _classed("guide-questions",
                         [self._item(question, answers.get(question.slug)) for question in questions])
        if not any(question.slug in answers for question in questions):
            return items
        # Filled by docs/assets/guide/progress.js with what the reader knows; empty without a script.
        return [f'<div class="guide-progress" data-topic="{topic}"></div>', "", *items]

    def _front(self, key: str, value: str) -> list[str]:
        answers = self._answers()
        items = [self._item(question, answers[question.slug])
                 for question in syllabus.load(project_root()).questions.values()
                 if question.slug in answers and getattr(answers[question.slug].front, key) == value]
        return _classed("guide-questions", items) if items else ["None yet."]

    def _item(self, question: syllabus.Question, page: pages.Page | None) -> str:
        if page is None:
            return (f'- <span class="guide-waiting">{question.text}</span> '
                    "*not answered yet*{ .guide-open }")
        link = self._link(page.source) + page.anchor(question.slug)
        return f"- [{question.text}]({link}) *{_facts(page)}*{{ .guide-facts }}"

    def _minutes(self, key: None, value: None) -> list[str]:
        links = list_above(self.above)
        wrong = explain_minutes(project_root(), self.page, links)[1]
        if wrong:
            raise GuideError(Fault(f"docs/{self.page}", 0, wrong))
        del self.above[-len(links):]
        items, total = [], 0
        for link in links:
            page = linked_page(project_root(), self.page, LINKED.match(link)["target"])
            total += page.minutes
            items.append(f"{link} *{_facts(page)}*{{ .guide-facts }}")
        return [*_classed("guide-questions", items), "", f"*{_duration(total)} to read*{{ .guide-facts }}"]

    def _topics(self, key: None, value: None) -> list[str]:
        answers, promised = self._answers(), syllabus.load(project_root())
        found = pages.read(project_root())[0]
        titles = {page.topic: page.front.title for page in found if page.stem == "index"}
        rows = []
        for topic in promised.topics:
            questions = promised.of_topic(topic)
            done = sum(question.slug in answers for question in questions)
            rows.append(f"- [{titles.get(topic, topic)}]({self._link(f'{topic}/index.md')}) "
                        f"*{done} of {len(questions)} answered*{{ .guide-facts }}")
        return _classed("guide-topics", rows)

    def _search(self, key: None, value: None) -> list[str]:
        # A label needs no script of ours; without scripts there is no search, and the style sheet hides it.
        return ['<label class="guide-search" for="__search"><span role="button" tabindex="0">'
                "Search: try BN, RPN, dropout 75 %</span></label>"]

    def _downloads(self, key: None, value: None) -> list[str]:
        return downloads.links(posixpath.relpath(".", page_address(self.page) or "."))

    def _reference(self, key: str, topic: str) -> list[str]:
        known = {(page.topic, page.stem): page for page in pages.read(project_root())[0] if page.is_answer}
        result = []
        for snippet in snippets.find(project_root()):
            if snippet.topic != topic or snippet.kind not in ("numpy", "torch"):
                continue
            page = known.get((topic, snippet.stem))
            result += [f"## {snippet.name} {{ #{snippet.name} }}", ""]
            if page:
                result += [f"Answer: [{page.question}]({self._link(page.source)})", ""]
            result += [f"::: {snippet.module}", ""]
        return result or ["No code in this topic yet."]


def _facts(page: pages.Page) -> str:
    return f"{page.front.level}, {ASKED_WORDS[page.front.asked]}, {page.minutes} min"


def _duration(minutes: int) -> str:
    """Minutes in words.

    >>> _duration(59), _duration(60), _duration(125)
    ('59 min', '1 h', '2 h 5 min')
    """
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours))


def _classed(name: str, items: list[str]) -> list[str]:
    # Markdown has no way to name a list's class, so a box around it carries the class.
    return [f'<div class="{name}" markdown>', "", *items, "", "</div>"]


class ListsExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        # Before fences and HTML are taken out.
        md.preprocessors.register(ListsPreprocessor(md), "guide_lists", 45)


def makeExtension(**options) -> ListsExtension:
    return ListsExtension(**options)
