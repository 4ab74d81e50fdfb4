"""Copies of the project to measure: the whole, or some topics once or several times."""

from __future__ import annotations

import posixpath
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import yaml

from guide import syllabus
from guide.fingerprint import FILES, FOLDERS, GENERATED

LINK = re.compile(r"(?<!!)\[(?P<text>[^\]\n]+)\]\((?P<target>[^)\s#]+\.(?:md|ipynb))(?:#[^)\s]*)?\)")
NAV = "\nnav:\n"
# It lists answers of every topic, and a list that has lost a page stops the build.
LEFT_OUT = {"practise/plan.md"}


def whole(root: Path, target: Path) -> Path:
    """A copy without what commands have made, so that its first build is a cold one."""
    for name in FOLDERS:
        if (root / name).is_dir():
            ignored = shutil.ignore_patterns(*GENERATED, "dist")
            shutil.copytree(root / name, target / name, ignore=ignored)
    for name in FILES:
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, target / name)
    for name in ("node_modules", "dist"):  # the guide's code in the copy finds its tools beside it
        if (root / "guide" / "web" / name).exists():
            (target / "guide" / "web" / name).symlink_to((root / "guide" / "web" / name).resolve())
    return target


def third(root: Path) -> list[str]:
    """Every third topic: so many pages that a start counts little, so few that repeats are quick."""
    topics = syllabus.load(root).topics
    chosen = [topic for topic in topics if not list((root / "docs" / topic).glob("*.ipynb"))]
    return chosen[1::3] or chosen[:1]


def sample(root: Path, target: Path, topics: list[str], times: int = 1) -> int:
    """Write a project with the pages of some topics, each ``times`` times under names of its own.

    Links to pages that are left out become text. The copies differ from each other in every block
    of code and in every address, so that a cache by content does not take one for the other; only
    formulas are the same.

    Returns:
        How many pages the project has.
    """
    _common(root, target, topics)
    for number in range(1, times + 1):
        for topic in topics:
            _topic(root, target, topic, topics, number)
    _write_syllabus(root, target, topics, times)
    pages = {path.relative_to(target / "docs").as_posix() for path in (target / "docs").rglob("*.md")}
    for page in pages:
        path = target / "docs" / page
        path.write_text(_unlinked(path.read_text(encoding="utf-8"), page, pages), encoding="utf-8")
    text = (root / "mkdocs.yml").read_text(encoding="utf-8")
    settings, _, nav = text.partition(NAV)
    listed = list(_navigation(yaml.safe_load(nav), topics, pages, times))
    (target / "mkdocs.yml").write_text(settings + NAV + yaml.safe_dump(listed, sort_keys=False),
                                       encoding="utf-8")
    return len(pages)


def _common(root: Path, target: Path, topics: list[str]) -> None:
    """What is not of a topic: the first page, the lists, the looks, the sources."""
    known = syllabus.load(root).topics
    references = [f"{topic}.md" for topic in known if (root / "docs" / "reference" / f"{topic}.md").exists()]

    def ignore(folder: str, names: list[str]) -> set[str]:
        below = Path(folder).relative_to(root / "docs").as_posix()
        if below == ".":
            return {*known} & {*names}
        return {*(references if below == "reference" else [])} | {
            name for name in names if f"{below}/{name}" in LEFT_OUT}

    shutil.copytree(root / "docs", target / "docs", ignore=ignore)
    if (root / "guide" / "theme").exists():
        shutil.copytree(root / "guide" / "theme", target / "guide" / "theme")
    for name in FILES:
        if (root / name).is_file() and name != "mkdocs.yml":
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, target / name)


def _topic(root: Path, target: Path, topic: str, topics: list[str], number: int) -> None:
    """One topic's pages, code and tests, under the names of copy ``number``."""
    slugs = list(syllabus.load(root).questions)
    sources = [path for folder in ("docs", "snippets", "tests")
               for path in sorted((root / folder / topic).rglob("*")) if "__pycache__" not in path.parts]
    sources.append(root / "docs" / "reference" / f"{topic}.md")
    for source in filter(Path.is_file, sources):
        name = renamed(source.relative_to(root).as_posix(), topics, number)
        name = name.replace(f"reference/{topic}.md", f"reference/{_named(topic, number)}.md")
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if number > 1 and path.suffix in (".md", ".py"):
            text = renamed(source.read_text(encoding="utf-8"), topics, number)
            text = (_readdressed(text, slugs, source.stem, number) if path.suffix == ".md"
                    else _marked(text, number))
            path.write_text(text, encoding="utf-8")
        else:
            shutil.copy(source, path)


def _named(name: str, number: int) -> str:
    return name if number == 1 else f"{name}_{number}"


def renamed(text: str, topics: list[str], number: int) -> str:
    """Paths and modules below one of ``topics`` as those of a copy.

    >>> renamed('"data/leakage.py" snippets.data.leakage [data](../data/index.md) metadata/', ["data"], 2)
    '"data_2/leakage.py" snippets.data_2.leakage [data](../data_2/index.md) metadata/'
    """
    if number == 1:
        return text
    names = "|".join(map(re.escape, topics))
    text = re.sub(rf"(?<![\w-])(?P<topic>{names})(?=/)", rf"\g<topic>_{number}", text)
    text = re.sub(rf"\bsnippets\.(?P<topic>{names})\b", rf"snippets.\g<topic>_{number}", text)
    text = re.sub(rf"\btopic=(?P<topic>{names})\b", rf"topic=\g<topic>_{number}", text)
    return re.sub(rf"\breference/(?P<topic>{names})\.md", rf"reference/\g<topic>_{number}.md", text)


def _readdressed(text: str, slugs: list[str], stem: str, number: int) -> str:
    """The slugs that a page answers, with the addresses that belong to them."""
    def answers(found: re.Match) -> str:
        return f"answers: [{', '.join(f'{slug.strip()}_{number}' for slug in found[1].split(','))}]"

    own = re.search(rf"^answers: \[(?:.*\W)?{re.escape(stem)}\b", text, re.MULTILINE)
    text = re.sub(r"^answers: \[([^\]]+)\]", answers, text, count=1, flags=re.MULTILINE)
    text = re.sub(rf"(?<=#)({'|'.join(map(re.escape, slugs))})\b(?!-)", rf"\1_{number}", text)
    if own:  # the slug of the whole page is no longer its file's name, so the title carries it
        text = re.sub(r"^(# .+)$", rf"\1 {{ #{stem}_{number} }}", text, count=1, flags=re.MULTILINE)
    return text


def _marked(text: str, number: int) -> str:
    """Code that differs from the original's in each section that a page shows."""
    start = r"^([ \t]*)(# --8<-- \[start:[^\]]+\])$"
    return re.sub(start, rf"\1\2\n\1# copy {number}", text, flags=re.MULTILINE)


def _asked(question: str, number: int) -> str:
    """A question of a copy, for none may be asked twice."""
    return question if number == 1 else f"{question} ({number})"


def _write_syllabus(root: Path, target: Path, topics: list[str], times: int) -> None:
    promised = syllabus.load(root)
    written = {_named(topic, number): {_named(question.slug, number): _asked(question.text, number)
                                       for question in promised.of_topic(topic)}
               for number in range(1, times + 1) for topic in topics}
    text = yaml.safe_dump(written, sort_keys=False, allow_unicode=True)
    (target / "docs" / "syllabus.yml").write_text(text, encoding="utf-8")


def _unlinked(text: str, page: str, pages: set[str]) -> str:
    """Links and prerequisites only to what is there."""
    def link(found: re.Match) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), found["target"]))
        return found[0] if "://" in found["target"] or target in pages else found["text"]

    def prerequisites(found: re.Match) -> str:
        kept = [name.strip() for name in found[1].split(",") if f"{name.strip()}.md" in pages]
        return f"prerequisites: [{', '.join(kept)}]"

    text = re.sub(r"^prerequisites: \[([^\]]+)\]", prerequisites, text, count=1, flags=re.MULTILINE)
    return LINK.sub(link, text)


def _navigation(nav: list, topics: list[str], pages: set[str], times: int) -> Iterator[dict | str]:
    """The entries of mkdocs.yml that are left, and those of the copies after each."""
    for entry in nav:
        title, content = next(iter(entry.items())) if isinstance(entry, dict) else (None, entry)
        if isinstance(content, list):
            below = list(_navigation(content, topics, pages, 1))
            own = any(isinstance(page, str) and page.split("/")[0] in topics for page in below)
            if title == "Reference":
                below = list(_navigation(content, topics, pages, times))
            for number in range(1, times + 1 if own else 2):
                copied = yaml.safe_load(renamed(yaml.safe_dump(below), topics, number))
                if copied:
                    yield {_named(title, number): copied}
        elif content in pages or "://" in content:
            copies = times if content.startswith("reference/") and not content.endswith("index.md") else 1
            for number in range(1, copies + 1):
                yield renamed(entry, topics, number) if isinstance(entry, str) else entry
