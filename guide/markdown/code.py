"""A fence that includes a snippet says so: file name as title, address of the section as data.

Runs before PyMdown's Snippets put the code in place, while the include line can still be seen.
"""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from guide import snippets
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
                line = (f'{opening["indent"]}{opening["ticks"]} {{ .python {".guide-wrong " if wrong else ""}'
                        f'title="{title}" data-snippet="{address}" }}')
            result.append(line)
        return result


class CodeExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        md.preprocessors.register(CodePreprocessor(md), "guide_code", 40)  # Snippets runs at 32


def makeExtension(**options) -> CodeExtension:
    return CodeExtension(**options)
