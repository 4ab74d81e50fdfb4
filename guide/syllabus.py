"""The questions the guide promises to answer: docs/syllabus.yml."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from guide import files, yaml_lines
from guide.faults import Fault, GuideError

PATH = "docs/syllabus.yml"
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")  # ASCII on purpose: a look-alike letter is another address


@dataclass(frozen=True)
class Question:
    """One promised question; ``slug`` names its page or a heading on it."""

    slug: str
    topic: str
    text: str


@dataclass(frozen=True)
class Syllabus:
    """All questions by slug, in the order of the file."""

    questions: dict[str, Question]
    topics: list[str]

    def of_topic(self, topic: str) -> list[Question]:
        return [question for question in self.questions.values() if question.topic == topic]


def load(root: Path) -> Syllabus:
    """Read the syllabus.

    Raises:
        GuideError: With every fault found in the file.
    """
    if not (root / PATH).exists():
        raise GuideError(Fault(PATH, 0, "is missing: it lists every question by topic"))
    stat = (root / PATH).stat()
    return _load_cached(root, stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=2)
def _load_cached(root: Path, mtime: int, size: int) -> Syllabus:
    # Every list of questions on every page asks for it.
    data, lines = yaml_lines.load(files.read(root, PATH), PATH)
    faults: list[Fault] = []
    questions: dict[str, Question] = {}
    asked: dict[str, str] = {}
    for topic, entries in data.items():
        line = lines[(topic,)]
        if not NAME.match(topic):
            faults.append(Fault(PATH, line, f"topic `{topic}`: use lower-case letters, digits and `_`"))
        if not isinstance(entries, dict):
            faults.append(Fault(PATH, line, f"topic `{topic}` needs `slug: question` lines below it"))
            continue
        for slug, text in entries.items():
            line = lines[(topic, slug)]
            if not NAME.match(slug):
                faults.append(Fault(PATH, line, f"slug `{slug}`: use lower-case letters, digits and `_`"))
            elif slug in questions:
                faults.append(Fault(PATH, line, f"slug `{slug}` stands in `{questions[slug].topic}` already: "
                                                "choose another name"))
            elif not isinstance(text, str) or not text.strip():
                faults.append(Fault(PATH, line, f"slug `{slug}` needs a question as text: put it in quotes"))
            elif first := asked.get(text.strip().lower()):
                faults.append(Fault(PATH, line, f"slug `{slug}` asks what `{first}` asks: keep one of them"))
            else:
                asked[text.strip().lower()] = slug
                questions[slug] = Question(slug, topic, text.strip())
    if faults:
        raise GuideError(*faults)
    return Syllabus(questions, list(data))
