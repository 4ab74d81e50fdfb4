"""On each answer whose code has tests: "Your turn", with starter, promises, hints and solution in folds.

Complete without a script; where there is one, `assets/guide/exercise.js` adds the editor
and grades. The section is derived from the snippet, so nobody writes it.
"""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from guide import exercises, grade, pages, snippets
from guide.exercises import Exercise
from guide.markdown import current_page, project_root

BEFORE = ("Common mistakes", "What they ask next", "Sources")


class ExercisePreprocessor(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        name = current_page(self.md) or ""
        topic, _, file = name.rpartition("/")
        if not topic or not file.endswith(".md"):
            return lines
        root = project_root()
        stem = file.removesuffix(".md")
        wanted = [snippets.Snippet(topic, stem, kind) for kind in ("numpy", "torch")]
        found = [
            exercises.read(root, snippet)
            for snippet in wanted
            if (root / snippet.path).exists() and (root / snippet.test).exists()
        ]
        if not found:
            return lines
        place = section_start(lines)
        return [*lines[:place], "", *section(found), "", *lines[place:]]


def section_start(lines: list[str]) -> int:
    """The line before which "Your turn" belongs: the first of the closing sections, else the end."""
    fence = ""
    found: dict[str, int] = {}
    for number, line in enumerate(lines):
        match = pages.FENCE.match(line)
        if match and not fence:
            fence = match["ticks"]
        elif match and match["ticks"].startswith(fence) and not match["info"].strip():
            fence = ""
        elif not fence and (heading := pages.HEADING.match(line)) and len(heading["marks"]) == 2:
            found.setdefault(pages.HEADING_ID.sub("", heading["text"]), number)
    return next((found[name] for name in BEFORE if name in found), len(lines))


def section(found: list[Exercise]) -> list[str]:
    """The Markdown of "Your turn" for the snippets of one answer, the first with its folds."""
    first, *others = found
    # The code of the page is in the search already: a second copy would only drown the answers.
    lines = ["## Your turn { #your-turn data-search-exclude }", ""]
    lines += [
        f"Write {_list(first.functions)} yourself. The docstrings say what goes in and what comes out"
        f"{', checks of the input are given' * first.checked}; "
        f"{_count(first.promises)} say when it is right. "
        f"In your own editor: `python -m guide practise {first.name}`."
    ]
    hook = f' data-exercise="{first.name}"' if first.snippet.kind == "numpy" else ""
    lines += [f"{{ .guide-task{hook} }}", ""]
    for other in others:
        lines += [f"In PyTorch, which no browser runs: `python -m guide practise {other.name}`.", ""]
    lines += fold("Starter", _fence(first.starter, f"{first.snippet.name}.py"))
    told = [
        f"- {escape(grade.sentence(test, first.functions))}" for test in grade.names_of_tests(first.tests)
    ]
    lines += fold(
        _count(first.promises).capitalize(),
        [
            *told,
            "",
            "They are the tests that the code of this page passes:",
            "",
            *_fence(first.tests, f"test_{first.snippet.name}.py"),
        ],
    )
    hints: list[str] = []
    for function, texts in first.hints.items():
        hints += [f"`{function}`", ""]
        for number, text in enumerate(texts, start=1):
            hints += fold(f"Hint {number}", [escape(text)])
    lines += fold("Hints", hints)
    lines += fold("Solution", _fence(first.solution, f"{first.snippet.name}.py"))
    return lines


def fold(title: str, inside: list[str]) -> list[str]:
    return [f'??? guide-fold "{title}"', "", *[f"    {line}" if line else "" for line in inside], ""]


def escape(text: str) -> str:
    """Text in which Markdown sees nothing but the code between backticks."""
    parts = re.split(r"(`[^`]+`)", text)
    parts[::2] = [
        re.sub(r"([\\`*_\[\]#$])", r"\\\1", part).replace("&", "&amp;").replace("<", "&lt;")
        for part in parts[::2]
    ]
    plain = "".join(parts)
    return re.sub(r"^(\d*)([-+>.])", r"\1\\\2", plain)  # else a list or a quotation


def _fence(code: str, title: str) -> list[str]:
    longest = max((len(ticks) for ticks in re.findall(r"`{3,}", code)), default=2)
    ticks = "`" * (longest + 1)
    return [f'{ticks} {{ .python title="{title}" }}', *code.rstrip("\n").split("\n"), ticks]


def _list(names: tuple[str, ...]) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _count(promises: int) -> str:
    return f"{promises} promise{'s' * (promises != 1)}"


class ExerciseExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        # After Snippets (32) has put the page's code in place, before fences (25) are taken out.
        md.preprocessors.register(ExercisePreprocessor(md), "guide_exercise", 30)


def makeExtension(**options) -> ExerciseExtension:
    return ExerciseExtension(**options)
