"""Every fault that a contribution can have: what breaks the rule, and what the check says, and where."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import griffe
import mkdocstrings
import pytest

import guide.check
from guide.check import check, code_rules
from guide.faults import Fault
from guide.markdown import katex

PAGE = "docs/training/clipping.md"
SNIPPET = "snippets/training/clipping.py"
FIGURE = "snippets/training/clipping_figure.py"
TEST = "tests/training/test_clipping.py"
SOURCES = "docs/references.yml"
SYLLABUS = "docs/syllabus.yml"
DRAWING = "docs/training/clipping.svg"
NOTEBOOK = "docs/training/momentum.ipynb"

DOCSTRING = "Scale all gradients so that their norm is at most ``bound``."
PLACE = "One step on a cliff of the loss throws away what a thousand steps have learned.\n"
INCLUDE = '--8<-- "training/clipping.py:norm"'
FENCE = f"```python\n{INCLUDE}\n```\n"
IMAGE = "![The clipped gradient is shorter and points the same way](clipping.svg)"
ENTRY = """\
pascanu2013:
  authors: [Pascanu, Mikolov, Bengio]
  title: On the difficulty of training recurrent neural networks
  year: 2013
  venue: ICML
  arxiv: "1211.5063"
"""
ANOTHER = ENTRY.replace("pascanu2013", "hinton2012").replace("1211.5063", "1207.0580")


@dataclass(frozen=True)
class Broken:
    """One broken rule. ``at`` is a text that begins on the line to be named; empty for the whole file."""

    name: str
    edit: Callable
    path: str
    at: str
    words: str


def swap(name: str, old: str, new: str) -> Callable:
    return lambda project: project.replace(name, old, new)


def add(text: str, name: str = PAGE, after: str = PLACE) -> Callable:
    return lambda project: project.replace(name, after, f"{after}\n{text}\n")


def minutes(lines: str) -> Callable:
    return add(f"{lines}\n<!-- minutes -->", "docs/index.md", "<!-- topics -->\n")


def cut(name: str, start: str, end: str) -> Callable:
    """Remove the text from ``start`` to just before ``end``."""

    def apply(project) -> None:
        text = project.read(name)
        project.write(name, text[: text.index(start)] + "\n\n" + text[text.index(end):])

    return apply


def write(name: str, text: str | bytes) -> Callable:
    return lambda project: project.write(name, text)


def link(name: str, target: str) -> Callable:
    return lambda project: (project.root / name).symlink_to(target)


def drawing(name: str, content: str, words: str) -> Broken:
    """The page's figure with something in it, on its second line."""
    text = f"<svg xmlns='http://www.w3.org/2000/svg'>\n{content}\n</svg>\n"
    at = "</svg>" if "no SVG" in words else content
    return Broken(f"drawing: {name}", write(DRAWING, text), DRAWING, at, words)


def append(name: str, text: str) -> Callable:
    return lambda project: project.append(name, text)


def together(*edits: Callable) -> Callable:
    def apply(project) -> None:
        for edit in edits:
            edit(project)

    return apply


def remove(name: str) -> Callable:
    return lambda project: project.remove(name)


def notebook(**changes) -> Callable:
    return lambda project: project.add_notebook(**changes)


def raw_notebook(text: str | bytes) -> Callable:
    return lambda project: project.add_page("training/momentum.ipynb", "") or project.write(NOTEBOOK, text)


def front(old: str, new: str, at: str, words: str, name: str) -> Broken:
    return Broken(f"front matter: {name}", swap(PAGE, old, new), PAGE, at, words)


def maths(name: str, text: str, at: str, words: str = "is not understood") -> Broken:
    return Broken(f"formula: {name}", add(text), PAGE, at, words)


def html(name: str, text: str, at: str, words: str = "write Markdown instead") -> Broken:
    return Broken(f"HTML: {name}", add(text), PAGE, at, words)


def include(name: str, new: str, words: str, at: str | None = None) -> Broken:
    return Broken(f"include: {name}", add(f"```python\n{new}\n```"), PAGE, at or new, words)


def imports(name: str, text: str, words: str, at: str = "") -> Broken:
    """A snippet that does ``text`` when it is imported."""
    return Broken(
        f"import: {name}", swap(SNIPPET, "import math\n", f"import math\n{text}\n"), SNIPPET, at, words
    )


def source(name: str, old: str, new: str, at: str, words: str) -> Broken:
    return Broken(f"source: {name}", swap(SOURCES, old, new), SOURCES, at, words)


FILE_FAULTS = [
    Broken("BOM", lambda p: p.write(PAGE, "\ufeff" + p.read(PAGE)), PAGE, "---", "without BOM"),
    Broken("Windows line ends", lambda p: p.write(PAGE, p.read(PAGE).replace("\n", "\r\n")), PAGE, "---",
        "save it with LF"),
    Broken("not UTF-8", lambda p: p.write(PAGE, p.read(PAGE).encode().replace(b"One step", b"One \xe9tape")),
        PAGE, "One ", "save it as UTF-8"),
    Broken("null byte", swap(PAGE, "One step", "One\0 step"), PAGE, "One\0", "holds a null byte"),
    Broken("conflict", add("<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> main"), PAGE, "<<<<<<<",
        "keep one of the two versions"),
    Broken("conflict in the sources", swap(SOURCES, "  year: 2013\n",
        "<<<<<<< HEAD\n  year: 2013\n=======\n  year: 2012\n>>>>>>> main\n"), SOURCES, "<<<<<<<",
        "that git left"),
    Broken("reading turned around", add("A bound of \u202e100\u202c steps."), PAGE, "A bound",
        "U+202E, which nobody"),
    Broken("letter without width", add("A bou\u200bnd."), PAGE, "A bou", "U+200B, which nobody sees"),
    Broken("reading turned around in code", append(TEST, "\n# \u2066 a comment\n"), TEST, "# \u2066",
        "U+2066"),
    Broken("letter that looks alike", swap(PAGE, "Gradient clipping\n", "Gr\u0430dient clipping\n"), PAGE,
        "title",
        "mixes Cyrillic and Latin letters"),
    Broken("key in a file beside the guide", write(".env", "TOKEN=hf_" + "aB" * 17 + "\n"), ".env", "TOKEN",
        "looks like a key"),
    Broken("name with a space", write("docs/training/two words.css", "a {}\n"),
        "docs/training/two words.css", "",
        "name is part of the address"),
    Broken("name that Windows keeps", write("docs/training/con.css", "a {}\n"), "docs/training/con.css", "",
        "that Windows keeps for itself"),
    Broken("shown code too wide", swap(SNIPPET, "    norm = math", "    # " + "x" * 79 + "\n    norm = math"),
           SNIPPET, "    # xxx", "line has 85 characters and a page shows it"),
    Broken("snippet not UTF-8", write(SNIPPET, b"\n# \xe9\n"), SNIPPET, "# ", "save it as UTF-8"),
    Broken("snippet is a folder", lambda p: (p.remove(SNIPPET), (p.root / SNIPPET).mkdir()), SNIPPET, "",
        "put a plain file there"),
    Broken("Markdown nested without end", add("- " * 2000 + "a"), PAGE, "", "Markdown is nested too deeply"),
    Broken("page is a folder", lambda p: (p.remove(PAGE), (p.root / PAGE).mkdir()), PAGE, "", "is no file"),
    Broken("mkdocs.yml missing", remove("mkdocs.yml"), "mkdocs.yml", "", "in the project's root folder"),
    Broken("mkdocs.yml empty", write("mkdocs.yml", ""), "mkdocs.yml", "", "below `nav:`"),
    Broken("mkdocs.yml a list", write("mkdocs.yml", "- a\n"), "mkdocs.yml", "", "below `nav:`"),
    Broken("mkdocs.yml not YAML", append("mkdocs.yml", "a: b: c\n"), "mkdocs.yml", "a: b", "in quotes"),
    Broken("mkdocs.yml endless", write("mkdocs.yml", "nav: " + "[" * 500), "mkdocs.yml", "",
        "nested too deeply"),
    Broken("syllabus missing", remove(SYLLABUS), SYLLABUS, "", "is missing: it lists every question"),
    Broken("references missing", remove(SOURCES), SOURCES, "", "is missing: it holds every source"),
]

FRONT_MATTER_FAULTS = [
    Broken("front matter: missing", lambda p: p.write(PAGE, p.read(PAGE).split("---\n")[2]), PAGE, "\n",
        "front matter is missing: start with"),
    front("title: Gradient clipping", "title: Clipping: gradients", "title:", "holds a colon in quotes",
        "colon"),
    front("title: Gradient clipping", 'title: "Clipping', "title:",
        "unexpected end of stream: close the quote", "open quote"),
    front("level: core", "level: core\n\tcolor: red", "\tcolor", "spaces instead of the tab", "tab"),
    front("level: core", "level: core\nlevel: deep", "level: deep", "a second time, first in line 5",
        "key twice"),
    front("level: core", "level: core\ncolor: red", "color", "`color` is unknown: use title", "unknown key"),
    front("asked: often", "asked: often\nalias: [a]", "alias:", "did you mean `aliases`?", "misspelled key"),
    front("asked: often\n", "", "---", "front matter needs `asked:`", "key missing"),
    front("level: core", "level: hard", "level", "write one of 'warm-up', 'core' or 'deep'", "unknown level"),
    front("asked: often", "asked: always", "asked", "`asked` is `always`: write one of", "unknown frequency"),
    front("roles: [vision]", "roles: [pilot]", "roles", "`roles.0` is `pilot`: write one of", "unknown role"),
    front("Gradient clipping\n", "2024-01-01\n", "title", "reads it as date 2024-01-01: put it in quotes",
        "date"),
    front("Gradient clipping\n", "2024-99-99\n", "title", "a number or a date and is none", "broken date"),
    front("Gradient clipping\n", "no\n", "title", "reads it as bool False: put it in quotes", "no"),
    front("Gradient clipping\n", "9" * 5000 + "\n", "title", "put it in quotes", "number without end"),
    front("Gradient clipping\n", "\n", "title", "`title` is empty: write its value", "empty"),
    front("Gradient clipping\n", "[a, b]\n", "title", "write it without brackets",
        "list where text is expected"),
    front("Gradient clipping\n", "x\n", "title", "has 1 characters: write at least 2", "title too short"),
    front("Gradient clipping\n", "x" * 61 + "\n", "title", "has 61 characters: write at most 60",
        "title too long"),
    front("Gradient clipping\n", '"  "\n', "title", "begins or ends with a blank", "blank"),
    front("aliases: [", "aliases: [Clip, clip, ", "aliases", "hold `clip` twice", "alias twice"),
    front("Gradient clipping\n", "A < b\n", "title", "holds '<'", "HTML in the title"),
    front("Clip by the joint norm, which keeps the direction of the step.", "Clip.", "description",
        "has 5 characters: write at least 40", "description too short"),
    front("the direction of the step.", 'the “direction” of the "step".', "description", "holds '\"'",
        "quote"),
    front("answers: [clipping, clipping_value]", "answers: clipping", "answers", "write `[clipping]`",
        "no list"),
    front("[clipping, clipping_value]", "[]", "answers", "has no entry: write at least one", "empty list"),
    front("[clipping, clipping_value]\n", "[clipping, clipping_value]\n[a]: b\n", "[a]", "stands as a key",
        "list as a key"),
    front("roles: [vision]", "roles: &a [*a]", "roles", "write the value out", "endless YAML"),
    front("roles: [vision]", "roles: !!python/name:os.system x", "roles", "write the value out", "YAML type"),
    front("roles: [vision]", "roles: " + "[" * 500, "title", "nested too deeply", "deep YAML"),
    front("roles: [vision]", "roles: [\x07]", "roles", "holds U+0007, which nobody sees",
        "control character"),
    Broken("front matter: no mapping", lambda p: p.write(PAGE, "---\n- a\n---\n# A\n"), PAGE, "- a",
        "expected `key: value` lines"),
    Broken("front matter: answer's key without answers", swap("docs/index.md", "hide: [navigation]",
        "level: core"), "docs/index.md", "level", "`level` belongs to an answer: add `answers: [slug]`"),
]

PAGE_FAULTS = [
    Broken("page not in navigation", swap("mkdocs.yml", "      - data/leakage.md\n", ""),
        "docs/data/leakage.md", "", "add `- data/leakage.md` below its topic"),
    Broken("navigation names no page", swap("mkdocs.yml", "  - Reference",
        "  - data/lekage.md\n  - Reference"), "mkdocs.yml", "lekage", "did you mean `data/leakage.md`?"),
    Broken("page twice in navigation", swap("mkdocs.yml", "  - Reference", "  - index.md\n  - Reference"),
        "mkdocs.yml", "  - index.md\n  - Ref", "a second time, first in line 4"),
    Broken("topic without index", together(remove("docs/data/index.md"), swap("mkdocs.yml",
        "      - data/index.md\n", "")), "docs/data/index.md", "", "`<!-- questions topic=data -->`"),
    Broken("topic without reference", together(remove("docs/reference/training.md"), swap("mkdocs.yml",
        "  - Reference:\n      - reference/training.md\n", "")), "docs/reference/training.md", "",
        "`<!-- reference topic=training -->`"),
    Broken("slug unknown", swap(PAGE, "[clipping, clipping_value]", "[clipping, clipping_value, clippin]"),
        PAGE, "answers", "add the question; did you mean `clipping`?"),
    Broken("slug answered twice", swap(PAGE, "[clipping, clipping_value]",
        "[clipping, clipping_value, clipping]"), PAGE, "answers",
        "is answered in docs/training/clipping.md already"),
    Broken("slug in the wrong topic", together(swap(SYLLABUS,
        "  clipping_value: When is clipping by value right?\n", ""), append(SYLLABUS,
        "  clipping_value: When is clipping by value right?\n")), PAGE, "answers",
        "belongs to the topic `data`: move the page to docs/data/"),
    Broken("slug without heading", swap(PAGE, " { #clipping_value }", ""), PAGE, "answers",
        "write one as `## … { #clipping_value }`"),
    Broken("page name", lambda p: p.add_page("training/Momentum-2.md",
        p.read("docs/data/leakage.md").replace("[leakage]", "[momentum]").replace("## What they",
        "## Momentum { #momentum }\n\n## What they")), "docs/training/Momentum-2.md", "",
        "name is part of the address"),
    Broken("prerequisite unknown", swap(PAGE, "[data/leakage]", "[data/lekage]"), PAGE, "prerequisites",
        "did you mean `data/leakage`?"),
    Broken("prerequisite is the page itself", swap(PAGE, "[data/leakage]", "[training/clipping]"), PAGE,
        "prerequisites", "is the page itself"),
    Broken("no top heading", swap(PAGE, "# Do you clip gradients by value or by norm?\n", ""), PAGE,
        "\n\n!!! abstract", "has 0 headings of level 1"),
    Broken("two top headings", swap(PAGE, "## Why", "# Why"), PAGE, "# Why", "has 2 headings of level 1"),
    Broken("top heading without a blank", swap(PAGE, "## Why", "#Why"), PAGE, "#Why",
        "has 2 headings of level 1"),
    Broken("heading skips a level", swap(PAGE, "## Why", "### Why"), PAGE, "### Why",
        "from level 1 to 3: use `##`"),
    Broken("id twice", add("## A { #same }\n\n## B { #same }"), PAGE, "## B",
        "id `same` stands here a second time"),
    Broken("section that the build makes", add("## Your turn\n\nWrite it."), PAGE, "## Your turn",
        "is made by the build"),
    Broken("short answer twice", add('!!! abstract "Say this first"\n\n    Again.'), PAGE,
        '!!! abstract "Say this first"\n\n    Again',
        "stands here a second time, first in line"),
    Broken("heading empty", add("## "), PAGE, "## \n", "is empty: write its words"),
    Broken("note to self", add("TODO: say why."), PAGE, "TODO", "is a note to yourself"),
    Broken("footnote", add("A claim.[^1]"), PAGE, "A claim", "`[^1]` is a footnote, which the guide has not"),
    Broken("footnote's text", add("[^1]: More."), PAGE, "[^1]", "is a footnote"),
    Broken("link to nothing defined", add("See [the paper][nosuch]."), PAGE, "See [",
        "is left as it stands: write a link as"),
    Broken("link never closed", add("See [the other](../data/leakage.md"), PAGE, "See [",
        "is left as it stands"),
    Broken("table with a long row", add("| a | b |\n| --- | --- |\n| 1 | 2 | 3 |"), PAGE, "| 1 | 2",
        "has 3 cells, its table has 2 columns"),
    Broken("table with a bar in code", add("| a | b |\n| --- | --- |\n| x | y | z |\n| 1 | 2 |"), PAGE,
        "| x |", "`\\|` for a bar"),
    Broken("table below text", add("The table:\n| a | b |\n| --- | --- |\n| 1 | 2 |"), PAGE, "| --- ",
        "needs an empty line before it"),
    Broken("table with another number of columns", add("| a | b | c |\n| --- | --- |\n| 1 | 2 |"), PAGE,
        "| --- ", "as many columns"),
    Broken("code by indent", add("The code:\n\n    norm = 1"), PAGE, "    norm", "put it into a fence"),
    Broken("box unknown", add('!!! warnign "Care"\n\n    Text.'), PAGE, "!!! warn",
        "did you mean `warning`?"),
    Broken("box empty", add('!!! note "Care"\n\nText.'), PAGE, "!!! note",
        "is empty: write its text below it"),
    Broken("link without words", add("See [](../data/leakage.md)."), PAGE, "See", "says nothing by itself"),
    Broken("link named here", add("See [here](../data/leakage.md)."), PAGE, "See", "has the text `here`"),
    Broken("link to the built page", add("See [the other](../data/leakage/)."), PAGE, "See",
        "write the path of its .md file"),
    Broken("link to the built file", add("See [the other](../data/leakage.html)."), PAGE, "See",
        "did you mean `docs/data/leakage.md`"),
    Broken("link from the top", add("See [the other](/data/leakage.md)."), PAGE, "See",
        "names no file of a page"),
    Broken("link out of the pages", add("See [the code](../../snippets/training/clipping.py)."), PAGE,
        "See", "names no file of a page"),
    Broken("link by reference to no page", add("See [the other][a].\n\n[a]: ../data/leakag.md"), PAGE,
        "[a]: ", "did you mean"),
    Broken("anchor on another page", add("See [the other](../data/leakage.md#sorces)."), PAGE, "See",
        "leads to nothing in docs/data/leakage.md"),
    Broken("anchor on the page", add("See [the code](#cod)."), PAGE, "See", "did you mean `code`?"),
    Broken("address without encryption", add("See [the paper](http://arxiv.org/abs/1)."), PAGE, "See",
        "write `https://arxiv.org/abs/1`"),
    Broken("address without scheme", add("See [the paper](//arxiv.org/abs/1)."), PAGE, "See",
        "write `https://arxiv.org/abs/1`"),
    Broken("address of the own machine", add("See [the page](http://localhost:8000/)."), PAGE, "See",
        "your own network"),
    Broken("address of the own network", add("See <https://192.168.0.1/>."), PAGE, "See", "your own network"),
    Broken("address with a password", add("See [the page](https://me:secret@example.org/)."), PAGE, "See",
        "holds a name or a password"),
    Broken("address that tells who sent", add("See [the page](https://example.org/?a=1&utm_source=b)."),
        PAGE, "See", "remove `utm_source=…`"),
    Broken("address with a blank", add("See [the page](https://example.org/a b)."), PAGE, "See",
        "is no address"),
    Broken("underlined heading", add("A new idea\n=========="), PAGE, "A new idea", "write `## …`"),
    Broken("short answer missing", swap(PAGE, '!!! abstract "Say this first"', '!!! note "Say this"'), PAGE,
        "# Do you clip", 'write `!!! abstract "Say this first"`'),
    Broken("short answer not indented", swap(PAGE, "    By norm.", "By norm."), PAGE, "!!! abs",
        "indent the answer by 4 spaces"),
    Broken("short answer too short", cut(PAGE, "Clipping by norm scales", "## Why"), PAGE, "!!! abstract",
        "has 2 words: say it in 40 to 120"),
    Broken("short answer too long", swap(PAGE, "By norm. Clipping", "By norm. " + "and " * 80 + "Clipping"),
        PAGE, "!!! abstract", "words: say it in 40 to 120"),
    Broken("short answer below a section", swap(PAGE, '!!! abstract "Say', '## Start\n\n!!! abstract "Say'),
        PAGE, "!!! abstract", "move it right below the title"),
    Broken("follow-ups missing", swap(PAGE, "## What they ask next", "## Questions"), PAGE, "",
        "add `## What they ask next` with 3 to 5"),
    Broken("too few follow-ups", swap(PAGE, '??? question "Which bound?"', '??? note "Which bound?"'), PAGE,
        "## What they", "has 2 questions: write 3 to 5"),
    Broken("too many follow-ups", swap(PAGE, "## Sources",
        '??? question "A?"\n\n    B.\n\n' * 3 + "## Sources"), PAGE, "## What they",
        "has 6 questions: write 3 to 5"),
    Broken("follow-up elsewhere does not count", together(swap(PAGE, '??? question "Which bound?"',
        '??? note "Which bound?"'), add('??? question "A?"\n\n    B.')), PAGE, "## What they",
        "has 2 questions"),
    Broken("follow-up without answer", swap(PAGE, "    Before it.", "Before it."), PAGE,
        '??? question "Does', "is empty: write its text below it"),
    Broken("sections out of order", lambda p: (p.replace(PAGE, "## Common mistakes", "## Swap"),
        p.replace(PAGE, "## Code", "## Common mistakes"), p.replace(PAGE, "## Swap", "## Code")), PAGE,
        "## Common", "put them as Code, Common mistakes, What they ask next, Sources"),
    Broken("list unknown", swap("docs/index.md", "<!-- topics -->", "<!-- topic -->"), "docs/index.md",
        "<!--", "write one of `questions topic=…`"),
    Broken("list of an unknown topic", swap("docs/index.md", "<!-- topics -->",
        "<!-- questions topic=dta -->"), "docs/index.md", "<!--",
        "names no topic of the guide: write one of training, data"),
    Broken("minutes of a page that answers nothing", minutes("- [A](data/leakage.md)\n- [B](data/index.md)"),
        "docs/index.md", "- [B]", "`data/index.md` above `<!-- minutes -->` is no answer"),
    Broken("minutes of a page that is not there", minutes("- [A](data/leakage.md)\n- [B](data/gone.md)"),
        "docs/index.md", "- [B]", "leads to no page"),
    Broken("minutes of another site", minutes("- [A](https://example.org/)\n- [B](data/leakage.md)"),
        "docs/index.md", "- [A]", "`https://example.org/` above `<!-- minutes -->` is no answer"),
    Broken("minutes beside words", minutes("- [A](data/leakage.md), first\n- [B](training/clipping.md)"),
        "docs/index.md", "- [A]", "is no link to an answer: write each line as"),
    Broken("minutes twice", minutes("- [A](data/leakage.md)\n- [B](data/leakage.md)"),
        "docs/index.md", "- [B]", "stands twice"),
    Broken("minutes of a page with a fault", together(minutes("- [A](data/leakage.md)"),
        swap("docs/data/leakage.md", "answers: [leakage]", "answers: leakage")), "docs/data/leakage.md",
        "answers",
        "write `[leakage]`"),
    Broken("minutes of nothing", minutes(""), "docs/index.md", "<!-- minutes", "stands below no list"),
]

FORMULA_FAULTS = [
    maths("in the line", "The value $\\foo{x}$ is wrong.", "\\foo", "Undefined control sequence: \\foo"),
    maths("short, beside the same letter", "Write x^ for it.\n\nThe value $x^$ is wrong.", "The value"),
    maths("displayed", "$$\n\\frac{1}{\n$$", "\\frac{1}{", "is not understood"),
    maths("in a fold", '??? note "More"\n\n    The value $\\foo$ is wrong.', "$\\foo$"),
    maths("displayed in a fold", '??? note "More"\n\n    $$\n    \\foo\n    $$', "    \\foo"),
    maths("in a tab", '=== "One"\n\n    The value $\\foo$ is wrong.', "$\\foo$"),
    maths("in a table", "| a | b |\n| --- | --- |\n| 1 | $\\foo$ |", "| 1 |"),
    maths("in a heading", "### Why $\\foo$ matters", "### Why"),
    maths("in a list", "- one $\\foo$", "- one"),
    maths("macro that calls itself", "$\\def\\a{\\a\\a}\\a$", "\\def", "Too many expansions"),
    maths("nested without end", "$" + "{" * 5000 + "$", "{{{", "is not understood"),
    maths("never closed after other text", "An *important* remark $$ x", "An *important*", "is never closed"),
    maths("never closed", "$$\nx = 1\n\nand then", "$$\nx", "is never closed"),
]

HTML_FAULTS = [
    html("script", "<script>alert(1)</script>", "<script>"),
    html("script in the line", "Text <script>alert(1)</script> text.", "Text <script>"),
    html("tag over two lines", "<img\nsrc=x>", "<img"),
    html("event handler", '<div onclick="alert(1)">a</div>', "onclick"),
    html("event handler behind a quoted bracket", '<div title="<" onclick="alert(1)">a</div>', "onclick"),
    html("style", '<div style="position:fixed">a</div>', "style"),
    html("iframe", '<iframe src="https://example.org/"></iframe>', "<iframe"),
    html("iframe with Markdown", '<iframe markdown src="https://example.org/">a</iframe>', "<iframe"),
    html("link as HTML", 'A <a href="https://example.org/">link</a>.', "<a href"),
    html("section with Markdown", "<section markdown>\na\n</section>", "<section"),
    html("end of something", "text\n\n</div></article>\n\ntext", "</div></article>"),
    Broken("HTML: behind a source", swap(PAGE, "the cliff, and clipping by norm.", "<iframe>"), PAGE,
        "- [@pascanu2013]", "raw HTML `<iframe>`"),
    html("processing instruction", "<?php echo 1 ?>", "<?php"),
    html("CDATA", "<![CDATA[x]]>", "<![CDATA"),
    html("declaration", "<!DOCTYPE html>\n\ntext", "<!DOCTYPE"),
    html("comment that a browser ends at once", "<!--><script>alert(1)</script>-->", "<!-->"),
    html("in a fold", '??? note "More"\n\n    <object data="x"></object>', "<object"),
    html("javascript", "A [link](javascript:alert(1)).", "javascript", "link to a page of the guide"),
    html("javascript in capitals", "A [link](JavaScript:alert(1)).", "JavaScript",
        "link to a page of the guide"),
    html("javascript in brackets", "A [link](<javascript:alert(1)>).", "javascript", "no address of a page"),
    html("javascript by reference", "A [link][a].\n\n[a]: javascript:alert(1)", "[a]: java", "no address"),
    html("javascript as entities", "A [link](&#106;avascript:alert(1)).", "&#106;", "no address of a page"),
    html("data address", "A [link](data:text/html,x).", "data:", "no address of a page"),
    html("attribute with a handler", 'A [link](../index.md){ onclick="alert(1)" }.', "onclick",
        "classes and ids"),
    html("attribute with a style", 'A *word*{ style="color:red" }.', "style", "classes and ids only"),
]

CODE_FAULTS = [
    Broken("Python that is no include", add("```python\nx = 1\n```"), PAGE, "```python\nx",
        "that no test runs"),
    Broken("Python in braces", add("``` { .python }\nx = 1\n```"), PAGE, "{ .python }", "that no test runs"),
    Broken("Python session", add("```pycon\n>>> 1\n```"), PAGE, "```pycon", "that no test runs"),
    Broken("Python in tildes", add("~~~py\nx = 1\n~~~"), PAGE, "~~~py", "that no test runs"),
    Broken("Python in a quotation", add("> ```python\n> x = 1\n> ```"), PAGE, "> ```python",
        "that no test runs"),
    Broken("Python in a fold", add('??? note "A"\n\n    ```python\n    x = 1\n    ```'), PAGE,
        "    ```python",
        'move it to a section of snippets/training/ and write `--8<-- "training/clipping.py:section"`'),
    Broken("include and code", add(f"```python\n{INCLUDE}\nx = 1\n```"), PAGE, "```python",
        "that no test runs"),
    Broken("two includes", add(f"```python\n{INCLUDE}\n{INCLUDE}\n```"), PAGE, "```python",
        "that no test runs"),
    Broken("fence never closed", append(PAGE, "\n```text\na\n"), PAGE, "```text\na", "is never closed"),
    Broken("fence closed by the next one", add(f"```text\na\n\n{FENCE}"), PAGE, "```text\na",
        "is never closed before another opens in line"),
    Broken("fence closed with more ticks", append(PAGE, "\n```text\na\n````\n"), PAGE, "```text\na\n`",
        "never"),
    Broken("fence not understood", add("```text foo bar\na\n```"), PAGE, "```text foo", "is not understood"),
    Broken("fence with a handler", add('``` { .text onclick="a" }\na\n```'), PAGE, "onclick",
        "not understood"),
    Broken("fence without language", add("```\na\n```"), PAGE, "```\na", "names no language: write ```text"),
    include("missing file", '--8<-- "training/clippin.py:norm"', "did you mean `training/clipping.py`?"),
    include("missing section", '--8<-- "training/clipping.py:nrm"', "did you mean `norm`?"),
    include("lines", '--8<-- "training/clipping.py:1:3"',
        "section `1:3` is not in snippets/training/clipping.py"),
    include("climbs out", '--8<-- "../docs/syllabus.yml:a"', "leaves snippets/: name a module"),
    include("absolute", '--8<-- "/etc/passwd:a"', "leaves snippets/"),
    include("roundabout", '--8<-- "data/../training/clipping.py:norm"', "leaves snippets/"),
    include("whole file", '--8<-- "training/clipping.py"', "name a section, `training/clipping.py:section`"),
    include("address", '--8<-- "https://example.org/a.py:b"',
        "`https://example.org/a.py:b` leaves snippets/"),
    include("single quotes", "--8<-- 'training/clipping.py:norm'", "that no test runs",
        at="```python\n--8<-- '"),
    include("block form", "--8<--\ntraining/clipping.py\n--8<--", "that no test runs",
        at="```python\n--8<--\n"),
    Broken("include: other quotes in text", add("```text\n--8<-- 'training/clipping.py:norm'\n```"), PAGE,
        "--8<-- '", "include is not understood"),
    Broken("include: outside a fence", add(INCLUDE), PAGE, INCLUDE, "stands outside a fence"),
    Broken("section without end", swap(SNIPPET, "# --8<-- [end:norm]\n", ""), SNIPPET, "[start:norm]",
        "add `# --8<-- [end:norm]` after its last line"),
    Broken("section without start", append(SNIPPET, "# --8<-- [end:other]\n"), SNIPPET, "[end:other]",
        "add `# --8<-- [start:other]` above"),
    Broken("second section without end", append(SNIPPET, "# --8<-- [start:other]\n"), SNIPPET,
        "[start:other]", "add `# --8<-- [end:other]` after its last line"),
    Broken("section twice", append(SNIPPET, "# --8<-- [start:norm]\n# --8<-- [end:norm]\n"), SNIPPET,
        "# --8<-- [start:norm]\n# -", "starts a second time: give it a name of its own"),
    Broken("mark not understood", append(SNIPPET, "x = 1  # --8<-- [start:other]\n"), SNIPPET, "x = 1  #",
        "on a line of its own"),
    Broken("mark in capitals", append(SNIPPET, "# --8<-- [start:Other]\n"), SNIPPET, "[start:Other]",
        "lower case"),
    Broken("snippet without test", remove(TEST), SNIPPET, "", f"has no test: write {TEST}"),
    Broken("snippet on no page", together(write("snippets/training/clipping_mistakes.py", "x = 1\n"),
        write("tests/training/test_clipping_mistakes.py", "def test_x():\n    assert x() == 1\n")),
        "snippets/training/clipping_mistakes.py", "", "is shown on no page: include one of its sections"),
    Broken("snippet without page", together(write("snippets/training/cliping_experiment.py", "x = 1\n"),
        write("tests/training/test_cliping_experiment.py", "def test_x():\n    assert x() == 1\n")),
        "snippets/training/cliping_experiment.py", "", "did you mean `clipping`?"),
    Broken("snippet name", write("snippets/training/Clip-2.py", "x = 1\n"), "snippets/training/Clip-2.py",
        "", "name breaks the rule: snippets/<topic>/<stem>.py"),
    Broken("snippet topic", write("snippets/tools/clip.py", "x = 1\n"), "snippets/tools/clip.py", "",
        "a topic of docs/syllabus.yml"),
    Broken("snippet without topic", write("snippets/clip.py", "x = 1\n"), "snippets/clip.py", "",
        "breaks the rule"),
    Broken("snippet package", write("snippets/training/__init__.py", ""), "snippets/training/__init__.py",
        "", "breaks the rule"),
    imports("PyTorch in a NumPy snippet", "if False:\n    import torch",
        "PyTorch goes to clipping_torch.py", at="    import torch"),
    imports("another snippet", "if False:\n    import snippets.training.other", "imports another snippet",
        at="    import snippets"),
    imports("another snippet, relative", "if False:\n    from . import other", "imports another snippet",
        at="from ."),
    Broken("docstring missing", swap(SNIPPET, f'    """{DOCSTRING}"""\n', ""), SNIPPET, "def clip_by_norm",
           "`clip_by_norm` has no docstring"),
    Broken("docstring empty", swap(SNIPPET, DOCSTRING, " "), SNIPPET, "def clip_by_norm",
           "`clip_by_norm` has no docstring"),
    imports("the network", "if False:\n    from urllib.request import urlopen", "which reads the network",
        at="from urllib"),
    Broken("file of another kind", write("docs/training/clipping.png", b"\x89PNG"),
           "docs/training/clipping.png", "", "drawn as SVG"),
    Broken("file beside the snippets", write("snippets/training/weights.npz", b"PK"),
           "snippets/training/weights.npz", "", "keep to .json, .py"),
    Broken("file too large", write("snippets/training/clipping_experiment.json", " " * 1_000_001),
           "snippets/training/clipping_experiment.json", "", "1,000,001 bytes"),
    Broken("link to a file", link("snippets/training/runs.json", "../../mkdocs.yml"),
           "snippets/training/runs.json", "", "is a link to another file"),
    Broken("link to a folder", link("snippets/other", "/etc"), "snippets/other", "",
           "is a link to another file"),
    drawing("script", "<script>alert(1)</script>", "holds `<script>`"),
    drawing("page inside", "<foreignObject/>", "holds `<foreignObject>`"),
    drawing("address set later", "<set attributeName='href' to='javascript:x()'/>", "holds `<set>`"),
    drawing("handler", "<path onload='x()'/>", "event handler `onload`"),
    drawing("picture from elsewhere", "<image href='https://example.com/x.png'/>", "loads or links"),
    drawing("address with a script", "<a href='javascript:x()'><text>y</text></a>", "loads or links"),
    drawing("broken", "<path>", "is no SVG"),
    Broken("drawing with an entity", write(DRAWING, "<!DOCTYPE svg [<!ENTITY a 'b'>]>\n<svg/>\n"), DRAWING,
           "<!DOCTYPE", "holds `<!ENTITY`, which loads or repeats"),
    drawing("style from elsewhere", "<style>@import url(https://example.org/a.css);</style>",
        "loads `@import`"),
    drawing("color from elsewhere", "<rect fill='url(https://example.org/a.svg#b)'/>",
        "a figure stands alone"),
    drawing("style in disguise", "<style>@\\69mport 'https://example.org/a.css';</style>", "loads `@\\69`"),
    Broken("drawing with a style sheet", write(DRAWING,
        "<?xml-stylesheet href='https://example.org/a.css'?>\n<svg/>\n"),
           DRAWING, "<?xml", "holds `<?`"),
    Broken("key by its name", append(SNIPPET, '\npassword = "correct-' + 'horse"\n'), SNIPPET, "password",
        "looks like a key"),
    Broken("key in a page", add("Set `TOKEN=ghp_" + "a1B2" * 9 + "` first."), PAGE, "Set `TOKEN",
           "looks like a key (`ghp_a1…`)"),
    Broken("key in a snippet", append(SNIPPET, '\nKEY = "AKIA' + "A1B2" * 4 + '"\n'), SNIPPET, "KEY =",
           "looks like a key"),
    Broken("test that sleeps", append(TEST, "\n\ndef test_late():\n    import time\n    time.sleep(1)\n"
                                            "    assert x() == 1\n"), TEST, "    time.sleep", "sleeps"),
    Broken("docstring of another parameter",
           swap(SNIPPET, "``bound``.", "``bound``.\n\n    Args:\n        limit: No parameter.\n    "),
           SNIPPET, "        limit:", "docstring: Parameter 'limit' does not appear"),
    Broken("link to a page that is not there", add("Read [the other](clippin.md#why)."), PAGE, "Read [the",
           "link `clippin.md` leads to no page"),
    Broken("link out of its topic", add("Read [the other](../data/leakages.md)."), PAGE, "Read [the",
           "did you mean `docs/data/leakage.md`"),
    imports("runs text", "def _later():\n    eval('1')", "`eval` does more than compute", at="    eval"),
    imports("opens a file", "def _later():\n    open('/etc/passwd')", "`open` touches files", at="    open"),
    imports("draws other numbers each time", "def _later(np):\n    return np.random.default_rng()",
        "draws other numbers each time", at="    return np"),
    imports("raises", "1 / 0", "raises ZeroDivisionError on import (division by zero)", at="1 / 0"),
    imports("raises nothing to say", "raise ValueError", "(no message)", at="raise ValueError"),
    imports("warns", "import warnings\nwarnings.warn('old')", "raises UserWarning on import (old)",
        at="warn('old')"),
    imports("prints", "print('hello')", "move the output below `if __name__", at="print('hello')"),
    imports("prints to stderr", "import sys\nprint('hello', file=sys.stderr)", "prints on import",
        at="print('hello'"),
    imports("exits", "raise SystemExit(0)", "raises SystemExit on import", at="raise SystemExit"),
    imports("ends Python", "import os\nos._exit(0)", "stops Python itself when it is imported"),
    imports("NumPy's global state", "import numpy as np\nnp.random.seed(1)",
        "touches NumPy's global random state"),
    imports("one number of NumPy's global state", "import numpy as np\nnp.random.rand()",
        "touches NumPy's global"),
    imports("NumPy's settings", "import numpy as np\nnp.seterr(all='ignore')", "changes NumPy's settings"),
    imports("Python's global state", "import random\nrandom.random()",
        "touches Python's global random state"),
    Broken("snippet is no Python", append(SNIPPET, "def f(:\n"), SNIPPET, "def f(:", "is not valid Python"),
    Broken("snippet with an invalid escape", append(SNIPPET, "X = '\\d'\n"), SNIPPET, "X =",
        "invalid escape"),
    Broken("snippet with a null byte", append(SNIPPET, "# \0"), SNIPPET, "# \0", "holds a null byte"),
    Broken("snippet nested without end", append(SNIPPET, "X = " + "-" * 5_000 + "1\n"), SNIPPET, "",
        "is not valid Python"),
    Broken("snippet nested beyond memory", append(SNIPPET, "X = " + "-" * 100_000 + "1\n"), SNIPPET, "",
        "it is nested too deeply"),
    Broken("_torch without torch", together(write("snippets/training/clipping_torch.py",
        "# --8<-- [start:a]\nx = 1\n# --8<-- [end:a]\n"), write("tests/training/test_clipping_torch.py",
        "def test_x():\n    assert x() == 1\n"), add(FENCE.replace("clipping.py:norm",
        "clipping_torch.py:a"))),
        "snippets/training/clipping_torch.py", "", "does not import torch: name it clipping.py"),
]

def weak_test(name: str, code: str, words: str = "asserts nothing that could fail",
        at: str = "def test_new") -> Broken:
    """One more test beside the good ones."""
    return Broken(f"test: {name}", append(TEST, f"\n\n{code}\n"), TEST, at, words)


STEP = "clip_by_norm([3.0, 4.0], 1.0)"
TEST_FAULTS = [
    weak_test("asserts what is true", "def test_new():\n    assert True"),
    weak_test("asserts a number", f"def test_new():\n    {STEP}\n    assert 1"),
    weak_test("asserts or true", f"def test_new():\n    assert {STEP} == 1 or True"),
    weak_test("asserts that there is something", f"def test_new():\n    assert {STEP} is not None"),
    weak_test("asserts a type", f"def test_new():\n    assert isinstance({STEP}, list)"),
    weak_test("asserts a tuple", f"def test_new():\n    assert ({STEP} == 1, 'one')"),
    weak_test("asserts a method", f"def test_new():\n    assert ({STEP} < 0).all"),
    weak_test("compares with itself", f"def test_new():\n    assert {STEP} == {STEP}"),
    weak_test("compares arrays with themselves",
        "def test_new():\n    x = [1]\n    np.testing.assert_allclose(x, x)"),
    weak_test("asserts after its end", f"def test_new():\n    return\n    assert {STEP} == 1"),
    weak_test("asserts where it never comes", f"def test_new():\n    if False:\n        assert {STEP} == 1"),
    weak_test("asserts in a loop over nothing",
        f"def test_new():\n    for n in []:\n        assert {STEP} == n"),
    weak_test("asserts in a function that nobody calls",
        f"def test_new():\n    def inner():\n        assert {STEP} == 1"),
    weak_test("catches its own assertion",
        f"def test_new():\n    try:\n        assert {STEP} == 1\n    except AssertionError:\n        pass"),
    weak_test("suppresses its own assertion",
        f"def test_new():\n    with suppress(Exception):\n        assert {STEP} == 1"),
    weak_test("in a class", f"class TestNew:\n    def test_new(self):\n        assert {STEP} == 1",
        "`test_new` is never called", "    def test_new"),
    weak_test("not awaited", f"async def test_new():\n    assert {STEP} == 1", "without class and `async`",
        "async def"),
    weak_test("left out by a mark", f"@pytest.mark.skipif(True)\ndef test_new():\n    assert {STEP} == 1",
        "`pytest.mark.skipif` leaves a test out", "@pytest"),
    weak_test("expected to fail", f"@pytest.mark.xfail\ndef test_new():\n    assert {STEP} == 1",
        "`pytest.mark.xfail` leaves a test out", "@pytest"),
    weak_test("left out as it runs", f"def test_new():\n    unittest.skip('x')\n    assert {STEP} == 1",
        "leaves a test out", "    unittest"),
    weak_test("all left out", "pytestmark = pytest.mark.skip", "leaves a test out", "pytestmark"),
    weak_test("left out by name", "test_a.__test__ = False", "leaves a test out", "test_a.__"),
    weak_test("opens a file", f"def test_new():\n    open('a.txt', 'w')\n    assert {STEP} == 1",
        "`open` touches files: hand in arrays", "    open"),
    weak_test("saves an array", f"def test_new():\n    np.save('a.npy', {STEP})\n    assert {STEP} == 1",
        "`np.save` touches files", "    np.save"),
    weak_test("reaches out", f"def test_new():\n    import urllib.request\n    assert {STEP} == 1",
        "which reads the network", "    import urllib"),
    Broken("test without snippet", write("tests/training/test_cliping.py",
        "def test_x():\n    assert x() == 1\n"),
        "tests/training/test_cliping.py", "", "did you mean `clipping`?"),
    Broken("test without assert", append(TEST, "\n\ndef test_nothing():\n    clip_by_norm([1.0], 1.0)\n"),
        TEST, "def test_nothing", "`test_nothing` asserts nothing that could fail"),
    Broken("file without test", write("tests/training/test_clipping_reference.py", "x = 1\n"),
        "tests/training/test_clipping_reference.py", "", "holds no test"),
    Broken("test imports PyTorch", swap(TEST, "from snippets", "import torch\n\nfrom snippets"), TEST,
        "import torch", "move the test to test_clipping_reference.py"),
    Broken("test imports pytest", swap(TEST, "from snippets", "import pytest\n\nfrom snippets"), TEST,
        "import pytest", "use NumPy and plain asserts"),
    Broken("test imports another snippet", append(TEST, "\nfrom snippets.training.other import x\n"), TEST,
        "training.other", "import its own snippet only"),
    Broken("test with a fixture", append(TEST, "\n\ndef test_file(tmp_path):\n    assert tmp_path\n"), TEST,
        "def test_file", "`test_file` takes `tmp_path`: write it without fixtures"),
    Broken("test is no Python", append(TEST, "def f(:\n"), TEST, "def f(:", "is not valid Python"),
    Broken("test not UTF-8", write(TEST, b"# \xe9\n"), TEST, "# ", "save it as UTF-8"),
]

FIGURE_FAULTS = [
    Broken("figure missing", add("![The norm falls over the first steps](norm.svg)"), PAGE, "norm.svg",
        "draw it in snippets/training/clipping_figure.py"),
    Broken("figure not written", remove("docs/training/clipping.svg"), PAGE, "clipping.svg",
        "run `python -m guide figures training/clipping`"),
    Broken("figure neither written nor shown", append(FIGURE, "\n\ndef figure_norm():\n    pass\n"), FIGURE,
        "", "docs/training/clipping_norm.svg was never written"),
    Broken("figure shown nowhere", swap(PAGE, IMAGE, ""), "docs/training/clipping.svg", "",
        "is shown on no page"),
    Broken("figure without program", together(write("docs/training/b.svg", "<svg/>"),
        add("![The norm falls over the first steps](b.svg)")), "docs/training/b.svg", "",
        "is drawn by no program"),
    Broken("module that draws nothing", write("snippets/data/leakage_figure.py",
        "def figures():\n    pass\n"), "snippets/data/leakage_figure.py", "",
        "draws nothing: write `def figure():`"),
    Broken("no alternative", swap(PAGE, IMAGE, "![](clipping.svg)"), PAGE, "![]",
        "needs a text alternative of 4"),
    Broken("alternative too short", swap(PAGE, IMAGE, "![A figure](clipping.svg)"), PAGE, "![A",
        "of 4 words"),
    Broken("remote image", add("![The norm falls over the steps](https://example.org/a.svg)"), PAGE,
        "example.org/a", "is loaded from elsewhere: put the file beside the page"),
    Broken("remote image without scheme", add("![The norm falls over the steps](//example.org/a.svg)"),
        PAGE, "example.org/a", "is loaded from elsewhere"),
    Broken("image outside docs", add("![The norm falls over the steps](../../mkdocs.yml)"), PAGE,
        "mkdocs.yml", "is outside docs/"),
    Broken("absolute image", add("![The norm falls over the steps](/etc/hosts)"), PAGE, "/etc/hosts",
        "outside docs/"),
    Broken("image by reference", add("![The norm falls over the steps][a]\n\n[a]: clipping.svg?a"), PAGE,
        "[a]: ", "write `![…](clipping.svg?a)`"),
]

SOURCE_FAULTS = [
    Broken("citation unknown", add("A claim [@pascanu2012]."), PAGE, "A claim",
        "did you mean `pascanu2013`?"),
    Broken("citation not listed", together(append(SOURCES, ANOTHER),
        add("A claim [@hinton2012].")), PAGE, "A claim",
        "cites `hinton2012`, which this page's Sources do not list"),
    Broken("source listed and not cited", together(append(SOURCES, ANOTHER),
        append(PAGE, "- [@hinton2012]: dropout.\n")), PAGE, "- [@hinton2012]",
        "which the text never cites"),
    Broken("source listed twice", append(PAGE, "- [@pascanu2013]: again.\n"), PAGE, "again", "keep one"),
    Broken("section Sources missing", swap(PAGE,
        "## Sources\n\n- [@pascanu2013]: the cliff, and clipping by norm.\n", ""), PAGE,
        "[@pascanu2013]:\n", "add `## Sources` with one `- [@key]: …` each"),
    Broken("two citations in one bracket", add("A claim [@pascanu2013; @hinton2012]."), PAGE, "A claim",
        "one pair of brackets for each source"),
    Broken("citation with a page number", add("A claim [@pascanu2013, p. 3]."), PAGE, "A claim",
        "not understood"),
    Broken("paper under two keys", together(append(SOURCES, ANOTHER.replace("1207.0580", "1211.5063")),
        add("A claim [@hinton2012]."), append(PAGE, "- [@hinton2012]: the cliff.\n")), SOURCES, "hinton2012",
        "has the arxiv of `pascanu2013`, `1211.5063`: cite `pascanu2013` and remove this entry"),
    Broken("source idle", append(SOURCES, ANOTHER), SOURCES,
        "hinton2012", "is cited by no page: remove it"),
    source("no address", '  arxiv: "1211.5063"\n', "", "pascanu2013",
        "has no address: write `arxiv`, `doi` or `url`"),
    source("bad arXiv id", "1211.5063", "abs/1211.5063", "arxiv",
        '`arxiv` is `abs/1211.5063`: write it as "1211.5063"'),
    source("arXiv id without quotes", '"1211.5063"', "1211.5063", "arxiv", "put it in quotes"),
    source("bad DOI", "arxiv:", "doi:", "doi", '`doi` is `1211.5063`: write it as "10.'),
    source("bad address", 'arxiv: "1211.5063"', "url: http://example.org/", "url", 'write it as "https://…"'),
    source("future year", "2013\n", "2999\n", "year", "lies in the future: write the year of publication"),
    source("ancient year", "2013\n", "13\n", "year", "is 13: write 1600 or more"),
    source("year as text", "2013\n", "last\n", "year", "`year` is `last`: write a whole number"),
    source("no title", "  title: On the difficulty of training recurrent neural networks\n", "",
        "pascanu2013", "needs `title:`"),
    source("unknown key", "venue", "jornal", "jornal", "`jornal` is unknown: use authors"),
    source("one author", "[Pascanu, Mikolov, Bengio]", "Pascanu", "authors",
        "takes a list: write `[Pascanu]`"),
    source("others first", "[Pascanu, Mikolov, Bengio]", "[others, Pascanu]", "authors", "`others` last"),
    source("bad key", "pascanu2013:", "Pascanu-2013:", "Pascanu-2013", "write it as `family2013`"),
    source("address without encryption", 'arxiv: "1211.5063"', 'url: "http://example.org/"', "url",
        "write it as"),
    source("address with a password", 'arxiv: "1211.5063"', 'url: "https://me:a@example.org/"', "url",
        "or a password"),
    source("address with a tag", 'arxiv: "1211.5063"', "url: 'https://example.org/\"><script>'", "url",
        "is no address"),
    source("authors as a sentence", "[Pascanu, Mikolov, Bengio]", '["Pascanu and Mikolov"]', "authors",
        "one family name each"),
    source("authors with et al.", "[Pascanu, Mikolov, Bengio]", "[Pascanu, et al.]", "authors",
        "`others` for the rest"),
    source("authors with initials", "[Pascanu, Mikolov, Bengio]", "[R. Pascanu]", "authors",
        "one family name each"),
    Broken("source: empty", write(SOURCES, "pascanu2013:\n"), SOURCES, "pascanu2013",
        "is empty: write its value"),
    Broken("source: text", write(SOURCES, "pascanu2013: a\n"), SOURCES, "pascanu2013",
        "takes `key: value` lines"),
]

SYLLABUS_FAULTS = [
    Broken("topic name", append(SYLLABUS, "\nMy-Topic:\n  a: Why?\n"), SYLLABUS, "My-Topic",
        "use lower-case"),
    Broken("topic without questions", append(SYLLABUS, "\nmore: []\n"), SYLLABUS, "more",
        "needs `slug: question`"),
    Broken("slug name", append(SYLLABUS, "  Bad-slug: Why?\n"), SYLLABUS, "Bad-slug",
        "use lower-case letters"),
    Broken("look-alike letter", append(SYLLABUS, "  l\u0435akage: Why?\n"), SYLLABUS, "l\u0435akage",
        "lower-case"),
    Broken("slug in two topics", append(SYLLABUS, "  clipping: Why?\n"), SYLLABUS, "clipping: Why",
        "choose another"),
    Broken("slug without question", append(SYLLABUS, "  other:\n"), SYLLABUS, "other",
        "needs a question as text"),
    Broken("question is a number", append(SYLLABUS, "  other: 3\n"), SYLLABUS, "other", "put it in quotes"),
]

CODE_CELL = '   "cell_type": "code"'
NOTEBOOK_FAULTS = [
    Broken("notebook is no JSON", raw_notebook("{"), NOTEBOOK, "{", "is not a notebook"),
    Broken("notebook is a list", raw_notebook("[]"), NOTEBOOK, "", "is not a notebook (the file"),
    Broken("notebook without cells", raw_notebook("{}"), NOTEBOOK, "",
        "is not a notebook (cells: field required)"),
    Broken("notebook with broken cells", raw_notebook('{"cells": [1]}'), NOTEBOOK, "",
        "is not a notebook (cells.0"),
    Broken("notebook nested without end", raw_notebook("[" * 100_000), NOTEBOOK, "", "is not a notebook"),
    Broken("notebook not UTF-8", raw_notebook(b"a\xff"), NOTEBOOK, "a", "save it as UTF-8"),
    Broken("notebook without front matter", raw_notebook('{"cells": [], "metadata": {}}'), NOTEBOOK, "",
        "write into the notebook's `metadata.guide`"),
    Broken("notebook with wrong front matter", lambda p: p.add_page("training/momentum.ipynb",
        json.dumps(p.notebook()).replace('"core"', '"hard"')), NOTEBOOK, "",
        "`level` is `hard`: write one of"),
    Broken("notebook with an error", notebook(outputs=[{"output_type": "error", "ename": "ValueError",
        "evalue": "no"}]), NOTEBOOK, '   \"cell_type\": \"code\"', "code cell 1 failed with ValueError (no)"),
    Broken("notebook not run", notebook(execution_count=None), NOTEBOOK, "",
        "was not run from top to bottom"),
    Broken("notebook not run in order", notebook(execution_count=7), NOTEBOOK, "", "restart the kernel"),
    Broken("notebook with a path", notebook(outputs=[{"output_type": "stream", "text": ["/home/me/a.py"]}]),
        NOTEBOOK, "/home/me", "shows the path `/home/me/a.py` of the machine"),
    Broken("notebook with a Windows path", notebook(outputs=[{"output_type": "stream",
        "text": ["C:\\Users\\me"]}]), NOTEBOOK, "Users", "of the machine it ran on: remove it"),
    Broken("notebook with a script", notebook(outputs=[{"output_type": "display_data",
        "data": {"text/html": ["<script>", "alert(1)</script>"]}}]), NOTEBOOK, '   \"cell_type\": \"code\"',
        "shows HTML with a script"),
    Broken("notebook with a handler", notebook(outputs=[{"output_type": "display_data",
        "data": {"text/html": "<p onclick='alert(1)'>a</p>"}}]), NOTEBOOK, '   \"cell_type\": \"code\"',
        "shows HTML with a script"),
    Broken("notebook with JavaScript", notebook(outputs=[{"output_type": "display_data",
        "data": {"application/javascript": "alert(1)"}}]), NOTEBOOK, '   \"cell_type\": \"code\"',
        "show text or a picture instead"),
    Broken("notebook with a warning", notebook(outputs=[{"output_type": "stream", "name": "stderr",
        "text": ["UserWarning: old"]}]), NOTEBOOK, CODE_CELL, "code cell 1 warns (UserWarning: old)"),
    Broken("notebook with a picture from elsewhere", notebook(outputs=[{"output_type": "display_data",
        "data": {"text/html": "<img src='https://example.org/a.png'>"}}]), NOTEBOOK, CODE_CELL,
        "or from elsewhere"),
    Broken("notebook with a widget", notebook(outputs=[{"output_type": "display_data",
        "data": {"application/vnd.plotly.v1+json": {}}}]), NOTEBOOK, CODE_CELL,
        "which only Jupyter can draw"),
    Broken("notebook with a script in a picture", notebook(outputs=[{"output_type": "display_data",
        "data": {"image/svg+xml": "<svg><script>a</script></svg>"}}]), NOTEBOOK, CODE_CELL,
        "its picture holds `<script>`"),
    Broken("notebook that calls a shell", notebook(source=["!pip install numpy"]), NOTEBOOK, CODE_CELL,
        "is not plain Python"),
    Broken("notebook of another language", notebook(source=["%%bash\n", "ls"]), NOTEBOOK, CODE_CELL,
        "without `!` and `%`"),
    Broken("notebook that downloads", notebook(source=["from sklearn.datasets import fetch_openml"]),
        NOTEBOOK,
        CODE_CELL, "reads the network (`fetch_openml`)"),
    Broken("notebook that opens a connection", notebook(source=["import requests"]), NOTEBOOK, CODE_CELL,
        "reads the network (`requests`)"),
    Broken("notebook with an attached file", notebook(attachments={"a.png": {}}), NOTEBOOK, CODE_CELL,
        "carries an attached file"),
    Broken("notebook of another kernel", lambda p: p.add_page("training/momentum.ipynb",
        json.dumps({**p.notebook(),
        "metadata": {**p.notebook()["metadata"], "kernelspec": {"name": "mine"}}}, indent=1)), NOTEBOOK,
        '  "kernelspec"', "write `python3`"),
    Broken("notebook with the state of widgets", lambda p: p.add_page("training/momentum.ipynb", json.dumps({
        **p.notebook(), "metadata": {**p.notebook()["metadata"], "widgets": {}}}, indent=1)), NOTEBOOK,
        '  "widgets"', "keeps the state of widgets"),
    Broken("notebook with a dead link", lambda p: p.add_page("training/momentum.ipynb", json.dumps(
        p.notebook(), indent=1).replace("momentum do?", "momentum do?\\n\\n[It](nosuch.md)")), NOTEBOOK,
        '   "source": "# What', "leads to no page"),
    Broken("notebook with a wrong formula", lambda p: p.add_page("training/momentum.ipynb", json.dumps(
        p.notebook(), indent=1).replace("momentum do?", "momentum do? $x^$")), NOTEBOOK,
        '   "source": "# What',
        "formula `x^` is not understood"),
    Broken("notebook beside a page", lambda p: (p.add_notebook(), p.add_page("training/momentum.md",
        p.read("docs/index.md"))), NOTEBOOK, "", "has the same address as the .md file"),
]

WORKFLOW = ".github/workflows/check.yml"
RECORD = "snippets/training/clipping_experiment.json"


def workflow(name: str, step: str, words: str, at: str = "") -> Broken:
    return Broken(f"workflow: {name}", write(WORKFLOW, f"on: push\njobs:\n  a:\n    steps:\n{step}\n"),
        WORKFLOW,
        at or step, words)


def record(name: str, text: str, words: str, at: str = "") -> Broken:
    return Broken(f"record: {name}", together(write(RECORD, text), write(RECORD.replace(".json", ".py"),
        "x = 1\n"),
        write("tests/training/test_clipping_experiment.py", "def test_x():\n    assert x() == 1\n")),
        RECORD, at, words)


SETTINGS_FAULTS = [
    workflow("action of a version", "      - uses: actions/checkout@v5", "name the commit"),
    workflow("action of a branch", "      - name: a\n        uses: actions/setup-python@main",
        "name the commit",
        "        uses"),
    workflow("all rights", "permissions: write-all", "`write-all` permits"),
    workflow("words of strangers", "      - run: echo ${{ github.event.pull_request.title }}",
        "a stranger's words"),
    workflow("branch of strangers", "      - run: |\n          git switch ${{ github.head_ref }}",
        "a stranger's words",
        "          git"),
    workflow("not YAML", "      - a: b: c", "YAML cannot be read"),
    Broken("workflow: for strangers", write(WORKFLOW, "on:\n  pull_request_target:\n"), WORKFLOW, "  pull",
        "write `pull_request`"),
    Broken("script from elsewhere", append("mkdocs.yml",
        "extra_javascript:\n  - path: https://example.org/a.js\n"),
        "mkdocs.yml", "  - path", "put the file into docs/assets/guide/"),
    Broken("style from elsewhere", append("mkdocs.yml", "extra_css: [//example.org/a.css]\n"), "mkdocs.yml",
        "extra_css", "is loaded from elsewhere"),
    Broken("setting twice", append("mkdocs.yml", "site_name: Again\n"), "mkdocs.yml", "site_name: Again",
        "first in line 1: keep one"),
    Broken("version without hash", together(write("pyproject.toml", "[project]\nname = 'a'\n"),
        write("requirements/site.txt", "# made\nlxml==6 \\\n    --hash=sha256:a\nevil==1.0\n")),
        "requirements/site.txt",
        "evil", "run `make lock`"),
    Broken("another index", together(write("pyproject.toml", "[project]\nname = 'a'\n"),
        write("requirements/test.txt", "--index-url https://example.org/\n")), "requirements/test.txt",
        "--index",
        "is no version with its hashes"),
    Broken("version not locked", together(write("pyproject.toml",
        '[project]\nname = "a"\ndependencies = ["lxml>=6"]\n'),
        write("requirements/site.txt", "# made\n")), "pyproject.toml", "dependencies",
        "`lxml` is not locked"),
    record("cut off", '{"a": [1,', "is no JSON", '{"a"'),
    record("not a number", '{"a": NaN}\n', "NaN is no number of JSON"),
    record("key twice", '{"a": 1, "a": 2}\n', "a key stands twice"),
    Broken("record of nothing", write("snippets/training/clipping.json", "{}\n"),
        "snippets/training/clipping.json", "",
        "is the record of no experiment"),
    Broken("redirect from the top", write("docs/redirects.yml", "/a.md: data/leakage.md\n"),
        "docs/redirects.yml", "/a",
        "is no path of a page inside docs/"),
    Broken("redirect that climbs", write("docs/redirects.yml", "a/../../b.md: data/leakage.md\n"),
        "docs/redirects.yml",
        "a/", "is no path of a page"),
    Broken("question twice", append(SYLLABUS, "  again: what is leakage?\n"), SYLLABUS, "  again",
        "asks what `leakage` asks"),
    Broken("page is a link", lambda p: (p.remove(PAGE), (p.root / PAGE).symlink_to("../data/leakage.md")),
        PAGE, "",
        "is a link to another file"),
    Broken("drawing is a link", lambda p: (p.remove(DRAWING),
        (p.root / DRAWING).symlink_to("/etc/hostname")), DRAWING,
        "", "is a link to another file"),
]

FAULTS = [
    *FILE_FAULTS,
    *FRONT_MATTER_FAULTS,
    *PAGE_FAULTS,
    *FORMULA_FAULTS,
    *HTML_FAULTS,
    *CODE_FAULTS,
    *TEST_FAULTS,
    *FIGURE_FAULTS,
    *SOURCE_FAULTS,
    *SYLLABUS_FAULTS,
    *NOTEBOOK_FAULTS,
    *SETTINGS_FAULTS,
]


def line_of(project, broken: Broken) -> int:
    if not broken.at:
        return 0
    text = (project.root / broken.path).read_bytes().decode("utf-8", "replace")
    return text[: text.index(broken.at)].count("\n") + 1


def test_minimal_project_has_no_faults(project):
    assert check(project.root) == []


@pytest.mark.parametrize("broken", FAULTS, ids=lambda broken: broken.name)
def test_fault_is_the_only_one_and_is_named_with_its_line_and_its_cure(project, broken):
    broken.edit(project)
    found = check(project.root)
    assert [fault.path for fault in found] == [broken.path], "\n".join(map(str, found))
    assert broken.words in found[0].message
    assert found[0].line == line_of(project, broken), found[0]


def test_names_of_faults_are_unique():
    names = [broken.name for broken in FAULTS]
    assert len(names) == len(set(names))


def test_tests_that_can_fail_pass(project):
    project.append(TEST, '''

def same(a, b):
    assert a == b


def test_through_a_function():
    same(clip_by_norm([3.0, 4.0], 1.0), [0.6, 0.8])


def test_what_is_raised():
    try:
        clip_by_norm([1.0], -1.0)
    except ValueError as error:
        assert "bound" in str(error)
    else:
        raise AssertionError("taken")


def test_of_nan():
    x = clip_by_norm([float("nan")], 1.0)[0]
    assert x != x


def test_in_a_loop():
    for bound in (1.0, 2.0):
        assert clip_by_norm([9.0], bound)[0] <= bound, f"bound {bound}"


def test_in_a_function_inside():
    def inner(bound):
        assert clip_by_norm([9.0], bound)[0] <= bound
    inner(2.0)


def test_of_arrays():
    assert not any(x > 1 for x in clip_by_norm([9.0], 1.0))
''')
    assert list(map(str, check(project.root))) == []


@pytest.fixture
def linted(project):
    """The project with the guide's own linter rules."""
    project.write("pyproject.toml",
        (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    before = set(map(str, check(project.root)))
    return project, before


@pytest.mark.parametrize(("code", "words"), [
    ("import os", "`os` is banned: a snippet computes and does nothing else"),
    ("from subprocess import run", "it starts no program"),
    ("from random import seed", "take `rng: np.random.Generator`"),
    ("import numpy.random as npr\nx = npr.rand(1)", "np.random.Generator"),
    ("def f(x, gr\u0430d):\n    return x", "non-ASCII"),
    ("from math import *", "import *"),
    ('def f(x, y):\n    """Add.\n\n    Args:\n        x: One.\n    """', "Missing argument description"),
    ("def f(x=[]):\n    return x", "mutable data structures"),
    ("x = 1  # TODO: more", "TODO"),
    ("try:\n    x = 1\nexcept:\n    x = 2", "bare `except`"),
    ("def f():\n    global x\n    x = 1", "global"),
])
def test_what_the_linter_finds_is_a_fault_and_is_not_run(linted, code, words):
    project, before = linted
    project.append(SNIPPET, f"\n\n{code}\n")
    found = [fault for fault in check(project.root) if str(fault) not in before]
    lines = range(project.read(SNIPPET).count("\n") - code.count("\n"), project.read(SNIPPET).count("\n") + 1)
    assert any(words in fault.message and fault.line in lines for fault in found), "\n".join(map(str, found))
    assert not any("on import" in fault.message for fault in found)


def test_linter_that_cannot_read_its_rules_is_a_fault(project):
    project.write("pyproject.toml", "[tool.ruff\n")
    found = check(project.root)
    assert [(fault.path, fault.line) for fault in found] == [("pyproject.toml", 1)]
    assert "the linter stops" in found[0].message


VALID = {
    "nested folds": '??? note "One"\n\n    ??? note "Two"\n\n        Text with $x$ and `<b>`.\n',
    "tabs with fences": f'=== "One"\n\n    ```python\n    {INCLUDE}\n    ```\n\n'
        '=== "Two"\n\n    Text.\n',
    "less than in text": "The rate a < b, 3<4 and x<y; here <- there, a <= b.",
    "less than in a formula": "With $\\sum_{l<L} D_l$ and $a<b>c$ it holds.",
    "autolinks": "See <https://example.org/a?b=c&d=e>, https://example.org/ and <someone@example.org>.",
    "tags in inline code": "Use `<script>` or ``a `<b>` c``, and `<img\nonerror=x>` over two lines.",
    "tags in a fence": "```html\n<script>alert(1)</script>\n```",
    "fence in a fence": "````text\n```python\nx = 1\n```\n````",
    "fence in a list": "- a\n\n    ```text\n    x\n    ```\n",
    "fence with title": '```text title="Output"\na\n```\n\n``` { .text .wide title="b" }\na\n```',
    "include of an escaped line": "Write `--8<--` to include.",
    "dollars": "It costs \\$5 to \\$6, or $5 and 6$, or US$7.",
    "dollars in code": "Run `echo $HOME and $PATH` and ``$$``.",
    "formula in a heading": "### Why $\\softmax(x)$ and `code`",
    "formula with code before": "`torch.optim` starts the paragraph, then $x$.",
    "table": "| a | b |\n| :-- | --: |\n| [link](../index.md) | `a` and $x$ |\n"
        "| <https://example.org/> | [@pascanu2013] |",
    "allowed HTML": 'Press <kbd>Ctrl</kbd>, H<sub>2</sub>O, x<sup>2</sup>.<br>\n\n'
        '<div class="wide" markdown>\nText.\n</div>',
    "comment": "<!-- A remark for those who edit this page. -->",
    "list that is shown, not asked for": "```html\n<!-- topic -->\n```",
    "entities": "Fish &amp; chips &lt;script&gt; &copy;",
    "attributes": "A [link](../index.md){ .guide-link #here } and *word*{ .wide }.",
    "links": "[a](#code), [b](../data/leakage.md#what-they-ask-next), [c](mailto:a@example.org), "
        "[d](https://example.org/a_(b)).",
    "brackets in an alternative": "![The loss in [0, 1] falls over the steps](clipping.svg)",
    "alternative over two lines": "![The clipped gradient is shorter\nand points the same way](clipping.svg)",
    "image with attributes": "![The clipped gradient is shorter](clipping.svg){ .wide }",
    "box with nothing but a fence": '??? note "Output"\n\n    ```text\n    x = 1\n    ```\n',
    "box without title": "!!! tip\n\n    Text.",
    "anchors": "[a](#own), [b](#why-it-works-x), [c](../data/leakage.md), [d](#your-turn).\n\n"
        "## B { #own }\n\n## Why it works: $x$",
    "link as reference and with a title":
        'See [it][a] and [that](../index.md "the start").\n\n[a]: ../data/leakage.md',
    "table with bars that count":
        "| a | b |\n| :-: | --- |\n| `x \\| y` | $\\lvert x\\rvert$ |\n| 1 \\| 2 | |",
    "notes and marks as code": "Write `# TODO` and `<<<<<<< HEAD`, `{% raw %}` and `[^1]` in backticks.",
    "names in other alphabets": "Schölkopf, Łukasz, 李飞飞, Колмогоров, Παπαδημητρίου; Δx, μm and β₂.",
    "footnote-like brackets": "The interval [0, 1], the list [a][1] and x[i].\n\n[1]: ../index.md",
    "mail address in brackets": "Write to [someone](mailto:someone@example.org).",
    "number sign in a line": "Rank #1 is best, and C# is a language.",
    "rule below an empty line": "Text.\n\n---\n\nMore.",
    "quotation": "> Text with $x$ and `code`.\n>\n> ```text\n> a\n> ```",
    "fold elsewhere": '??? question "Check yourself: what is left?"\n\n    Nothing.',
    "wide character formula": "The value $x_{\\text{größer}}$ is text.",
}


@pytest.mark.parametrize("text", VALID.values(), ids=VALID.keys())
def test_no_false_alarm(project, text):
    add(text)(project)
    assert list(map(str, check(project.root))) == []


def test_valid_notebook_passes(project):
    project.add_notebook(outputs=[
        {"output_type": "stream", "text": ["https://example.org/home/me and a/tmp/b\n"]},
        {"output_type": "display_data", "data": {"text/html": ["<table style='width:9em'></table>"]}},
        {"output_type": "display_data", "data": {"image/png": "aGVsbG8="}},
    ])
    assert list(map(str, check(project.root))) == []


def test_valid_workflow_and_lock_pass(project):
    project.write(WORKFLOW, """\
on: [push, pull_request]
permissions:
  contents: read
jobs:
  a:
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
      - uses: ./.github/actions/own
      - env:
          TITLE: ${{ github.event.pull_request.title }}
        run: echo "$TITLE" "${{ github.ref }}"
""")
    project.write("pyproject.toml",
        '[project]\nname = "a"\ndependencies = ["PyYAML>=6", "mkdocs[i18n]>=1"]\n')
    project.write("requirements/site.txt",
        "# made\npyyaml==6.0.3 ; python_version > '3' \\\n    --hash=sha256:a\n"
        "mkdocs[i18n]==1.6 \\\n    --hash=sha256:b\n    # via a\n")
    assert list(map(str, check(project.root))) == []


def test_other_modules_of_an_answer_pass(project):
    project.write(
        "snippets/training/clipping_mistakes.py",
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\nfrom snippets.training.clipping import clip_by_norm\n"
        "# --8<-- [start:a]\n@dataclass\nclass A:\n    x: float\n# --8<-- [end:a]\n",
    )
    project.write(
        "tests/training/test_clipping_mistakes.py",
        "import pytest\n\n\n@pytest.mark.slow\n"
        "def test_a(tmp_path):\n    with pytest.raises(ValueError):\n        int(str(tmp_path))\n",
    )
    project.write(
        "tests/training/test_clipping_reference.py",
        "def holds(x):\n    assert x\n\n\ndef test_a():\n    holds(1)\n",
    )
    add('```python\n--8<-- "training/clipping_mistakes.py:a"\n```')(project)
    assert list(map(str, check(project.root))) == []


def test_missing_library_is_no_fault(project):
    """The environment that only builds the site has no PyTorch."""
    project.write(
        "snippets/training/clipping_torch.py", "# --8<-- [start:a]\nimport torch\n# --8<-- [end:a]\n"
    )
    project.write("tests/training/test_clipping_torch.py", "def test_a():\n    assert x() == 1\n")
    project.write("torch.py", "raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')\n")
    add('```python\n--8<-- "training/clipping_torch.py:a"\n```')(project)
    assert list(map(str, check(project.root))) == []


def test_every_module_that_touches_global_state_is_named(project):
    """The second draw changes only NumPy's position in numbers that the first has made."""
    draw = "import numpy as np\nnp.random.rand()\n# --8<-- [start:a]\n# --8<-- [end:a]\n"
    project.append(SNIPPET, draw)
    project.write("snippets/training/clipping_mistakes.py", draw)
    project.write("tests/training/test_clipping_mistakes.py", "def test_a():\n    assert x() == 1\n")
    add('```python\n--8<-- "training/clipping_mistakes.py:a"\n```')(project)
    found = check(project.root)
    assert [fault.path for fault in found] == [SNIPPET, "snippets/training/clipping_mistakes.py"]
    assert all("touches NumPy's global random state" in fault.message for fault in found)


def test_navigation_that_contains_itself_ends(project):
    project.replace("mkdocs.yml", "nav:\n", "nav: &nav\n  - *nav\n")
    assert check(project.root) == []


def test_import_that_never_ends_is_named(project, monkeypatch):
    monkeypatch.setattr(code_rules, "IMPORT_SECONDS", 1)
    project.append(SNIPPET, "while True:\n    pass\n")
    line = project.read(SNIPPET).count("\n")
    assert [str(fault).replace(f":{line - 1}:", f":{line}:") for fault in check(project.root)] == [
        f"{SNIPPET}:{line}: is still being imported after 1 s: "
        'move what runs below `if __name__ == "__main__":`'
    ]


def test_page_without_text_is_no_traceback(project):
    project.write("docs/index.md", project.read("docs/index.md").split("\n# Minimal")[0])
    assert [str(fault) for fault in check(project.root)] == [
        "docs/index.md:6: has 0 headings of level 1: write the question once, as `# …`"]


def test_missing_katex_is_a_fault_and_no_traceback(project, monkeypatch):
    monkeypatch.setattr(katex, "render", katex.render.__wrapped__)
    monkeypatch.setattr(katex, "_engine", katex._engine.__wrapped__)
    monkeypatch.setattr(katex, "KATEX", project.root / "katex.min.js")
    assert [str(fault) for fault in check(project.root)] == [
        "guide/web: KaTeX is missing: run `python3 -m guide.install site`"]


def test_several_faults_are_all_reported_in_order(project):
    project.replace(PAGE, "level: core", "level: hard")
    project.replace(PAGE, "asked: often", "asked: x")
    project.replace("docs/data/leakage.md", "# What is leakage?", "# What is leakage? $\\foo$")
    project.append(SNIPPET, "print(1)\n")
    printed = project.read(SNIPPET).count("\n")
    project.append(SOURCES, ENTRY.replace("pascanu2013", "Hinton"))
    assert [(fault.path, fault.line) for fault in check(project.root)] == [(SOURCES, 7), (PAGE, 5), (PAGE, 6)]
    project.write(SOURCES, ENTRY)
    assert [(fault.path, fault.line) for fault in check(project.root)] == [
        ("docs/data/leakage.md", 10),
        (PAGE, 5),
        (PAGE, 6),
        (SNIPPET, printed),
    ]


def test_docstring_fault_keeps_its_line_after_a_build_in_the_same_process(project):
    project.replace(SNIPPET, "``bound``.", "``bound``.\n\n    Args:\n        limit: No parameter.\n    ")
    line = 1 + project.read(SNIPPET).split("\n").index("        limit: No parameter.")
    griffe.patch_loggers(mkdocstrings.get_logger)  # what mkdocstrings does when a build loads it
    try:
        fault, = check(project.root)
    finally:
        griffe.patch_loggers(logging.getLogger)
    assert (fault.path, fault.line) == (SNIPPET, line)
    assert fault.message.startswith("docstring: Parameter 'limit' does not appear")


def test_fault_is_printed_with_file_and_line():
    assert str(Fault("a.md", 3, "is wrong")) == "a.md:3: is wrong"
    assert str(Fault("a.md", 0, "is wrong")) == "a.md: is wrong"


STRANGE = [
    "", "\n", "---", "---\n---\n", "\0", "---\n\0\n---\n", "---\ntitle: &a [*a]\n---\n", "\u2028", "\x0c",
    "{" * 500, "[" * 500, "> " * 300, "- " * 300, "`" * 999, "$" * 99, "<" * 99, "<a" * 99, "![" * 99,
    "|" * 99, ":---:|" * 99, "# ", "#" * 99, "&#x110000;", "[@]", "[@a", "\x02wzxhzdk:0\x03", "<!--",
    "<![CDATA[", "<?php", "</div>", "<div>", "<div markdown>", "\\begin{x}",
    "??? question", '=== "', "::: a",
    "\ud7ff", "\U0001f600",
]


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_no_text_ends_in_a_traceback(project, text, monkeypatch):
    without_imports = [rule for rule in guide.check.RULES if rule is not code_rules.snippets_import_cleanly]
    monkeypatch.setattr(guide.check, "RULES", without_imports)
    project.add_notebook()
    names = (PAGE, "docs/data/index.md", SNIPPET, FIGURE, TEST, NOTEBOOK, SOURCES, SYLLABUS, "mkdocs.yml")
    for name in names:
        before = project.read(name)
        for content in (text, f"{before}\n{text}", before.replace("\n\n", f"\n\n{text}\n\n", 3)):
            project.write(name, content)
            assert all(isinstance(fault, Fault) for fault in check(project.root))
        project.write(name, before)


def test_checking_imports_neither_torch_nor_matplotlib():
    code = "import sys, guide.check; print({'torch', 'matplotlib', 'numpy'} & set(sys.modules))"
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert result.stdout == "set()\n"
