"""Code on a page: what an include shows is said above it, and a docstring's example is code too.

Runs before PyMdown's Snippets put the code in place, while the include line can still be seen.
"""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from guide import exercises, snippets
from guide.markdown import project_root
from guide.pages import INCLUDE

OPENING = re.compile(r"^(?P<indent>\s*)(?P<ticks>`{3,})\s*python\s*$")


class CodePreprocessor(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        result = []
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            opening, include = OPENING.match(line), INCLUDE.match(following)
            if opening and include and include["section"]:
                snippet = snippets.parse(f"snippets/{include['file']}")
                wrong = snippet.kind == "mistakes"
                title = f"{'Wrong: ' if wrong else ''}{snippet.name}.py"
                address = f"{snippet.topic}/{snippet.name}:{include['section']}"
                # The page offers to run what needs nothing but NumPy.
                run = ' data-run=""' if exercises.runnable(project_root(), snippet) else ""
                line = (f'{opening["indent"]}{opening["ticks"]} {{ .python {".guide-wrong " if wrong else ""}'
                        f'title="{title}" data-snippet="{address}"{run} }}')
            result.append(line)
        return result


class DoctestPreprocessor(Preprocessor):
    """Put `>>>` examples of docstrings into a fence: Markdown takes them for nested quotations."""

    def run(self, lines: list[str]) -> list[str]:
        result: list[str] = []
        inside = False
        for line in lines:
            if line.startswith(">>> ") and not inside:
                result += ["", "```pycon"]
                inside = True
            elif inside and not line.strip():
                result += ["```"]
                inside = False
            result.append(line)
        return [*result, "```"] if inside else result


class CodeExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(CodePreprocessor(md), "guide_code", 40)  # Snippets runs at 32
        md.preprocessors.register(DoctestPreprocessor(md), "guide_doctest", 39)


def makeExtension(**options) -> CodeExtension:
    return CodeExtension(**options)
