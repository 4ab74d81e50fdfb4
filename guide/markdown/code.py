"""Code on a page: what an include shows is said above it, and a docstring's example is code too.

Runs before PyMdown's Snippets put the code in place, while the include line can still be seen.
"""

from __future__ import annotations

import re
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from pymdownx.highlight import Highlight, HighlightExtension

from guide import exercises, kept, snippets
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


class KeptHighlight(Highlight):
    """Colors a block of code once, and finds it again in each later build."""

    def highlight(self, src: str, language: str, *arguments: Any, **options: Any) -> Any:
        def color() -> Any:
            return Highlight.highlight(self, src, language, *arguments, **options)

        if options.get("inline") or self.title_mode != "text":
            return color()  # makes an element, or puts something aside in this one page
        settings = {name: value for name, value in vars(self).items() if name != "md"}
        # The number of the block is on the page only where lines have names.
        numbered = self.line_spans or self.line_anchors
        told = options if numbered else options | {"code_block_count": 0}
        recipe = kept.recipe(("pygments", "pymdown-extensions"), (__file__,))
        return kept.text(color, src, repr((settings, language, arguments, told)), recipe=recipe)


class CodeExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        for extension in md.registeredExtensions:
            if isinstance(extension, HighlightExtension):  # where SuperFences asks for the highlighter
                extension.get_pymdownx_highlighter = lambda: KeptHighlight
        md.preprocessors.register(CodePreprocessor(md), "guide_code", 40)  # Snippets runs at 32
        md.preprocessors.register(DoctestPreprocessor(md), "guide_doctest", 39)


def makeExtension(**options) -> CodeExtension:
    return CodeExtension(**options)
