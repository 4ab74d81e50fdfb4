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


# What Pygments tells apart, but neither the site's style sheets nor the book: tests/site/test_speed.py asks
# a browser, tests/guide/test_markdown.py the book.
TOKEN = re.compile(r'<span class="(?P<kind>[^"]+)">(?P<text>[^<]*)</span>')
PLAIN = {"n", "w", "vm"}  # as the text around them
SAME = {"o": "p"}
BOXED = {"gd", "gi", "hll"}  # have a background, which would cover the blanks between two of them too


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


def lighter(code: str) -> str:
    """Highlighted code with the same colors, in three fifths of the tags.

    >>> lighter('<span class="n">x</span> <span class="o">=</span> <span class="p">(</span>')
    'x <span class="p">= (</span>'
    """
    parts: list[tuple[str, str]] = []  # kind, which is nothing for what stays as it is; text
    end = 0
    for token in TOKEN.finditer(code):
        kind = SAME.get(token["kind"], token["kind"])
        parts += [("", code[end : token.start()]), ("" if kind in PLAIN else kind, token["text"])]
        end = token.end()
    merged: list[list[str]] = [["", ""]]
    for kind, text in [*parts, ("", code[end:])]:
        if kind in BOXED or not text:
            merged += [[kind, text]] if text else []
            continue
        if kind and not merged[-1][1].strip() and len(merged) > 1 and merged[-2][0] == kind:
            merged[-2][1] += merged.pop()[1]  # the blanks between two of a kind
        if merged[-1][0] == kind:
            merged[-1][1] += text
        else:
            merged.append([kind, text])
    return "".join(f'<span class="{kind}">{text}</span>' if kind else text for kind, text in merged)


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
        content = repr((settings, language, arguments, told))
        recipe = kept.recipe(("pygments", "pymdown-extensions"), (__file__,))
        return kept.text(lambda: lighter(color()), src, content, recipe=recipe)


class CodeExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:
        for extension in md.registeredExtensions:
            if isinstance(extension, HighlightExtension):  # where SuperFences asks for the highlighter
                extension.get_pymdownx_highlighter = lambda: KeptHighlight
        md.preprocessors.register(CodePreprocessor(md), "guide_code", 40)  # Snippets runs at 32
        md.preprocessors.register(DoctestPreprocessor(md), "guide_doctest", 39)


def makeExtension(**options) -> CodeExtension:
    return CodeExtension(**options)
