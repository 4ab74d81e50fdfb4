"""An answer page as data: front matter, sections, short answer, code, figures, citations."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guide import yaml_lines
from guide.faults import Fault, GuideError
from guide.references import CITATION

LEVELS = ("warm-up", "core", "deep")
ASKED = ("often", "sometimes", "rare")
ROLES = ("deep learning", "vision", "language", "robotics", "research")

FENCE = re.compile(r"^(?P<indent>\s*)(?P<ticks>`{3,}|~{3,})\s*(?P<info>[^`]*)$")
HEADING = re.compile(r"^(?P<marks>#{1,6})\s+(?P<text>.+?)\s*#*\s*$")
HEADING_ID = re.compile(r"\s*\{[^}]*#(?P<id>[\w-]+)[^}]*\}\s*$")
INCLUDE = re.compile(r'^\s*-+8<-+\s+"(?P<file>[^":]*)(?::(?P<section>[^"]*))?"\s*$')
IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<src>[^)\s]*)[^)]*\)")
FOLD = re.compile(r'^\?\?\?\+?\s+question\s+"(?P<text>.*)"\s*$')
SAY_FIRST = re.compile(r'^!!!\s+abstract\s+"Say this first"\s*$')
SOURCE_ITEM = re.compile(r"^[-*]\s+\[@(?P<key>[^\]\s]+)\]")
WORDS_PER_MINUTE = 200


class PageFront(BaseModel):
    """Front matter of any page; Material's own keys pass."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=2, max_length=60)
    description: str = Field(min_length=40, max_length=160)
    hide: list[Literal["navigation", "toc", "path"]] = []
    template: str | None = None


class AnswerFront(PageFront):
    """Front matter of a page that answers questions of the syllabus."""

    answers: list[str] = Field(min_length=1)
    level: Literal[LEVELS]
    asked: Literal[ASKED]
    aliases: list[str]
    roles: list[Literal[ROLES]] = []
    prerequisites: list[str] = []


@dataclass(frozen=True)
class Heading:
    level: int
    text: str
    id: str | None
    line: int


@dataclass(frozen=True)
class Fence:
    info: str
    line: int
    lines: tuple[str, ...]
    closed: bool

    @property
    def language(self) -> str:
        return re.split(r"[\s{.]+", self.info.strip(" {"))[0].lstrip(".") if self.info.strip() else ""


@dataclass(frozen=True)
class Include:
    file: str
    section: str | None
    line: int


@dataclass(frozen=True)
class Page:
    """One page of docs/. Lines are those of the file; a notebook's are those of its joined Markdown cells."""

    path: str  # from the project's root: docs/topic/stem.md
    front: PageFront
    front_lines: dict[tuple[str, ...], int]
    body: str
    body_line: int
    headings: tuple[Heading, ...] = ()
    fences: tuple[Fence, ...] = ()
    includes: tuple[Include, ...] = ()
    images: tuple[tuple[str, str, int], ...] = ()  # alternative text, source, line
    citations: tuple[tuple[str, int], ...] = ()
    sources: tuple[tuple[str, int], ...] = ()
    follow_ups: tuple[tuple[str, int], ...] = ()
    short_answer: str = ""
    visible: str = field(default="", repr=False)  # the body with code blanked out, line for line

    @property
    def stem(self) -> str:
        return Path(self.path).stem

    @property
    def topic(self) -> str:
        return Path(self.path).parent.name

    @property
    def source(self) -> str:
        """The path inside docs/, as the generators name it."""
        return self.path.removeprefix("docs/")

    @property
    def is_answer(self) -> bool:
        return isinstance(self.front, AnswerFront)

    @property
    def is_notebook(self) -> bool:
        return self.path.endswith(".ipynb")

    @property
    def question(self) -> str:
        """The page's only top heading."""
        return next((h.text for h in self.headings if h.level == 1), self.front.title)

    @property
    def minutes(self) -> int:
        """Reading time, code not counted."""
        return max(1, round(len(self.visible.split()) / WORDS_PER_MINUTE))

    def anchor(self, slug: str) -> str:
        """Where ``slug`` is answered: nothing for the whole page, else a heading's id."""
        return "" if slug == self.stem or self.is_notebook else f"#{slug}"


def read(root: Path) -> tuple[list[Page], list[Fault]]:
    """Read every page of docs/; a page that cannot be read appears among the faults."""
    pages, faults = [], []
    for path in sorted([*root.glob("docs/**/*.md"), *root.glob("docs/**/*.ipynb")]):
        if ".ipynb_checkpoints" in path.parts:
            continue
        stat = path.stat()
        try:
            pages.append(_read_cached(path, path.relative_to(root).as_posix(), stat.st_mtime_ns, stat.st_size))
        except GuideError as error:
            faults.extend(error.faults)
    return pages, faults


@functools.lru_cache(maxsize=2_000)
def _read_cached(path: Path, name: str, mtime: int, size: int) -> Page:
    # A live server asks for all pages at every change; only the changed one is read again.
    return _read_notebook(path, name) if path.suffix == ".ipynb" else _read_markdown(path, name)


def _read_markdown(path: Path, name: str) -> Page:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise GuideError(Fault(name, 0, f"is not UTF-8 text (byte {error.start}): save it as UTF-8")) from None
    if text.startswith("\ufeff"):
        raise GuideError(Fault(name, 1, "starts with a byte order mark: save it as UTF-8 without BOM"))
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        raise GuideError(Fault(name, line, "has Windows line ends: save it with LF"))
    match = re.match(r"---\n(?P<yaml>.*?)^---\n", text, flags=re.DOTALL | re.MULTILINE)
    if not match:
        raise GuideError(Fault(name, 1, "front matter is missing: start with `---`, `title: …`, `description: …`, "
                                        "`---`; an answer needs `answers`, `level`, `asked` and `aliases` too"))
    data, lines = yaml_lines.load(match["yaml"], name, first_line=2)
    front = _validate(data, lines, name)
    body_line = text[: match.end()].count("\n") + 1
    return _parse(name, front, lines, text[match.end():], body_line)


def _read_notebook(path: Path, name: str) -> Page:
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = notebook["cells"]
    except (ValueError, KeyError, TypeError) as error:
        raise GuideError(Fault(name, 0, f"is not a notebook: {error}")) from None
    data = notebook.get("metadata", {}).get("guide")
    if not isinstance(data, dict):
        raise GuideError(Fault(name, 0, "metadata is missing: the notebook's `metadata.guide` holds what front matter "
                                        "holds on other pages (`title`, `description`, `answers`, …)"))
    front = _validate(data, {}, name)
    body = "\n\n".join(notebook_markdown("".join(cell["source"]))
                       for cell in cells if cell["cell_type"] == "markdown") + "\n"
    return _parse(name, front, {}, body, 1)


def notebook_markdown(source: str) -> str:
    """A notebook's cell as a page would write it: `> **Say this first**` is a quotation only where
    Jupyter shows it, because Jupyter knows no admonitions."""
    lines = source.split("\n")
    try:
        start = lines.index("> **Say this first**")
    except ValueError:
        return source
    end = next((n for n in range(start, len(lines)) if not lines[n].startswith(">")), len(lines))
    quoted = [line.removeprefix(">").removeprefix(" ") for line in lines[start + 1:end]]
    inside = [f"    {line}".rstrip() for line in quoted]
    return "\n".join([*lines[:start], '!!! abstract "Say this first"', *inside, *lines[end:]])


def _validate(data: dict, lines: dict[tuple[str, ...], int], name: str) -> PageFront:
    model = AnswerFront if "answers" in data else PageFront
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = []
        for problem in error.errors():
            place = tuple(map(str, problem["loc"]))
            key = ".".join(place)
            while place and place not in lines:
                place = place[:-1]
            faults.append(Fault(name, lines.get(place, 1 if lines else 0), _explain(key, problem)))
        raise GuideError(*faults) from None


def _explain(key: str, problem: dict) -> str:
    kind, given = problem["type"], problem.get("input")
    if kind == "missing":
        return f"front matter needs `{key}:`"
    if kind == "extra_forbidden":
        known = ", ".join(AnswerFront.model_fields)
        return f"front matter `{key}` is unknown: use one of {known} (an answer has `answers`)"
    if kind == "literal_error":
        return f"front matter `{key}: {given}`: write one of {problem['ctx']['expected']}"
    if kind in ("string_too_short", "string_too_long"):
        bound = problem["ctx"].get("min_length", problem["ctx"].get("max_length"))
        word = "at least" if kind == "string_too_short" else "at most"
        return f"front matter `{key}` has {len(given)} characters: write {word} {bound}"
    return f"front matter `{key}`: {problem['msg'].lower()}, found {given!r}"


def _parse(name: str, front: PageFront, front_lines: dict, body: str, body_line: int) -> Page:
    fences, visible = _split_fences(body, body_line)
    text = list(enumerate(visible, start=body_line))
    in_code = [(fence.line + offset, line) for fence in fences for offset, line in enumerate(fence.lines, start=1)]
    headings = [Heading(len(found["marks"]), HEADING_ID.sub("", found["text"]),
                        (HEADING_ID.search(found["text"]) or {"id": None})["id"], number)
                for number, line in text if (found := HEADING.match(line))]
    start = next((h.line for h in headings if h.level == 2 and h.text == "Sources"), None)
    sources = [(found["key"], number) for number, line in text
               if start and number > start and (found := SOURCE_ITEM.match(line))]
    listed = {number for _, number in sources}
    citations = [(key, number) for number, line in text
                 for key in CITATION.findall(SOURCE_ITEM.sub("", line) if number in listed else line)]
    return Page(
        path=name, front=front, front_lines=front_lines, body=body, body_line=body_line,
        headings=tuple(headings),
        fences=tuple(fences),
        includes=tuple(Include(found["file"], found["section"], number)
                       for number, line in sorted(in_code + text) if (found := INCLUDE.match(line))),
        images=tuple((found["alt"], found["src"], number) for number, line in text for found in IMAGE.finditer(line)),
        citations=tuple(citations),
        sources=tuple(sources),
        follow_ups=tuple((found["text"], number) for number, line in text if (found := FOLD.match(line))),
        short_answer=_short_answer(body),
        visible="\n".join(visible),
    )


def _split_fences(body: str, first_line: int) -> tuple[list[Fence], list[str]]:
    """The fenced blocks, and the lines of the page with all code blanked out."""
    fences: list[Fence] = []
    visible: list[str] = []
    opening: re.Match | None = None
    opening_line = 0
    inside: list[str] = []
    for number, line in enumerate(body.split("\n"), start=first_line):
        match = FENCE.match(line)
        if opening is None and match is None:
            visible.append(re.sub(r"(`+)(.+?)\1", lambda code: " " * len(code[0]), line))
            continue
        visible.append("")
        if opening is None:
            opening, opening_line, inside = match, number, []
        elif match and not match["info"].strip() and match["ticks"].startswith(opening["ticks"]):
            fences.append(Fence(opening["info"], opening_line, tuple(inside), closed=True))
            opening = None
        else:
            inside.append(line)
    if opening is not None:
        fences.append(Fence(opening["info"], opening_line, tuple(inside), closed=False))
    return fences, visible


def _short_answer(body: str) -> str:
    """The Markdown inside `!!! abstract "Say this first"`, without its indent; empty where there is none."""
    lines = iter(body.split("\n"))
    if not any(SAY_FIRST.match(line) for line in lines):
        return ""
    inside = []
    for line in lines:
        if line.strip() and not line.startswith("    "):
            break
        inside.append(line[4:])
    return "\n".join(inside).strip()
