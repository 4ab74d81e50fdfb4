"""An answer page as data: front matter, sections, short answer, code, figures, citations."""

from __future__ import annotations

import functools
import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from guide import files, validation, yaml_lines
from guide.faults import Fault, GuideError, did_you_mean
from guide.references import CITATION

LEVELS = ("warm-up", "core", "deep")
ASKED = ("often", "sometimes", "rare")
ROLES = ("deep learning", "vision", "language", "robotics", "research")

# The patterns follow what Python-Markdown and PyMdown take for the same thing.
FENCE = re.compile(r"^(?P<indent>[\s>]*)(?P<ticks>`{3,}|~{3,})(?P<info>[^`]*)$")
FENCE_INFO = re.compile(
    r"""(?x) \s* (?P<language> [\w\#.+-]+ )? (?: \s+ (?: title | hl_lines | linenums ) = "[^"]*" )* \s*
    | \s* \{ \s* \.(?P<in_braces> [\w\#+-]+ )
      (?: \s+ (?: [.\#][\w-]+ | (?: title | hl_lines | linenums ) = "[^"]*" ) )* \s* \} \s*""")
HEADING = re.compile(r"^(?P<marks>#{1,6})(?!#)\s*(?P<text>.+?)\s*#*\s*$")
HEADING_ID = re.compile(r"\s*\{[^}]*#(?P<id>[\w-]+)[^}]*\}\s*$")
INCLUDE = re.compile(r'^\s*-+8<-+\s+"(?P<file>[a-z]+://[^"]*|[^":]*)(?::(?P<section>[^"]*))?"\s*$')
INLINE_CODE = re.compile(r"(?<![\\`])(?P<ticks>`+)(?!`)(?:(?!\n\s*\n).)+?(?<!`)(?P=ticks)(?!`)", re.DOTALL)
IMAGE = re.compile(r"!\[(?P<alt>(?:[^\[\]\n]|\n(?!\s*\n)|\[[^\[\]\n]*\])*)\]\((?P<src>[^)\s]*)[^)\n]*\)")
FOLD = re.compile(r'^\?\?\?\+?\s+question\s+"(?P<text>.*)"\s*$')
SAY_FIRST = re.compile(r'^!!!\s+abstract\s+"Say this first"\s*$')
SOURCE_ITEM = re.compile(r"^[-*]\s+\[@(?P<key>[^\]\s]+)\]")
WORDS_PER_MINUTE = 200


def _plain(text: str) -> str:
    # The templates put both into attributes of HTML as they are.
    if found := re.search(r'[<>"\n]', text):
        raise ValueError(f"holds {found[0]!r}, which breaks the page's head: say it in words, on one line")
    if text != text.strip():
        raise ValueError("begins or ends with a blank: remove it")
    return text


def _once(names: list[str]) -> list[str]:
    seen = set()
    for name in names:
        if name.lower() in seen:
            raise ValueError(f"hold `{name}` twice, and the search does not tell capitals apart: keep one")
        seen.add(name.lower())
    return names


PlainText = Annotated[str, AfterValidator(_plain)]


class PageFront(BaseModel):
    """Front matter of any page; Material's own keys pass."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: PlainText = Field(min_length=2, max_length=60)
    description: PlainText = Field(min_length=40, max_length=160)
    hide: list[Literal["navigation", "toc", "path"]] = []
    template: str | None = None
    aliases: list[str] = []


class AnswerFront(PageFront):
    """Front matter of a page that answers questions of the syllabus."""

    answers: list[str] = Field(min_length=1)
    level: Literal[LEVELS]
    asked: Literal[ASKED]
    aliases: Annotated[list[PlainText], AfterValidator(_once)]
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
    ticks: str = "```"

    @property
    def understood(self) -> bool:
        """Whether PyMdown would take the opening line for a fence at all."""
        return FENCE_INFO.fullmatch(self.info) is not None

    @property
    def inner(self) -> int:
        """The line on which a fence opens inside this one, as where the end was forgotten; 0 if none does."""
        return next((number for number, line in enumerate(self.lines, start=self.line + 1)
                     if (found := FENCE.match(line)) and not found["indent"] and found["info"].strip()
                     and found["ticks"].startswith(self.ticks)), 0)

    @property
    def language(self) -> str:
        found = FENCE_INFO.fullmatch(self.info)
        return (found["language"] or found["in_braces"] or "").lstrip(".") if found else ""


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
    short_answer_line: int = 0
    visible: str = field(default="", repr=False)  # the body with code blanked out, line for line
    prose: str = field(default="", repr=False)  # the body with fences blanked out, line for line

    @property
    def stem(self) -> str:
        return Path(self.path).stem

    @property
    def topic(self) -> str:
        return posixpath.dirname(self.source)

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
        name = path.relative_to(root).as_posix()
        try:
            if not path.is_file():
                raise GuideError(Fault(name, 0, "is no file: put the page there, or remove it"))
            stat = path.stat()
            pages.append(_read_cached(root, name, stat.st_mtime_ns, stat.st_size))
        except GuideError as error:
            faults.extend(error.faults)
    return pages, faults


def find(root: Path, source: str) -> Page | None:
    """The page at a path inside docs/, without a look at the others; None if none can be read there."""
    try:
        stat = (root / "docs" / source).stat()
        return _read_cached(root, f"docs/{source}", stat.st_mtime_ns, stat.st_size)
    except (OSError, GuideError):
        return None


@functools.lru_cache(maxsize=2_000)
def _read_cached(root: Path, name: str, mtime: int, size: int) -> Page:
    # A live server asks for all pages at every change; only the changed one is read again.
    return _read_notebook(root, name) if name.endswith(".ipynb") else _read_markdown(root, name)


def _read_markdown(root: Path, name: str) -> Page:
    text = files.read(root, name)
    match = re.match(r"---[ \t]*\n(?P<yaml>.*?)^---[ \t]*(?:\n|\Z)", text, flags=re.DOTALL | re.MULTILINE)
    if not match:
        raise GuideError(Fault(name, 1, "front matter is missing: start with `---`, `title: …`, "
                                        "`description: …`, `---`; an answer needs `answers`, `level`, "
                                        "`asked` and `aliases` too"))
    data, lines = yaml_lines.load(match["yaml"], name, first_line=2)
    front = _validate(data, lines, name)
    body_line = text[: match.end()].count("\n") + 1
    return _parse(name, front, lines, text[match.end():], body_line)


class Cell(BaseModel):
    """One cell of a notebook, as far as the guide looks at it."""

    cell_type: str
    source: str | list[str]
    metadata: dict[str, Any] = {}
    execution_count: int | None = None
    outputs: list[dict[str, Any]] = []
    attachments: dict[str, Any] = {}

    @property
    def text(self) -> str:
        return "".join(self.source)


class Notebook(BaseModel):
    """A notebook file, as far as the guide looks at it."""

    cells: list[Cell]
    metadata: dict[str, Any] = {}


def read_notebook(root: Path, name: str) -> Notebook:
    """A notebook file, taken apart.

    Raises:
        GuideError: If it is none.
    """
    text = files.read(root, name)
    try:
        return Notebook.model_validate(json.loads(text))
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(map(str, problem["loc"])) or "the file"
        raise GuideError(Fault(name, 0, f"is not a notebook ({place}: {problem['msg'].lower()}): "
                                        "save it from Jupyter again")) from None
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        message = f"is not a notebook ({error}): save it from Jupyter again"
        raise GuideError(Fault(name, line, message)) from None


def _read_notebook(root: Path, name: str) -> Page:
    notebook = read_notebook(root, name)
    data = notebook.metadata.get("guide")
    if not isinstance(data, dict):
        raise GuideError(Fault(name, 0, "metadata is missing: write into the notebook's `metadata.guide` "
                                        "what is front matter on other pages (`title`, `description`, …)"))
    front = _validate(data, {}, name)
    texts = [notebook_markdown(cell.text) for cell in notebook.cells if cell.cell_type == "markdown"]
    return _parse(name, front, {}, "\n\n".join(texts) + "\n", 1)


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
            faults.append(Fault(name, lines.get(place, 1 if lines else 0), _explain(key, problem, model)))
        raise GuideError(*faults) from None


def _explain(key: str, problem: dict, model: type[PageFront]) -> str:
    if problem["type"] == "missing":
        return f"front matter needs `{key}:`"
    if problem["type"] == "extra_forbidden":
        if model is PageFront and key in AnswerFront.model_fields:
            return f"front matter `{key}` belongs to an answer: add `answers: [slug]`, or remove it"
        known = ", ".join(model.model_fields)
        return f"front matter `{key}` is unknown: use {known}{did_you_mean(key, model.model_fields)}"
    return f"front matter `{key}` {validation.explain(problem)}"


def _parse(name: str, front: PageFront, front_lines: dict, body: str, body_line: int) -> Page:
    fences, prose = split_fences(body, body_line)
    visible = INLINE_CODE.sub(lambda code: re.sub(r"[^\n]", " ", code[0]), "\n".join(prose))
    text = list(enumerate(visible.split("\n"), start=body_line))
    in_code = [(fence.line + offset, line) for fence in fences if fence.closed
               for offset, line in enumerate(fence.lines, start=1)]
    start = next((number for number, line in text if re.match(r"##\s*Sources\s*$", line)), None)
    sources = [(found["key"], number) for number, line in text
               if start and number > start and (found := SOURCE_ITEM.match(line))]
    listed = {number for _, number in sources}
    citations = [(key, number) for number, line in text
                 for key in CITATION.findall(SOURCE_ITEM.sub("", line) if number in listed else line)]
    short_answer, short_answer_line = _short_answer(body.split("\n"), text)
    return Page(
        path=name, front=front, front_lines=front_lines, body=body, body_line=body_line,
        headings=tuple(_headings(prose, body_line)),
        fences=tuple(fences),
        includes=tuple(Include(found["file"], found["section"], number)
                       for number, line in sorted(in_code + text) if (found := INCLUDE.match(line))),
        images=tuple(_images(visible, "\n".join(prose), body_line)),
        citations=tuple(citations),
        sources=tuple(sources),
        follow_ups=tuple((found["text"], number) for number, line in enumerate(prose, start=body_line)
                         if (found := FOLD.match(line))),
        short_answer=short_answer,
        short_answer_line=short_answer_line,
        visible=visible,
        prose="\n".join(prose),
    )


def _images(visible: str, prose: str, first_line: int) -> Iterator[tuple[str, str, int]]:
    for found in IMAGE.finditer(visible):
        alt = prose[found.start("alt"): found.end("alt")]
        yield " ".join(alt.split()), found["src"], first_line + visible[: found.start()].count("\n")


def _headings(lines: list[str], first_line: int) -> Iterator[Heading]:
    for number, line in enumerate(lines, start=first_line):
        if found := HEADING.match(line):
            named = HEADING_ID.search(found["text"])
            text = HEADING_ID.sub("", found["text"])
            yield Heading(len(found["marks"]), text, named["id"] if named else None, number)


def split_fences(body: str, first_line: int) -> tuple[list[Fence], list[str]]:
    """The fenced blocks, and the lines of the text with fences blanked out.

    A fence that is never closed is returned too, but its lines stay: PyMdown takes them for text.
    """
    lines = body.split("\n")
    fences: list[Fence] = []
    outside = list(lines)
    index = 0
    while index < len(lines):
        opening = FENCE.match(lines[index])
        if opening is None:
            index += 1
            continue
        end = _closing_line(lines, index, opening)
        inside = [line.removeprefix(opening["indent"]) for line in lines[index + 1: end]] if end else []
        fence = Fence(opening["info"], first_line + index, tuple(inside), end is not None, opening["ticks"])
        fences.append(fence)
        if end is None:
            index += 1
            continue
        outside[index: end + 1] = [""] * (end + 1 - index)
        index = end + 1
    return fences, outside


def _closing_line(lines: list[str], start: int, opening: re.Match) -> int | None:
    """Where the fence that opens on line ``start`` ends: the same ticks at the same indent."""
    indent, ticks = opening["indent"], opening["ticks"]
    for index in range(start + 1, len(lines)):
        line = lines[index]
        if not line.strip("> \t"):
            continue
        if not line.startswith(indent):
            return None  # a line further to the left ends the block around the fence
        if line[len(indent):].rstrip() == ticks:
            return index
    return None


def _short_answer(lines: list[str], visible: list[tuple[int, str]]) -> tuple[str, int]:
    """The Markdown inside `!!! abstract "Say this first"`, without its indent, and the line it starts on."""
    start = next((index for index, (_, line) in enumerate(visible) if SAY_FIRST.match(line)), None)
    if start is None:
        return "", 0
    inside = []
    for line in lines[start + 1:]:
        if line.strip() and not line.startswith("    "):
            break
        inside.append(line[4:])
    return "\n".join(inside).strip(), visible[start][0]
