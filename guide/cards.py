"""Answers as flashcards, taken from the built pages: what the reader reviews and is interviewed with.

A card is an answer page: its question in front, its short answer and follow-ups behind. The HTML
is the page's own, formulas included, so a card can never say something else than its page.
"""

from __future__ import annotations

import ast
import copy
import json
import posixpath
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree, html
from pydantic import TypeAdapter

from guide import files, kept, pages, snippets, syllabus
from guide.faults import Fault, GuideError
from guide.notebooks import page_address

FOLDER = "practise"
BEHAVIORAL_TOPICS = ("interviews", "perspective")
DESIGN_TOPICS = ("data", "deployment", "reinforcement_learning")
KINDS = ("warm-up", "concepts", "coding", "design", "behavioral")
# Headings that every page has; the others say what a complete answer covers.
COMMON_HEADINGS = ("Worked numbers", "Code", "Common mistakes", "Your turn", "What they ask next", "Sources")


@dataclass(frozen=True)
class FollowUp:
    """What they ask next: plain text to read aloud, and HTML to show."""

    question: str
    question_html: str
    answer: str


@dataclass(frozen=True)
class Card:
    """One answer. Every address is relative to the site's root, without a slash before it."""

    id: str  # <topic>/<stem>, as prerequisites name it
    slugs: tuple[str, ...]
    title: str
    question: str
    topic: str
    topic_title: str
    level: str
    asked: str
    roles: tuple[str, ...]  # empty: every role
    kinds: tuple[str, ...]  # the parts of an interview that it fits
    task: str  # the question when code is asked for; empty without code
    address: str
    anchors: dict[str, str]  # slug: address of the heading that answers it
    points: tuple[str, ...]  # what the page explains, by its headings
    answer: str  # "Say this first" as HTML
    code: str  # the page's own code as HTML
    follow_ups: tuple[FollowUp, ...]


CARD = TypeAdapter(Card)
GUIDE = tuple(sorted(Path(__file__).parent.glob("*.py")))  # any of them may shape a card


def cards(root: Path, site: Path) -> list[Card]:
    """The card of every answer, in the order of the syllabus.

    Raises:
        GuideError: If a built page does not hold what its source says.
    """
    promised = syllabus.load(root)
    place = {slug: number for number, slug in enumerate(promised.questions)}
    found = pages.read(root)[0]
    topics = {page.topic: page.front.title for page in found if page.stem == "index"}
    answers = [page for page in found if page.is_answer]
    answers.sort(key=lambda page: (place.get(page.front.answers[0], len(place)), page.path))
    return [_card(page, root, site, promised, topics) for page in answers]


def finish(root: Path, site: Path) -> None:
    """Write the cards where the practice pages look for them.

    ``cards.json`` lists all of them, without HTML, because the home page reads it too;
    ``cards/<topic>/<stem>.json`` holds one card's HTML, fetched when the card is shown.
    """
    folder = site / FOLDER
    made = cards(root, site)
    index = []
    for card in made:
        entry = asdict(card)
        body = {key: entry.pop(key) for key in ("points", "answer", "code", "follow_ups")}
        index.append(entry | {"follow_ups": len(card.follow_ups)})
        _write(folder / "cards" / f"{card.id}.json", body)
    _write(folder / "cards.json", {"version": 1, "cards": index})


def _write(path: Path, data: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _card(page: pages.Page, root: Path, site: Path, promised: syllabus.Syllabus,
          topics: dict[str, str]) -> Card:
    """The card of one answer, taken from its page again only when something that it is made from changed."""
    questions = [promised.questions[slug].text for slug in page.front.answers if slug in promised.questions]
    title = topics.get(page.topic, page.topic)
    article = _article_text(page, site / page_address(page.source) / "index.html")
    shown = {f"snippets/{include.file}" for include in page.includes}
    code = [(root / name).read_text(encoding="utf-8") for name in sorted(shown) if (root / name).is_file()]
    made = kept.text(lambda: CARD.dump_json(_read_card(page, root, article, questions, title)).decode(),
                     repr(page), article, repr(questions), title, *code,
                     recipe=kept.recipe(("lxml",), GUIDE))
    return CARD.validate_json(made)


def _read_card(page: pages.Page, root: Path, article_text: str, questions: list[str],
               topic_title: str) -> Card:
    address = f"{page_address(page.source)}/"
    article = _article(page, article_text)
    short = article.find_class("abstract")
    if not short:
        raise GuideError(Fault(page.path, 0, 'its built page has no short answer: write `!!! abstract '
                                             '"Say this first"`, with its text indented by four spaces'))
    folds = [fold for fold in article.iter("details") if "question" in fold.classes]
    if len(folds) != len(page.follow_ups):
        raise GuideError(Fault(page.path, 0, f"has {len(page.follow_ups)} follow-ups, its built page "
                                             f"{len(folds)}: indent what belongs to one by four spaces"))
    module, code = _code(article, address)
    task = _task(module, questions, root) if code and page.topic not in BEHAVIORAL_TOPICS else ""
    return Card(
        id=page.source.rpartition(".")[0],
        slugs=tuple(page.front.answers),
        title=page.front.title,
        question=plain(article.find(".//h1")),
        topic=page.topic,
        topic_title=topic_title,
        level=page.front.level,
        asked=page.front.asked,
        roles=tuple(page.front.roles),
        kinds=kinds(page.topic, page.front.level, questions, bool(task)),
        task=task,
        address=address,
        anchors={slug: address + page.anchor(slug) for slug in page.front.answers},
        points=tuple(text for heading in article.iter("h2")
                     if not (text := plain(heading)).startswith(COMMON_HEADINGS)),
        answer=_inner(list(short[0])[1:], address),
        code=code if task else "",
        follow_ups=tuple(FollowUp(plain(fold[0]), _inner(fold[0], address), _inner(list(fold)[1:], address))
                         for fold in folds),
    )


def kinds(topic: str, level: str, questions: list[str], has_task: bool) -> tuple[str, ...]:
    """The parts of an interview that a question fits.

    >>> kinds("optimization", "core", ["How does Adam work?"], True)
    ('concepts', 'coding')
    >>> kinds("data", "warm-up", ["How do you deal with unbalanced data?"], False)
    ('warm-up', 'design')
    """
    if topic in BEHAVIORAL_TOPICS:
        return ("behavioral",)
    asks_to_design = any(re.search(r"\bdesign\b", text, re.IGNORECASE) for text in questions)
    design = topic in DESIGN_TOPICS or asks_to_design
    wanted = {"warm-up": level == "warm-up", "design": design, "coding": has_task,
              "concepts": not design and level != "warm-up"}
    return tuple(kind for kind in KINDS if wanted.get(kind))


def _task(module: str, questions: list[str], root: Path) -> str:
    """The question when code is asked for: the syllabus's own words where it has some."""
    for question in questions:
        if question.startswith("Implement "):
            return question
    docstring = ast.get_docstring(ast.parse(files.read(root, f"snippets/{module}.py"))) or ""
    first_line = re.sub(r"\W*https?://\S+", "", docstring.partition("\n")[0])
    return f"Write the code. {first_line.rstrip('.')}."


def _code(article: html.HtmlElement, address: str) -> tuple[str, str]:
    """The first module of the page that is not shown as wrong, and all that the page shows of it."""
    blocks = [block for block in article.xpath(".//*[@data-snippet][not(ancestor::details)]")
              if snippets.parse(block.get("data-snippet").partition(":")[0]).kind in ("numpy", "torch")]
    if not blocks:
        return "", ""
    module = blocks[0].get("data-snippet").partition(":")[0]
    same = [block for block in blocks if block.get("data-snippet").partition(":")[0] == module]
    return module, _inner(same, address)


def _article_text(page: pages.Page, file: Path) -> str:
    if not file.exists():
        raise GuideError(Fault(page.path, 0, "was not built: list it in the `nav` of mkdocs.yml"))
    text = file.read_text(encoding="utf-8")
    start, end = text.find("<article"), text.rfind("</article>")
    return text[start : end + len("</article>")] if 0 <= start < end else ""


def _article(page: pages.Page, text: str) -> html.HtmlElement:
    article = html.fragment_fromstring(text) if text else None
    if article is None or article.find(".//h1") is None:
        raise GuideError(Fault(page.path, 0, "its built page has no title inside <article>: guide/cards.py "
                                             "expects Material's"))
    for link in article.find_class("headerlink"):
        link.drop_tree()
    return article


def plain(element: html.HtmlElement) -> str:
    """The text of an element, a formula as its TeX.

    >>> plain(html.fromstring("<h2>Why <b>not</b>?</h2>"))
    'Why not?'
    """
    element = copy.deepcopy(element)
    for formula in element.find_class("katex"):
        tex = formula.find(".//annotation")
        text = "" if tex is None else tex.text or ""
        for child in list(formula):
            formula.remove(child)
        formula.text = text
    return " ".join(element.text_content().split())


def _inner(content: html.HtmlElement | list[html.HtmlElement], address: str) -> str:
    """HTML that stands for itself: without ids, and with addresses counted from the site's root."""
    if isinstance(content, list):
        holder = html.Element("div")
        holder.extend(copy.deepcopy(content))
    else:
        holder = copy.deepcopy(content)
    for element in holder.iter(etree.Element):
        for name in ("id", "data-snippet"):
            element.attrib.pop(name, None)
        for name in ("href", "src"):
            if name in element.attrib:
                element.set(name, from_root(element.get(name), address))
    text = holder.text or ""
    return (text + "".join(html.tostring(child, encoding="unicode") for child in holder)).strip()


def from_root(target: str, address: str) -> str:
    """A page's link as the site's root would write it.

    >>> from_root("../adam/#code", "optimization/sgd/")
    'optimization/adam/#code'
    >>> from_root("#source-kingma2014", "optimization/adam/")
    'optimization/adam/#source-kingma2014'
    """
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return target
    path = posixpath.normpath(posixpath.join(address, parts.path))
    slash = "/" if parts.path.endswith("/") or not parts.path else ""
    query = f"?{parts.query}" if parts.query else ""
    anchor = f"#{parts.fragment}" if parts.fragment else ""
    return f"{'' if path == '.' else path + slash}{query}{anchor}"
